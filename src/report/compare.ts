import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { Answer, AvailableAnswer, Engine, Estimate, LatencyAnswer, TargetAnswer } from "../scenario/answer.ts";
import { curveProbability, curveQuantile, ksDistance, wassersteinDistance } from "../stats/distances.ts";
import { fittedRateNotes, fittedReason } from "./fittedOn.ts";
import { differenceOf, judgeQuantile, ratioOf, shrinkNeeded, type Tolerance, type Verdict } from "./tolerance.ts";

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
  readonly notJudged: readonly { readonly from: Engine; readonly reason: string }[];
}

/** One engine's prediction of one target against the measurement. */
export interface Judgement {
  /** The engine judged; null where no prediction could be. */
  readonly judged: Engine | null;
  readonly verdict: Verdict;
  /** The engine that it is judged by: `live`, unless something else stood for the measurement. */
  readonly judgedBy: Engine;
  /** Why the verdict is not simply that of the worst quantile, in sentences. */
  readonly reasons: readonly string[];
  readonly ks: number | null;
  /** Half-width of the 95 % band around `ks`. */
  readonly ksMargin: number | null;
  /** Null where the laws are too narrow for their distance to say anything (scv below 0.1). */
  readonly ksVerdict: Verdict | null;
  readonly wassersteinSeconds: Seconds | null;
  readonly quantiles: readonly QuantileComparison[];
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
/** Failed requests that differ by more than this share are worth a note. */
const lossShare = 0.01;
/** sqrt(ln(2 / 0.05) / 2): the 95 % Dvoretzky–Kiefer–Wolfowitz band of n values is this over sqrt(n). */
const dkw = Math.sqrt(Math.log(2 / 0.05) / 2);
/** Half of the normal interval's 1.96: the half-width of a median on the probability scale is this over sqrt(n). */
const medianHalfWidth = 0.979981992270027;
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
    notes: notesOn(ordered, measured),
  };
}

function judgeTarget(
  predicted: readonly Answer[],
  measured: Answer,
  target: TargetAnswer,
  options: CompareOptions,
): TargetComparison {
  const judgements: Judgement[] = [];
  const notJudged: { from: Engine; reason: string }[] = [];
  for (const answer of predicted) {
    const prediction = answer.targets.find(({ name }) => name === target.name);
    const reason = whyNotJudged(answer.from, prediction, options.transient === true);
    if (reason !== null) notJudged.push({ from: answer.from, reason });
    else if (target.status !== "unavailable")
      judgements.push(judge(answer, prediction as AvailableAnswer, measured, target, options));
  }
  const [main, ...alsoJudged] = judgements;
  if (main !== undefined) return { name: target.name, ...main, alsoJudged, notJudged };
  const reason = target.status === "unavailable" ? `not measured: ${target.reason}` : "no prediction to judge";
  return { name: target.name, ...nothingJudged(reason, measured.from), alsoJudged: [], notJudged };
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
  const rows = quantiles.map((q): QuantileComparison => {
    const p = quantileOf(prediction.latency, q);
    const m = quantileOf(measured.latency, q);
    return {
      q,
      predicted: p.value,
      measured: m.value,
      ratio: ratioOf(p, m),
      difference: differenceOf(p, m),
      verdict: judgeQuantile(p, m, tolerance),
    };
  });
  const ks = ksDistance(prediction.latency.curve, measured.latency.curve);
  const ksMargin = Math.hypot(band(prediction), band(measured));
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
      ? requestsNeeded(rows, { ks, ksMargin, ksVerdict }, { prediction, measured, tolerance })
      : Infinity;
  return {
    judged: answer.from,
    judgedBy: measuredAnswer.from,
    verdict,
    reasons: [...(late === null ? [] : [late]), ...doubts],
    ks,
    ksMargin,
    ksVerdict,
    wassersteinSeconds: wassersteinDistance(prediction.latency.curve, measured.latency.curve),
    quantiles: rows,
    ...(Number.isFinite(need) ? { needRequests: need } : {}),
  };
}

function nothingJudged(reason: string, judgedBy: Engine): Judgement {
  return {
    judged: null,
    judgedBy,
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

function judgesKs({ mean, variance }: LatencyAnswer): boolean {
  return variance.value >= scvJudgedByKs * mean.value * mean.value;
}

function judgeKs(ks: number, margin: number, tolerance: number): Verdict {
  if (ks + margin <= tolerance) return "agree";
  return ks - margin > tolerance ? "disagree" : "inconclusive";
}

/**
 * Half-width of the 95 % band around an answer's distribution function. Values that depend on each other carry less
 * than their number says; the stated interval of the median knows, so the wider of the two counts.
 */
function band({ latency, counts }: AvailableAnswer): number {
  const median = latency.quantiles.find(({ q }) => q === 0.5)?.value;
  const byCount = counts === null || counts.measured === 0 ? 0 : dkw / Math.sqrt(counts.measured);
  if (median === undefined || !(median.high > median.low)) return byCount;
  const halfWidth = (curveProbability(latency.curve, median.high) - curveProbability(latency.curve, median.low)) / 2;
  return Math.max(byCount, (halfWidth / medianHalfWidth) * dkw);
}

interface Compared {
  readonly prediction: AvailableAnswer;
  readonly measured: AvailableAnswer;
  readonly tolerance: Tolerance;
}

/** Interval widths fall as one over the square root of the number of requests. */
function requestsNeeded(
  rows: readonly QuantileComparison[],
  { ks, ksMargin, ksVerdict }: { readonly ks: number; readonly ksMargin: number; readonly ksVerdict: Verdict | null },
  { prediction, measured, tolerance }: Compared,
): number {
  const requests = measured.counts?.measured ?? 0;
  const factors = rows
    .filter((row) => row.verdict === "inconclusive")
    .map(({ q }) => shrinkNeeded(quantileOf(prediction.latency, q), quantileOf(measured.latency, q), tolerance));
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

/** The share of the requests that failed or were dropped; NaN where none was counted. */
function lostShare({ counts }: AvailableAnswer): number {
  if (counts === null) return Number.NaN;
  const failed = Object.values(counts.failed).reduce((sum, count) => sum + count, 0);
  return (failed + counts.dropped) / (counts.scheduled - counts.unsent);
}

/** Latency is that of completed requests, so a verdict on it says nothing of those that failed. */
function lossNotes(predicted: Answer, measured: Answer): string[] {
  const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
  return measured.targets.flatMap((target) => {
    const prediction = predicted.targets.find(({ name }) => name === target.name);
    if (target.status === "unavailable" || prediction === undefined || prediction.status === "unavailable") return [];
    const [foreseen, seen] = [lostShare(prediction), lostShare(target)];
    if (!(Math.abs(foreseen - seen) > lossShare)) return [];
    return [
      `On ${target.name} ${percent(seen)} of the requests failed, and ${percent(foreseen)} did in the ${predicted.from}: the verdict is on the completed ones only.`,
    ];
  });
}

function notesOn(predicted: readonly Answer[], measured: Answer): string[] {
  const notes: string[] = [...fittedRateNotes(predicted, measured)];
  for (const answer of predicted) {
    const { from, scenario, provenance, targets } = answer;
    if (from === "import" && scenario !== measured.scenario)
      notes.push(`The import answers scenario ${scenario}, the measurement is of ${measured.scenario}.`);
    const { scheduleSha256 } = provenance;
    if (
      from === "sim" &&
      scheduleSha256 !== null &&
      measured.provenance.scheduleSha256 !== null &&
      scheduleSha256 !== measured.provenance.scheduleSha256
    ) {
      notes.push("The simulator saw other arrivals than the replay sent: the schedules differ.");
    }
    notes.push(...lossNotes(answer, measured));
    const missing = targets
      .filter(({ name }) => !measured.targets.some((target) => target.name === name))
      .map(({ name }) => name);
    if (missing.length > 0) notes.push(`Predicted by the ${from}, not measured: ${missing.join(", ")}.`);
  }
  return notes;
}

const rank = (from: Engine): number => ["sim", "model", "import", "live"].indexOf(from);
const worst = (verdicts: readonly Verdict[]): Verdict =>
  severity[Math.max(0, ...verdicts.map((verdict) => severity.indexOf(verdict)))]!;
