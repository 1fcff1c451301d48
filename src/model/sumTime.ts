import type { Seconds } from "../base/units.ts";
import type { Distribution, TransformPart } from "../distributions/index.ts";
import { type Complex, complex, divide, scale, subtract } from "../numerics/complex.ts";
import type { AddedTime } from "./addedTime.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import { merged, productOf } from "./law.ts";
import { quantileOf } from "./quantile.ts";
import { sumOfTimes } from "./sumOfTimes.ts";

/** No time at all. */
export const noTime: AddedTime = {
  mean: 0,
  scv: 0,
  cdf: (x) => (x >= 0 ? 1 : 0),
  quantile: () => 0,
  transform: [{ delay: 0, smooth: () => complex(1) }],
};

/** The law of a latency as a time to be added to others. */
export function timeOf({ law, mean, variance }: LatencyLaw, transform: readonly TransformPart[]): AddedTime {
  const cdf = (t: Seconds): number => (t === Infinity ? 1 : Math.min(1, Math.max(0, law.cdf(t))));
  return {
    mean,
    scv: mean > 0 ? variance / mean ** 2 : 0,
    cdf,
    quantile: (p) => (p >= 1 ? Infinity : quantileOf({ cdf, atoms: law.atoms, scale: mean }, p).at),
    transform,
  };
}

/** The sum of two independent times; in closed form where one of them is fixed. */
export function sumTime(a: AddedTime, b: AddedTime): AddedTime {
  const transform = productOf(a.transform ?? [], b.transform ?? []);
  const [fixed, other] = a.mean === 0 || a.scv === 0 ? [a, b] : [b, a];
  if (fixed.mean > 0 && fixed.scv > 0) return timeOf(sumOfTimes([{ weight: 1, times: [a], own: b }]), transform);
  const mean = a.mean + b.mean;
  return {
    mean,
    scv: mean > 0 ? (other.scv * other.mean ** 2) / mean ** 2 : 0,
    cdf: (x) => other.cdf(x - fixed.mean),
    quantile: (p) => fixed.mean + other.quantile(p),
    transform,
  };
}

/** What is left of a time when a Poisson arrival comes during it: P(rest > x) = E[(C − x)⁺]/E[C], its delays kept apart. */
export function restOf(time: Omit<Distribution, "sampler">): AddedTime {
  const { mean, transform = [] } = time;
  if (mean === 0) return noTime;
  const rest = time.moment(2) / (2 * mean);
  const whole = transform.every(({ delay }) => delay === 0);
  const parts: TransformPart[] = whole
    ? [{ delay: 0, smooth: (s) => divide(missing(time, s), scale(s, mean)) }]
    : [
        { delay: 0, smooth: (s) => divide(complex(1), scale(s, mean)) },
        ...transform.map(({ delay, smooth }) => ({
          delay,
          smooth: (s: Complex) => divide(scale(smooth(s), -1), scale(s, mean)),
        })),
      ];
  // Without an atom; the moments of a diverging rest diverge too.
  const scv = rest < Infinity ? time.moment(3) / (3 * mean * rest ** 2) - 1 : Infinity;
  const own: AddedTime = { ...noTime, mean: rest, scv, cdf: () => 0, transform: parts };
  return timeOf(sumOfTimes([{ weight: 1, times: [], own }]), parts);
}

/** 1 − C*(s). */
function missing(time: Omit<Distribution, "sampler">, s: Complex): Complex {
  if (time.transformRest !== undefined) return time.transformRest(s);
  return (time.transform ?? []).reduce((left, { smooth }) => subtract(left, smooth(s)), complex(1));
}

/** One of several times, by chance. */
export function mixedTime(branches: readonly { readonly weight: number; readonly time: AddedTime }[]): AddedTime {
  const transform = branches.flatMap(({ weight, time }) =>
    (time.transform ?? []).map(({ delay, smooth }) => ({ delay, smooth: (s: Complex) => scale(smooth(s), weight) })),
  );
  return timeOf(sumOfTimes(branches.map(({ weight, time }) => ({ weight, times: [], own: time }))), transform);
}

/** The same time, inverted as a whole from its first delay on. */
export function inOnePart(time: AddedTime): AddedTime {
  const { transform = [] } = time;
  if (transform.length < 2) return time;
  const first = Math.min(...transform.map(({ delay }) => delay));
  const [whole] = merged(transform.map(({ delay, smooth }) => ({ delay: delay - first, smooth })));
  return { ...time, transform: [{ delay: first, smooth: whole!.smooth }] };
}
