import type { PerSecond, Seconds } from "../../base/units.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { rateOf, type Trial, trial } from "./trial.ts";

/** The loads at which a target answers 99 % of all requests within the objective. */
export interface Capacity {
  readonly target: string;
  /** Of the scenario as it is. */
  readonly p99: Seconds;
  readonly met: boolean;
  /** Requests per second between which the objective is met; null at an end that was not found, see `tried`. */
  readonly from: PerSecond | null;
  readonly upTo: PerSecond | null;
  /** Whether any load that was tried meets it. */
  readonly ever: boolean;
  readonly tried: readonly [lowest: PerSecond, highest: PerSecond];
}

/** Loads are tried by doubling, so far up and down. */
const doublings = { up: 5, down: 4 };
/** An edge is then halved so often, in the logarithm: known to 9 %. */
const halvings = 3;
const requestsMax = 30_000;

/**
 * At which load a target stops to meet the scenario's objective, by simulation under the same seed.
 *
 * Loads between two that meet it are taken to meet it too. Rates are multiplied and the shape of the arrivals in time is kept.
 *
 * @returns null without an objective, without a long-run rate, or where nothing is measured
 */
export function capacity(scenario: Scenario, target: string): Capacity | null {
  const rate = rateOf(scenario);
  if (scenario.report.objective === null || rate === null) return null;
  const known = new Map<number, Trial | null>();
  const look = (load: number): Trial | null => {
    if (!known.has(load)) known.set(load, trial(scenario, target, { load, requestsMax }));
    return known.get(load)!;
  };
  const meets = (load: number): boolean => {
    const seen = look(load);
    return seen?.serves === true && (seen.withinObjective ?? 0) >= 0.99;
  };
  const here = look(1);
  if (here === null) return null;
  const anchor = meets(1) ? 0 : nearest(meets);
  const bound = (step: 1 | -1, doublingsMax: number): PerSecond | null => {
    const load = anchor === null ? null : edge(anchor, step, doublingsMax, meets);
    return load === null ? null : rate * load;
  };
  const [from, upTo] = [bound(-1, doublings.down), bound(1, doublings.up)];
  const loads = [...known.keys()];
  return {
    target,
    p99: here.p99,
    met: anchor === 0,
    from,
    upTo,
    ever: anchor !== null,
    tried: [rate * Math.min(...loads), rate * Math.max(...loads)],
  };
}

/** The doubling nearest to the present load that meets the objective; fewer requests are tried first. */
function nearest(meets: (load: number) => boolean): number | null {
  for (let k = 1; k <= Math.max(doublings.up, doublings.down); k++) {
    if (k <= doublings.down && meets(2 ** -k)) return -k;
    if (k <= doublings.up && meets(2 ** k)) return k;
  }
  return null;
}

/** The last load in one direction that meets the objective; null where all that were tried do. */
function edge(anchor: number, step: 1 | -1, doublingsMax: number, meets: (load: number) => boolean): number | null {
  let inside = anchor;
  while (meets(2 ** (inside + step))) {
    inside += step;
    if (inside * step >= doublingsMax) return null;
  }
  let outside = inside + step;
  for (let i = 0; i < halvings; i++) {
    const middle = (inside + outside) / 2;
    if (meets(2 ** middle)) inside = middle;
    else outside = middle;
  }
  return 2 ** inside;
}
