import type { Seconds } from "../base/units.ts";
import { type Estimate, exactly, type LatencyAnswer, type QuantileEstimate } from "../scenario/answer.ts";
import type { ReportSpec } from "../scenario/scenario.ts";
import { type Curve, curveOf } from "./curve.ts";
import { type Monotone, quantileOf } from "./quantile.ts";
import type { TimeLaw } from "./timeLaw.ts";

/** A law to invert, with the moments its transform's series gave. */
export interface LatencyLaw {
  readonly law: TimeLaw;
  /** E[Y; X ≤ t], Y the request's own work. */
  readonly ownWork: TimeLaw;
  readonly mean: Seconds;
  readonly variance: number;
  readonly meanWork: Seconds;
  /** Whether kinks of the workload remain that no delay accounts for. */
  readonly kinked: boolean;
  /** What one inversion may err where the law is not smooth between its parts; 0 otherwise. */
  readonly roughness: number;
}

export interface LatencyFigures {
  readonly latency: LatencyAnswer;
  readonly overheadAt: readonly QuantileEstimate[];
}

/** Every figure the report asks of a latency law; each interval is what two inversion rules differ by. */
export function latencyOfLaw(latency: LatencyLaw, report: ReportSpec): LatencyFigures {
  const { law, mean, variance } = latency;
  const cdf = (t: Seconds): number => (t === Infinity ? 1 : clamped(law.cdf(t)));
  const search: Monotone = { cdf, atoms: law.atoms, scale: searchScale(mean, variance) };
  const sketch = { ...search, cdf: (t: Seconds) => (t === Infinity ? 1 : clamped(law.sketch(t))) };
  const curve = curveOf(sketch, law.kinks);
  const cdfAt = (t: Seconds): Estimate => probability(cdf(t), errorAt(latency, t));
  const quantiles = report.quantiles.map((q) => ({ q, found: quantileOf(search, q, bracket(curve, q)) }));
  const edges = report.buckets.map((edge) => cdfAt(edge));
  return {
    latency: {
      mean: exactly(mean),
      variance: exactly(variance),
      quantiles: rising(quantiles.map(({ q, found }) => ({ q, value: quantileEstimate(latency, q, found) }))),
      cdf: report.cdfAt.map((at) => ({ at, value: cdfAt(at) })),
      buckets: [...report.buckets, Infinity].map((upTo, i) => ({
        upTo,
        value: difference(edges[i] ?? exactly(1), i === 0 ? exactly(0) : edges[i - 1]!),
      })),
      curve,
      withinObjective: report.objective === null ? null : cdfAt(report.objective),
    },
    overheadAt: quantiles.map(({ q, found }) => ({ q, value: overheadBeyond(latency, found.at, found.atom) })),
  };
}

/** 1 − E[work; T ≥ t]/E[T; T ≥ t]. */
function overheadBeyond({ law, ownWork, mean, meanWork }: LatencyLaw, at: Seconds, atom: boolean): Estimate {
  if (mean === Infinity) return share(1, 0);
  // On an atom, the requests of exactly that latency belong to "at or above".
  const t = atom ? at * (1 - 1e-9) : at;
  if (!(t > 0)) return share(1 - meanWork / mean, 0);
  const tail = 1 - law.cdf(t);
  const beyond = mean - t + law.integral(t);
  const latency = t * tail + beyond;
  const work = meanWork - ownWork.cdf(t);
  return share(1 - work / latency, 1e-9 / Math.max(tail, 1e-9));
}

/** Rules of nearly one length err alike at a kink, so their difference says less there. */
const errorAt = ({ law, kinked, roughness }: LatencyLaw, t: Seconds): number =>
  t > 0 && t < Infinity ? law.error(t) * (kinked ? 10 : 1) + roughness : 0;

/** By the slope, on the scale on which the law rises least; where the error reaches past 0 or 1, so does the interval. */
function quantileEstimate(latency: LatencyLaw, q: number, { at, atom }: { at: Seconds; atom: boolean }): Estimate {
  if (atom || at === 0) return exactly(at);
  const error = errorAt(latency, at);
  const widths = [1e-4, 1e-2].map((step) => {
    const rise = latency.law.cdf(at * (1 + step)) - latency.law.cdf(at * (1 - step));
    return rise > 0 ? (error * 2 * step * at) / rise : at;
  });
  const width = Math.max(...widths);
  return {
    value: at,
    low: 2 * error >= q ? 0 : Math.max(0, at - width),
    high: 2 * error >= 1 - q ? Infinity : at + width,
  };
}

/** Where rounding makes a quantile fall below one of a lower level, both hold the two. */
function rising(estimates: readonly QuantileEstimate[]): QuantileEstimate[] {
  return estimates.map(({ q, value }) => {
    const below = estimates.filter((other) => other.q < q);
    const highest = Math.max(value.value, ...below.map((other) => other.value.value));
    return { q, value: { ...value, value: highest, high: Math.max(value.high, highest) } };
  });
}

function bracket({ seconds, probability }: Curve, q: number): { low: Seconds; high: Seconds } {
  const i = probability.findIndex((value) => value >= q);
  if (i < 0) return { low: seconds.at(-1)!, high: seconds.at(-1)! * 1.5 };
  return { low: i === 0 ? 0 : seconds[i - 1]!, high: seconds[i]! };
}

function searchScale(mean: Seconds, variance: number): Seconds {
  if (mean === Infinity) return 1;
  return mean + (variance < Infinity ? 3 * Math.sqrt(Math.max(0, variance)) : 3 * mean);
}

const probability = (value: number, error: number): Estimate => ({
  value,
  low: Math.max(0, value - error),
  high: Math.min(1, value + error),
});

const difference = (a: Estimate, b: Estimate): Estimate =>
  probability(Math.max(0, a.value - b.value), a.high - a.low + (b.high - b.low));

const share = (value: number, error: number): Estimate => ({ value, low: value - error, high: value + error });
const clamped = (p: number): number => Math.min(1, Math.max(0, p));
