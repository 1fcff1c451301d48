import { arrivals } from "../arrivals/index.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import { distribution } from "../distributions/index.ts";
import type { NodeSpec } from "../scenario/node.ts";
import type { StageSpec } from "../scenario/pipeline.ts";
import type { KnativeSpec, Scenario, SpinkubeSpec, TargetSpec } from "../scenario/scenario.ts";

/**
 * Whether the offered work is less than what the target can ever do, so that a steady state exists.
 *
 * Finite arrivals always end; a target that may grow without bound, or that turns away what it cannot hold, is stable at any rate. A timeout
 * does not make an overloaded target stable: its users then wait the timeout.
 */
export function isStable(scenario: Scenario, target: TargetSpec): boolean {
  const process = arrivals(scenario.arrivals);
  if (process.finite) return true;
  const work = distribution(scenario.work).mean * target.workFactor;
  if (target.kind === "pipeline")
    return target.stages.every((stage, i) =>
      keepsUp(process.rate, stage, { work, hands: handsBefore(target.stages, i) }),
    );
  if (target.kind === "node") return loadOf(target, process.rate * demandOf(target, work)) < capacityOf(target);
  return process.rate * demandOf(target, work) < capacityOf(target);
}

/** Seconds of work per second that all functions of a node bring. */
function loadOf({ functions, neighbours, instanceStart, workFactor }: NodeSpec, own: number): number {
  const start = distribution(instanceStart).mean;
  return neighbours.reduce(
    (sum, { count, arrivals: spec, work }) =>
      sum + count * arrivals(spec).rate * (distribution(work).mean * workFactor + start),
    own * functions,
  );
}

/** What the trigger in front of a stage can have in hand at once, in the place of the stage's own consumers; undefined where there is none. */
function handsBefore(stages: readonly StageSpec[], place: number): number | undefined {
  const before = stages[place - 1];
  return before?.kind === "trigger" ? before.consumers * before.inFlight : undefined;
}

/** Whether a stage alone can do what comes. */
function keepsUp(
  rate: PerSecond,
  stage: StageSpec,
  { work, hands }: { readonly work: Seconds; readonly hands: number | undefined },
): boolean {
  switch (stage.kind) {
    case "delay":
    case "produce":
    case "trigger":
      return true;
    case "aggregator":
    case "collector":
      return rate * distribution(stage.work).mean < stage.consumers;
    default: {
      const own = stage.work !== undefined && "kind" in stage.work ? distribution(stage.work).mean : work;
      const target = stage as TargetSpec;
      return rate * demandOf(target, own * target.workFactor) < capacityOf(target, hands);
    }
  }
}

function demandOf(target: TargetSpec, work: Seconds): Seconds {
  const starts = target.kind === "spinkube" || target.kind === "node";
  const own = starts ? work + distribution(target.instanceStart).mean : work;
  return own;
}

/** Seconds of work per second; `hands` in place of what the target's own consumers hold at once. */
function capacityOf(target: TargetSpec, hands?: number): number {
  switch (target.kind) {
    case "server":
      if (target.queueLimit < Infinity) return Infinity;
      return target.servers * (target.discipline === "processorSharing" ? 1 : target.concurrency);
    case "perRequest":
    case "edge":
    case "pipeline":
      return Infinity; // A pipeline's stages are looked at one by one; above a limit requests fail and none waits for ever.
    case "spinkube":
      return Math.min(
        target.workIs === "cpu" ? (target.autoscaler?.max ?? target.replicas) * target.cores : Infinity,
        hands ?? handsOf(target),
      );
    case "node":
      return target.nodes * target.cores;
    case "knative": {
      const pod = target.workIs === "cpu" ? target.cores : Infinity;
      const slots = target.containerConcurrency === 0 ? Infinity : target.containerConcurrency;
      const perPod = Math.min(pod, slots);
      const pods = target.autoscaler?.max ?? target.maxScale;
      return Math.min(perPod === Infinity ? Infinity : pods * perPod, hands ?? handsOf(target));
    }
  }
}

/** What the consumers in front of a target can have in hand at once; Infinity where there are none. */
function handsOf({ autoscaler }: KnativeSpec | SpinkubeSpec): number {
  if (autoscaler?.kind !== "keda" || autoscaler.trigger !== "kafka") return Infinity;
  const { consumers, inFlight } = autoscaler.dispatch;
  const { partitions } = autoscaler;
  return Math.min(consumers === "pods" ? autoscaler.max : consumers, partitions) * inFlight;
}
