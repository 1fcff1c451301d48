import { arrivals, multiplied } from "../../arrivals/index.ts";
import type { PerSecond, Seconds } from "../../base/units.ts";
import { scaledSpec } from "../../distributions/index.ts";
import type { Estimate } from "../../scenario/answer.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { combineReplications } from "../../sim/combine.ts";
import { simulateReplication } from "../../sim/simulate.ts";
import { meanInterval } from "../../stats/intervals.ts";
import { RunningMoments } from "../../stats/moments.ts";
import { statedQuantile } from "../format.ts";

/** One target under other conditions, simulated once. */
export interface Trial {
  readonly p99: Seconds;
  /** Of all measured requests, failed ones too; null without an objective. */
  readonly withinObjective: number | null;
  /** Whether it keeps up, and answers at least 99 % of what is asked. */
  readonly serves: boolean;
}

export interface Conditions {
  /** Multiplies the arrivals' rate. */
  readonly load?: number;
  /** Multiplies the work of every request. */
  readonly work?: number;
  readonly seed?: number;
  /** More requests after the warm-up than these are left out, so that a question costs seconds. */
  readonly requestsMax: number;
}

/**
 * Simulates one target of a scenario under another load or other work, with one replication: many of them are asked for.
 *
 * @returns null where nothing was measured
 */
export function trial(scenario: Scenario, target: string, conditions: Conditions): Trial | null {
  const { load = 1, work = 1, seed = scenario.seed, requestsMax } = conditions;
  const changed: Scenario = {
    ...scenario,
    arrivals: load === 1 ? scenario.arrivals : multiplied(scenario.arrivals, load),
    work: work === 1 ? scenario.work : scaledSpec(scenario.work, work),
    report: { ...scenario.report, quantiles: [0.99], cdfAt: [] },
  };
  const requests = boundOn(changed, requestsMax);
  const answer = combineReplications(changed, target, [simulateReplication(changed, target, 0, { seed, requests })]);
  const p99 = statedQuantile(answer, 0.99)?.value ?? Number.NaN;
  const { scheduled = 0, completed = 0 } = answer.counts ?? {};
  if (!Number.isFinite(p99)) return null;
  return {
    p99,
    withinObjective: answer.latency.withinObjective?.value ?? null,
    serves: answer.stable && completed >= 0.99 * scheduled,
  };
}

/** What each question but that of the load is asked of: so many requests after the warm-up, under so many seeds. */
const requestsMax = 4_000;
const seeds = 5;

/** The same under five seeds; null where one of them measures nothing. */
export function trials(
  scenario: Scenario,
  target: string,
  conditions: Pick<Conditions, "work"> = {},
): readonly Trial[] | null {
  const found = Array.from({ length: seeds }, (_, i) =>
    trial(scenario, target, { ...conditions, requestsMax, seed: scenario.seed + i }),
  ).filter((one) => one !== null);
  return found.length === seeds ? found : null;
}

/** The trials of a target with nothing changed, which more than one question starts from. */
export type Unchanged = (target: string) => readonly Trial[] | null;

/** Runs them once per target, when they are first asked for. */
export function unchangedTrials(scenario: Scenario): Unchanged {
  const known = new Map<string, readonly Trial[] | null>();
  return (target) => {
    if (!known.has(target)) known.set(target, trials(scenario, target));
    return known.get(target) ?? null;
  };
}

/** The mean of a figure over the seeds, with Student's interval. */
export function overSeeds(runs: readonly Trial[], figure: (run: Trial, i: number) => number): Estimate {
  const moments = new RunningMoments();
  for (const [i, run] of runs.entries()) moments.record(figure(run, i));
  return meanInterval(moments);
}

/** Requests per second that the scenario asks for in the long run; null where it ends by itself or waits for answers. */
export function rateOf({ arrivals: spec }: Scenario): PerSecond | null {
  if (spec.kind === "closed") return null;
  const { rate, finite } = arrivals(spec);
  return finite ? null : rate;
}

function boundOn(scenario: Scenario, requestsMax: number): number | undefined {
  const rate = rateOf(scenario);
  if (rate === null) return undefined;
  const most = Math.ceil(rate * scenario.warmup) + requestsMax;
  return rate * scenario.duration > most ? most : undefined;
}
