import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { Estimate } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type SimulateOptions, simulate } from "./simulate.ts";

/** What was asked of a target's nodes. */
export interface DensityGoal {
  readonly objectiveSeconds: Seconds;
  /** The share of all requests, failed ones included, that must be served within it; in (0, 1). */
  readonly quantile: number;
}

/** How one number of functions fares. */
export interface DensityPoint {
  readonly functions: number;
  /** Share of the measured requests served within the objective. */
  readonly within: Estimate;
  readonly quantileSeconds: Estimate;
}

/** How many functions of a kind fit on a target's nodes. */
export interface Density {
  readonly target: string;
  readonly goal: DensityGoal;
  /** 0 where not even one fits. */
  readonly functions: number;
  /** Everything that was tried, by number of functions. */
  readonly points: readonly DensityPoint[];
}

/**
 * The most functions on a `node` target with which the measured one still meets an objective.
 *
 * Doubles until it fails, then halves the interval: about 2 log₂ N simulations, with the same random numbers for the functions that they have in
 * common. Takes for granted that one more function never helps.
 *
 * @param goal `objectiveSeconds` > 0, `quantile` in (0, 1)
 * @param options those of `simulate`; `most` (default 4096) bounds the search
 * @throws {RangeError} if the target is not one of kind `node`, or an argument is outside its domain
 */
export function density(
  scenario: Scenario,
  targetName: string,
  goal: DensityGoal,
  options: Omit<SimulateOptions, "targets" | "onProgress"> & { readonly most?: number | undefined } = {},
): Density {
  const { most = 4096, ...rest } = options;
  const { objectiveSeconds, quantile } = goal;
  const target = scenario.targets.find(({ name }) => name === targetName);
  check(target?.kind === "node", "density", "the target must be one of kind node", target?.kind ?? targetName);
  check(objectiveSeconds > 0, "density", "objectiveSeconds must be more than 0", objectiveSeconds);
  check(quantile > 0 && quantile < 1, "density", "quantile must be in (0, 1)", quantile);
  const points = new Map<number, DensityPoint>();
  const report = { ...scenario.report, objective: objectiveSeconds, quantiles: [quantile] };
  const fits = (functions: number): boolean => {
    const [answer] = simulate({ ...scenario, report, targets: [{ ...target, functions }] }, rest).targets;
    check(answer !== undefined && answer.status !== "unavailable", "density", "must be answered", answer);
    const { withinObjective, quantiles } = answer.latency;
    points.set(functions, { functions, within: withinObjective!, quantileSeconds: quantiles[0]!.value });
    return withinObjective!.value >= quantile;
  };
  let enough = 0;
  let tooMany = 1;
  while (tooMany <= most && fits(tooMany)) {
    enough = tooMany;
    tooMany *= 2;
  }
  tooMany = Math.min(tooMany, most + 1);
  while (tooMany - enough > 1) {
    const middle = Math.floor((enough + tooMany) / 2);
    if (fits(middle)) enough = middle;
    else tooMany = middle;
  }
  const tried = [...points.values()].sort((a, b) => a.functions - b.functions);
  return { target: targetName, goal, functions: enough, points: tried };
}
