import { source } from "../../random/source.ts";
import type { EdgeSpec } from "../../scenario/edge.ts";
import { popChooser, popStream } from "../../scenario/popChooser.ts";
import type { Prepared, Target } from "./target.ts";

/** A prepared request, and where it goes. */
interface Routed extends Prepared {
  readonly pop: number;
  readonly inner: Prepared;
}

/**
 * Points of presence, each at an address of its own: a request goes to the one that the simulator chooses for it, too.
 *
 * Answers that name no instance are noted as their point's, so that the outcome log tells them apart.
 *
 * @param targets by the order of the points
 */
export function popsTarget(spec: EdgeSpec, seed: number, targets: readonly Target[]): Target {
  const { pops } = spec;
  const choose = popChooser(pops, source(...popStream(seed, spec.name)));
  /** By the request's place in the schedule, so that shards choose alike. */
  const chosen: number[] = [];
  const popOf = (index: number): number => {
    while (chosen.length <= index) chosen.push(choose());
    return chosen[index]!;
  };

  return {
    open: async (signal) => {
      for (const target of targets) await target.open(signal);
    },
    prepare: (request): Routed => {
      const pop = popOf(request.index);
      return { request, pop, inner: targets[pop]!.prepare(request) };
    },
    send: (prepared, done) => {
      const { pop, inner } = prepared as Routed;
      return targets[pop]!.send(inner, (reply) => done({ ...reply, instance: reply.instance ?? pops[pop]!.name }));
    },
    close: async () => {
      for (const target of targets) await target.close();
      return { notes: [`spread over ${pops.map(({ name }) => name).join(", ")} by their shares`] };
    },
  };
}
