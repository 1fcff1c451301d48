import { normalQuantile } from "../numerics/erf.ts";
import type { Answer, AvailableAnswer, Engine, Estimate } from "../scenario/answer.ts";
import { ksDistance } from "../stats/distances.ts";
import { quantileName } from "./format.ts";
import { ksBand } from "./ksBand.ts";
import { differenceOf, ratioOf, type Tolerance } from "./tolerance.ts";

/** One measurement with what was predicted of it then, and what is now. */
export interface BaselineRun {
  readonly name: string;
  readonly measured: Answer;
  readonly before: readonly Answer[];
  readonly now: readonly Answer[];
  readonly tolerance: Tolerance;
  readonly quantiles: readonly number[];
}

/** One figure's error then and now. */
export interface BaselineFigure {
  /** Null: the mean over all runs. */
  readonly run: string | null;
  readonly target: string;
  readonly from: Engine;
  /** A quantile such as "p99", or "KS". */
  readonly figure: string;
  /** How much of the tolerance the error takes: 0 is none, 1 its edge. Infinity where there is no answer. */
  readonly was: number;
  readonly is: number;
  /** By how much `is` may exceed `was` before it counts: what the errors of both predictions allow, and a little. */
  readonly chance: number;
  readonly verdict: "worse" | "same" | "better";
}

/** How the accuracy of predictions has changed. */
export interface BaselineComparison {
  readonly runs: number;
  readonly worse: number;
  readonly better: number;
  readonly figures: readonly BaselineFigure[];
}

/** Changes of less than this share of the tolerance are none, for a single figure and for the mean over runs. */
const slack = 0.05;
const meanSlack = 0.02;
/** Stored curves have fewer points than new ones, which moves their distance a little. */
const ksSlack = 0.05;
/** How often all figures together may be called worse by chance. */
const falseAlarms = 0.01;

/**
 * Whether predictions have become less accurate than stored ones, both judged by the same stored measurements.
 *
 * An error is told as the share of the tolerance that it takes: of the ratio's or of the difference's, whichever is less, as a verdict takes
 * it. As the measurement is the same for both, its own chance cancels, and what is left is that of the two predictions. Each figure of each
 * run is looked at, and its mean over the runs, which sees much smaller changes. All together raise a false alarm once in a hundred times.
 *
 * @see docs/report.md
 */
export function againstBaseline(runs: readonly BaselineRun[]): BaselineComparison {
  const changes = runs.flatMap(changesOf);
  const groups = Map.groupBy(changes, ({ target, from, figure }) => `${target}\0${from}\0${figure}`);
  const means = [...groups.values()].filter((group) => group.length >= 3).map(meanOf);
  const count = changes.length + means.length;
  const scale = count === 0 ? 1 : normalQuantile(1 - falseAlarms / count) / normalQuantile(0.975);
  const figures = [
    ...means.map((change) => judged(change, scale, meanSlack)),
    ...changes.map((change) => judged(change, scale, slack)),
  ];
  const counted = (wanted: BaselineFigure["verdict"]) => figures.filter(({ verdict }) => verdict === wanted).length;
  return { runs: runs.length, worse: counted("worse"), better: counted("better"), figures };
}

/** A figure's error then and now, and the 95 % half-width of their difference. */
interface Change extends Omit<BaselineFigure, "chance" | "verdict"> {
  readonly reach: number;
}

function changesOf({ name: run, measured, before, now, tolerance, quantiles }: BaselineRun): Change[] {
  return before.flatMap((answer) =>
    answer.targets.flatMap((was): Change[] => {
      const target = measured.targets.find(({ name }) => name === was.name);
      if (was.status === "unavailable" || target === undefined || target.status === "unavailable") return [];
      const is = now.find(({ from }) => from === answer.from)?.targets.find(({ name }) => name === was.name);
      const head = { run, target: was.name, from: answer.from };
      const pair = is === undefined || is.status === "unavailable" ? null : { was, is };
      return [
        ...quantiles.flatMap((q) => {
          const change = quantileChange(was, pair?.is ?? null, target, q, tolerance);
          return change === null ? [] : [{ ...head, figure: quantileName(q), ...change }];
        }),
        { ...head, figure: "KS", ...ksChange(was, pair?.is ?? null, target, tolerance) },
      ];
    }),
  );
}

function quantileChange(
  was: AvailableAnswer,
  is: AvailableAnswer | null,
  measured: AvailableAnswer,
  q: number,
  { quantileRatio, absolute }: Tolerance,
) {
  const estimateOf = ({ latency }: AvailableAnswer) => latency.quantiles.find((row) => row.q === q)?.value;
  const [then, m] = [estimateOf(was), estimateOf(measured)?.value];
  if (then === undefined || m === undefined) return null;
  const now = is === null ? undefined : estimateOf(is);
  const byRatio = (p: number) => shareOf(Math.abs(Math.log(p / m)), Math.log(quantileRatio));
  const byDifference = (p: number) => shareOf(Math.abs(p - m), absolute);
  const error = (p: number) => Math.min(byRatio(p), byDifference(p));
  if (now === undefined) return { was: error(then.value), is: Infinity, reach: 0 };
  const reach =
    byRatio(now.value) <= byDifference(now.value)
      ? halfWidth(mapped(ratioOf(now, then), Math.log)) / Math.log(quantileRatio)
      : halfWidth(differenceOf(now, then)) / absolute;
  return { was: error(then.value), is: error(now.value), reach };
}

function ksChange(was: AvailableAnswer, is: AvailableAnswer | null, measured: AvailableAnswer, { ks }: Tolerance) {
  const error = ({ latency }: AvailableAnswer) => shareOf(ksDistance(latency.curve, measured.latency.curve), ks);
  if (is === null) return { was: error(was), is: Infinity, reach: 0 };
  const isExact = [was, is].every(
    ({ status }) => status === "exact" || status === "numeric" || status === "approximate",
  );
  return { was: error(was), is: error(is), reach: isExact ? 0 : shareOf(Math.hypot(ksBand(was), ksBand(is)), ks) };
}

function meanOf(group: readonly Change[]): Change {
  const mean = (pick: (change: Change) => number) =>
    group.reduce((sum, change) => sum + pick(change), 0) / group.length;
  return {
    ...group[0]!,
    run: null,
    was: mean(({ was }) => was),
    is: mean(({ is }) => is),
    reach: Math.hypot(...group.map(({ reach }) => reach)) / group.length,
  };
}

function judged({ reach, ...change }: Change, scale: number, allowance: number): BaselineFigure {
  const chance = reach * scale + (change.figure === "KS" ? Math.max(ksSlack, allowance) : allowance);
  const growth = change.is === change.was ? 0 : change.is - change.was;
  return { ...change, chance, verdict: growth > chance ? "worse" : growth < -chance ? "better" : "same" };
}

const shareOf = (part: number, whole: number): number => (part === 0 ? 0 : part / whole);
const halfWidth = ({ low, high }: Estimate): number => (high - low) / 2;
const mapped = ({ value, low, high }: Estimate, map: (x: number) => number): Estimate => ({
  value: map(value),
  low: map(low),
  high: map(high),
});
