import { arrivals } from "../arrivals/index.ts";
import { distribution } from "../distributions/index.ts";
import type { Scenario, TargetSpec } from "../scenario/scenario.ts";

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
  return process.rate * demandOf(target, work) < capacityOf(target);
}

function demandOf(target: TargetSpec, work: number): number {
  return target.kind === "spinkube" ? work + distribution(target.instanceStart).mean : work;
}

/** Seconds of work per second. */
function capacityOf(target: TargetSpec): number {
  switch (target.kind) {
    case "server":
      if (target.queueLimit < Infinity) return Infinity;
      return target.servers * (target.discipline === "processorSharing" ? 1 : target.concurrency);
    case "perRequest":
      return Infinity; // Above the limit requests fail; none waits for ever.
    case "spinkube":
      return target.workIs === "cpu" ? target.replicas * target.cores : Infinity;
    case "knative": {
      const pod = target.workIs === "cpu" ? target.cores : Infinity;
      const slots = target.containerConcurrency === 0 ? Infinity : target.containerConcurrency;
      const perPod = Math.min(pod, slots);
      return perPod === Infinity ? Infinity : target.maxScale * perPod;
    }
  }
}
