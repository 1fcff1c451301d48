import { check } from "../base/check.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import { type Complex, complex, divide } from "../numerics/complex.ts";
import { euler } from "../numerics/euler.ts";
import { gammaP, gammaQ, poissonTerm } from "../numerics/gamma.ts";
import { tridiagonalSpectrum } from "../numerics/tridiagonalSpectrum.ts";

/** Instances of a platform that scales per request, in the steady state. */
export interface InstanceCounts {
  /** P(a request finds no idle instance). */
  readonly cold: number;
  readonly meanInstances: number;
  readonly meanBusy: number;
  /** Of the number of instances; null where it was not computed. */
  readonly variance: number | null;
  /** atMost[n]: P(instances ≤ n); null where it was not computed. */
  readonly atMost: readonly number[] | null;
  /** How far a figure may be off, relative. */
  readonly error: number;
}

/** Up to this mean number of busy instances the spectrum is taken level by level; above, transforms are inverted. */
const mostBySpectrum = 200;

/**
 * Cold requests and instances where every request holds an instance to itself, an idle one is taken newest use first, and
 * goes after a fixed time unused.
 *
 * Instances at t are then the largest number of busy ones in the window [t − keepAlive, t], and a request is cold exactly
 * if it raises that maximum (departures and arrivals match like parentheses). With Poisson arrivals and exponential
 * holding times the busy ones are an M/M/∞ queue, whose first passage to n + 1 from n has a spectrum of positive weights.
 * Exact if a cold request holds its instance like a warm one, and almost insensitive to the law of the holding time.
 *
 * @param arrivalRate λ in (0, ∞)
 * @param holdingSeconds the mean time a request holds its instance, in (0, ∞)
 * @param keepAliveSeconds τ in [0, ∞)
 * @param atLeast instances that never go
 * @throws {RangeError} if an argument is outside its domain
 * @example
 * windowMaximum({ arrivalRate: 10, holdingSeconds: 0.05, keepAliveSeconds: 1 }).cold.toFixed(9) // => "0.059849272"
 */
export function windowMaximum({
  arrivalRate: lambda,
  holdingSeconds,
  keepAliveSeconds: tau,
  atLeast = 0,
}: {
  readonly arrivalRate: PerSecond;
  readonly holdingSeconds: Seconds;
  readonly keepAliveSeconds: Seconds;
  readonly atLeast?: number;
}): InstanceCounts {
  const positive = (x: number): boolean => x > 0 && x < Infinity;
  check(positive(lambda), "windowMaximum", "arrivalRate must be in (0, ∞)", lambda);
  check(positive(holdingSeconds), "windowMaximum", "holdingSeconds must be in (0, ∞)", holdingSeconds);
  check(tau >= 0 && tau < Infinity, "windowMaximum", "keepAliveSeconds must be in [0, ∞)", tau);
  check(Number.isInteger(atLeast) && atLeast >= 0, "windowMaximum", "atLeast must be an integer ≥ 0", atLeast);
  // In units of the mean holding time.
  const a = lambda * holdingSeconds;
  const window = tau / holdingSeconds;
  return a <= mostBySpectrum ? bySpectrum(a, window, atLeast) : byTransform(a, window, atLeast);
}

function bySpectrum(a: number, window: number, atLeast: number): InstanceCounts {
  let cold = 0;
  let mean = atLeast;
  let square = atLeast ** 2;
  const atMost: number[] = new Array<number>(atLeast).fill(0);
  for (let n = atLeast; ; n++) {
    const here = poissonTerm(n, a);
    const modes = passageModes(a, n);
    let above = gammaP(n + 1, a);
    let below = 0;
    for (const { rate, weight, share } of modes) {
      const stays = Math.exp(-rate * window);
      cold += here * weight * stays;
      below += share * stays;
      above -= share * Math.expm1(-rate * window);
    }
    atMost.push(Math.min(1, below));
    mean += above;
    square += (2 * n + 1) * above;
    if (n > a && above * n < 1e-16 * mean && here < 1e-16 * cold) break;
  }
  const variance = Math.max(0, square - mean ** 2);
  return { cold: Math.min(1, cold), meanInstances: mean, meanBusy: a, variance, atMost, error: 1e-9 };
}

interface Mode {
  readonly rate: number;
  /** In P(n + 1 is not reached by t, from n) = Σ weight·e^(−rate·t). */
  readonly weight: number;
  /** In P(the maximum over [0, t] is at most n) = Σ share·e^(−rate·t). */
  readonly share: number;
}

/** The first passage from n to n + 1 in M/M/∞ with a busy on average: a mixture of n + 1 exponentials. */
function passageModes(a: number, n: number): Mode[] {
  const here = poissonTerm(n, a);
  const { values, lastSquared } = tridiagonalSpectrum(
    Array.from({ length: n + 1 }, (_, i) => a + i),
    Array.from({ length: n }, (_, i) => Math.sqrt(a * (i + 1))),
  );
  const slowest = values.indexOf(Math.min(...values));
  const modes: Mode[] = [];
  let weightLeft = 1;
  let shareLeft = gammaQ(n + 1, a);
  let meanLeft = shareLeft / (a * here);
  for (const [k, rate] of values.entries()) {
    if (k === slowest) continue;
    const weight = (a * lastSquared[k]!) / rate;
    const share = (here * a * weight) / rate;
    modes.push({ rate, weight, share });
    weightLeft -= weight;
    shareLeft -= share;
    meanLeft -= weight / rate;
  }
  const raw = values[slowest]!;
  const weight = (a * lastSquared[slowest]!) / raw;
  // A tiny eigenvalue has lost its digits; the totals, which are known exactly, still hold them.
  if (raw > 1e-3) modes.push({ rate: raw, weight, share: (here * a * weight) / raw });
  else modes.push({ rate: weightLeft / meanLeft, weight: weightLeft, share: shareLeft });
  return modes;
}

/** For many busy instances: Σ π(n)·(1 − fₙ*(s))/s, with the passage transforms fₙ* one from another, inverted at once. */
function byTransform(a: number, window: number, atLeast: number): InstanceCounts {
  const last = Math.ceil(a + 40 * Math.sqrt(a) + 60);
  const chances = Array.from({ length: last + 1 }, (_, n) => (n < atLeast ? 0 : poissonTerm(n, a)));
  const colds = (s: Complex): Complex => {
    let f = complex(0);
    let re = 0;
    let im = 0;
    for (let n = 0; n <= last; n++) {
      f = divide(complex(a), complex(s.re + a + n * (1 - f.re), s.im - n * f.im));
      re += chances[n]! * (1 - f.re);
      im -= chances[n]! * f.im;
    }
    return divide(complex(re, im), s);
  };
  const startsWith = chances.reduce((sum, chance) => sum + chance, 0);
  const cold = window === 0 ? startsWith : Math.min(startsWith, Math.max(0, euler(colds, window)));
  const raised = window === 0 ? 0 : euler((s) => divide(colds(s), s), window);
  let mean = atLeast + a * Math.max(0, raised);
  for (let n = atLeast; n <= last; n++) mean += gammaP(n + 1, a);
  return {
    cold,
    meanInstances: mean,
    meanBusy: a,
    variance: null,
    atMost: null,
    error: Math.min(1, 1e-10 / Math.max(cold, 1e-10)),
  };
}
