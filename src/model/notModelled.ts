import type { Scenario, TargetSpec } from "../scenario/scenario.ts";

/** What a scenario asks for that no formula takes into account; null where there is nothing of the kind. */
export function notModelled({ arrivals, faults = [] }: Scenario, target: TargetSpec): string | null {
  if (arrivals.kind === "profile") return "model: a rate that follows the clock has no steady state; simulate it";
  if (faults.length > 0) return "model: faults are transient, and the model is the steady state; simulate it";
  if (target.retries !== undefined) return "model: clients that retry are not built; simulate it";
  if (target.hedge !== undefined) return "model: hedged requests are not built; simulate it";
  if (target.work !== undefined) return "model: work on a GPU is not built; simulate it";
  return null;
}
