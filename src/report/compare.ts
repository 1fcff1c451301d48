import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import {
  type Answer,
  type AvailableAnswer,
  type Engine,
  type Estimate,
  exactly,
  type LatencyAnswer,
  type OneRun,
  type TargetAnswer,
} from "../scenario/answer.ts";
import { curveQuantile, ksDistance, wassersteinDistance } from "../stats/distances.ts";
import { answerNames } from "./answerNames.ts";
import { comparisonNotes } from "./compareNotes.ts";
import { compareStages, type StageComparison } from "./compareStages.ts";
import { fittedReason } from "./fittedOn.ts";
import { ksBand } from "./ksBand.ts";
import { judgeQuantile, knownDifference, ratioOf, shrinkNeeded, type Tolerance, type Verdict } from "./tolerance.ts";

export type { Tolerance, Verdict } from "./tolerance.ts";

/** How predictions fared against a measurement. */
export interface Comparison {
  /** The worst of all judgements: disagree, else inconclusive, else agree. */
  readonly verdict: Verdict;
  readonly scenario: string;
  readonly seed: number;
  readonly tolerance: Tolerance;
  /** One entry per measured target. */
  readonly targets: readonly TargetComparison[];
  /** What a reader must know before trusting the verdict, in sentences. */
  readonly notes: readonly string[];
}

/** A target's main judgement (the simulator's where there is one), and those of the other engines. */
export interface TargetComparison extends Judgement {
  readonly name: string;
  readonly alsoJudged: readonly Judgement[];
  /** Engines that are not judged on this target, and why. */
  readonly notJudged: readonly { readonly from: Engine; readonly name?: string; readonly reason: string }[];
}

/** One engine's prediction of one target against the measurement. */
export interface Judgement {
  /** The engine judged; null where no prediction could be. */
  readonly judged: Engine | null;
  /** Which of its answers, where the engine has several: "sim 2". */
  readonly judgedName?: string;
  readonly verdict: Verdict;
  /** The engine that it is judged by: `live`, unless something else stood for the measurement. */
  readonly judgedBy: Engine;
  /** Which of its answers, where it has several. */
  readonly judgedByName?: string;
  /**
   * Whether both saw the very same arrivals: then only what the platform draws sets them apart by chance, and how much that is the
   * simulation's single runs tell.
   */
  readonly paired: boolean;
  /** Why the verdict is not simply that of the worst quantile, in sentences. */
  readonly reasons: readonly string[];
  readonly ks: number | null;
  /** Half-width of the 95 % band around `ks`. */
  readonly ksMargin: number | null;
  /** Null where the laws are too narrow for their distance to say anything (scv below 0.1). */
  readonly ksVerdict: Verdict | null;
  readonly wassersteinSeconds: Seconds | null;
  readonly quantiles: readonly QuantileComparison[];
  /** Of a pipeline, where both tell its stages: what each of them adds to the error. */
  readonly stages?: readonly StageComparison[];
  /** About how many measured requests would make an inconclusive judgement conclusive. */
  readonly needRequests?: number;
}

export interface QuantileComparison {
  readonly q: number;
  /** The two quantiles, in seconds; their intervals are in the answers. */
  readonly predicted: Seconds;
  readonly measured: Seconds;
  /** predicted ÷ measured. */
  readonly ratio: Estimate;
  /** predicted − measured, seconds. */
  readonly difference: Estimate;
  readonly verdict: Verdict;
}

export interface CompareOptions {
  readonly tolerance: Tolerance;
  /** Levels in (0, 1). */
  readonly quantiles: readonly number[];
  /** True for finite arrivals (burst, profile, trace): the model's steady state is then not judged. */
  readonly transient?: boolean;
}

/** Below this squared coefficient of variation a small shift moves the whole law: the KS distance is not judged. */
const scvJudgedByKs = 0.1;
/** The largest lateness p99, as a share of the measured median, at which a replay counts as punctual. */
const latenessShare = 0.1;
const severity: readonly Verdict[] = ["agree", "inconclusive", "disagree"];

/**
 * The verdict on predictions of a scenario, by a measurement of it.
 *
 * Every quantile is judged by `judgeQuantile`; a target takes its worst quantile and, where the squared coefficient of
 * variation of its measured latency is at least 0.1, its Kolmogorov–Smirnov distance with a 95 % band. Several
 * predictions are judged one by one: the simulator always, the model where it has a steady state. A measurement whose
 * lateness p99 exceeds 10 % of its median is inconclusive; a prediction fitted on the very seed it is judged by, or of
 * another scenario, never agrees.
 *
 * @param predicted answers of the model or the simulator (or imported), in any order
 * @param measured the answer to judge them by
 * @throws {RangeError} if a tolerance or a level is outside its domain
 * @see docs/report.md
 */
export function compare(predicted: readonly Answer[], measured: Answer, options: CompareOptions): Comparison {
  const { tolerance, quantiles } = options;
  check(tolerance.quantileRatio >= 1, "compare", "tolerance.quantileRatio must be ≥ 1", tolerance.quantileRatio);
  check(tolerance.absolute >= 0, "compare", "tolerance.absolute must be ≥ 0", tolerance.absolute);
  check(tolerance.ks >= 0, "compare", "tolerance.ks must be ≥ 0", tolerance.ks);
  check(quantiles.length > 0, "compare", "quantiles must hold a level", quantiles.length);
  for (const q of quantiles) check(q > 0 && q < 1, "compare", "quantiles must be in (0, 1)", q);

  // The simulator first: where it judges, its figures are the target's.
  const ordered = predicted.toSorted((a, b) => rank(a.from) - rank(b.from));
  const targets = measured.targets.map((target) => judgeTarget(ordered, measured, target, options));
  return {
    verdict:
      targets.length === 0
        ? "inconclusive"
        : worst(targets.flatMap((t) => [t.verdict, ...t.alsoJudged.map((j) => j.verdict)])),
    scenario: measured.scenario,
    seed: measured.seed,
    tolerance,
    targets,
    notes: comparisonNotes(ordered, measured, targets),
  };
}

function judgeTarget(
  predicted: readonly Answer[],
  measured: Answer,
  target: TargetAnswer,
  options: CompareOptions,
): TargetComparison {
  const judgements: Judgement[] = [];
  const notJudged: TargetComparison["notJudged"][number][] = [];
  const names = answerNames([...predicted, measured]);
  for (const [i, answer] of predicted.entries()) {
    const prediction = answer.targets.find(({ name }) => name === target.name);
    const reason = whyNotJudged(answer.from, prediction, options.transient === true);
    const name = names[i]!;
    if (reason !== null) notJudged.push({ from: answer.from, ...(name !== answer.from && { name }), reason });
    else if (target.status !== "unavailable") {
      judgements.push({
        ...judge(answer, prediction as AvailableAnswer, measured, target, options),
        ...(name !== answer.from && { judgedName: name }),
        ...(names.at(-1) !== measured.from && { judgedByName: names.at(-1)! }),
      });
    }
  }
  const [main, ...alsoJudged] = judgements;
  if (main !== undefined) return { name: target.name, ...main, alsoJudged, notJudged };
  const reason = target.status === "unavailable" ? `not measured: ${target.reason}` : "no prediction to judge";
  return { name: target.name, ...nothingJudged(reason, measured.from), alsoJudged: [], notJudged };
}

/** What both sides of a judgement are called. */
export function sidesOf({ judged, judgedName, judgedBy, judgedByName }: Judgement): {
  readonly judged: string | null;
  readonly judgedBy: string;
} {
  return { judged: judgedName ?? judged, judgedBy: judgedByName ?? judgedBy };
}

function whyNotJudged(from: Engine, prediction: TargetAnswer | undefined, transient: boolean): string | null {
  if (prediction === undefined) return "does not answer this target";
  if (prediction.status === "unavailable") return prediction.reason;
  if (from !== "model") return null;
  if (transient) return "the arrivals are finite, and the model describes the steady state";
  return prediction.stable ? null : "the model has no steady state here";
}

function judge(
  answer: Answer,
  prediction: AvailableAnswer,
  measuredAnswer: Answer,
  measured: AvailableAnswer,
  { tolerance, quantiles }: CompareOptions,
): Judgement {
  const chance = sharedArrivals(answer, measuredAnswer, measured) ? prediction.latency.oneRun : undefined;
  const pairs = quantiles.map((q) => ({ q, ...estimatesOf(prediction, measured, q, chance) }));
  const rows = pairs.map(({ q, p, m }): QuantileComparison => {
    return {
      q,
      predicted: p.value,
      measured: m.value,
      ratio: ratioOf(p, m),
      difference: knownDifference(p, m),
      verdict: judgeQuantile(p, m, tolerance),
    };
  });
  const ks = ksDistance(prediction.latency.curve, measured.latency.curve);
  const ksMargin = chance?.ks ?? Math.hypot(ksBand(prediction), ksBand(measured));
  const ksVerdict = judgesKs(measured.latency) ? judgeKs(ks, ksMargin, tolerance.ks) : null;
  const ofFigures = worst([...rows.map((row) => row.verdict), ...(ksVerdict === null ? [] : [ksVerdict])]);

  const late = latenessReason(measured);
  // Neither may be taken for agreement, however close the figures.
  const doubts = [
    foreignReason(answer, measuredAnswer),
    fittedReason(answer, measuredAnswer),
    omissionReason(measured),
  ].filter((reason) => reason !== null);
  const verdict = late !== null || (doubts.length > 0 && ofFigures === "agree") ? "inconclusive" : ofFigures;
  const need =
    ofFigures === "inconclusive" && verdict === "inconclusive"
      ? requestsNeeded(
          pairs.filter((_, i) => rows[i]!.verdict === "inconclusive"),
          { ks, ksMargin, ksVerdict },
          { requests: measured.counts?.measured ?? 0, tolerance },
        )
      : Infinity;
  const stages = compareStages(prediction, measured, { tolerance, quantiles });
  return {
    judged: answer.from,
    judgedBy: measuredAnswer.from,
    paired: chance !== undefined,
    verdict,
    reasons: [...(late === null ? [] : [late]), ...doubts],
    ks,
    ksMargin,
    ksVerdict,
    wassersteinSeconds: wassersteinDistance(prediction.latency.curve, measured.latency.curve),
    quantiles: rows,
    ...(stages.length > 0 && { stages }),
    ...(Number.isFinite(need) ? { needRequests: need } : {}),
  };
}

function nothingJudged(reason: string, judgedBy: Engine): Judgement {
  return {
    judged: null,
    judgedBy,
    paired: false,
    verdict: "inconclusive",
    reasons: [reason],
    ks: null,
    ksMargin: null,
    ksVerdict: null,
    wassersteinSeconds: null,
    quantiles: [],
  };
}

/** The stated quantile, or the curve's with no interval to judge it by. */
function quantileOf(latency: LatencyAnswer, q: number): Estimate {
  const stated = latency.quantiles.find((row) => Math.abs(row.q - q) < 1e-12);
  if (stated !== undefined) return stated.value;
  const empty = latency.curve.seconds.length === 0;
  return { value: empty ? Number.NaN : curveQuantile(latency.curve, q), low: Number.NaN, high: Number.NaN };
}

/** The two estimates of one quantile; of the same arrivals with what chance does to one run of them, and nothing else. */
function estimatesOf(prediction: AvailableAnswer, measured: AvailableAnswer, q: number, chance: OneRun | undefined) {
  const [p, m] = [quantileOf(prediction.latency, q), quantileOf(measured.latency, q)];
  const range = chance?.quantiles.find((row) => Math.abs(row.q - q) < 1e-12)?.value;
  if (range === undefined) return { p, m };
  return {
    p: exactly(p.value),
    m: { value: m.value, low: (m.value * p.value) / range.high, high: (m.value * p.value) / range.low },
  };
}

/** Whether the simulator played the arrivals that were sent, all of them. */
function sharedArrivals(answer: Answer, measuredAnswer: Answer, { counts }: AvailableAnswer): boolean {
  const { scheduleSha256 } = answer.provenance;
  const all = counts !== null && counts.unsent + counts.dropped === 0;
  return scheduleSha256 !== null && scheduleSha256 === measuredAnswer.provenance.scheduleSha256 && all;
}

function judgesKs({ mean, variance }: LatencyAnswer): boolean {
  return variance.value >= scvJudgedByKs * mean.value * mean.value;
}

function judgeKs(ks: number, margin: number, tolerance: number): Verdict {
  if (ks + margin <= tolerance) return "agree";
  return ks - margin > tolerance ? "disagree" : "inconclusive";
}

/** Interval widths fall as one over the square root of the number of requests. */
function requestsNeeded(
  open: readonly { readonly p: Estimate; readonly m: Estimate }[],
  { ks, ksMargin, ksVerdict }: { readonly ks: number; readonly ksMargin: number; readonly ksVerdict: Verdict | null },
  { requests, tolerance }: { readonly requests: number; readonly tolerance: Tolerance },
): number {
  const factors = open.map(({ p, m }) => shrinkNeeded(p, m, tolerance));
  if (ksVerdict === "inconclusive") factors.push(ksMargin / Math.abs(tolerance.ks - ks));
  const needed = requests * Math.max(...factors) ** 2;
  return requests > 0 ? Number(needed.toPrecision(2)) : Infinity;
}

/** Where latencies count from the send, what a stall held up is missing: a close figure is no agreement. */
function omissionReason({ omission }: AvailableAnswer): string | null {
  if (omission !== "uncorrected") return null;
  return "its latencies count from the send, so what a stall held back is not in them (coordinated omission)";
}

function latenessReason({ lateness, latency }: AvailableAnswer): string | null {
  if (lateness === null) return null;
  const p99 = quantileOf(lateness, 0.99).value;
  const median = quantileOf(latency, 0.5).value;
  if (!(p99 > latenessShare * median)) return null;
  return `the replay was late: p99 of the lateness is ${Math.round((100 * p99) / median)} % of the measured median (at most 10 %)`;
}

function foreignReason({ from, scenario }: Answer, measured: Answer): string | null {
  if (from === "import" || scenario === measured.scenario) return null;
  return `it answers scenario ${scenario}, and the measurement is of ${measured.scenario}`;
}

const rank = (from: Engine): number => ["sim", "model", "import", "live"].indexOf(from);
const worst = (verdicts: readonly Verdict[]): Verdict =>
  severity[Math.max(0, ...verdicts.map((verdict) => severity.indexOf(verdict)))]!;
