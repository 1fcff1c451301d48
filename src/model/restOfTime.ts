import type { PerSecond } from "../base/units.ts";
import { add, type Complex, complex, divide, multiply, scale } from "../numerics/complex.ts";

/**
 * What is left of a random time X when the (n + 1)-th Poisson arrival after its beginning comes, n = 0, 1, …:
 * Rₙ(s) = E∫₀ˣ P(n came by u)·e^(−s(X−u))du, the rest and the count belonging together.
 *
 * (λ − s)Rₙ = λRₙ₋₁ − pₙ, with λR₋₁ = X*(s), is used in the direction in which errors shrink.
 *
 * @param came P(n arrivals during X)
 * @param whole X*(s)
 */
export function restsOfTime(s: Complex, rate: PerSecond, came: Float64Array, whole: Complex): Complex[] {
  const gap = complex(rate - s.re, -s.im);
  const rests = new Array<Complex>(came.length);
  if (Math.hypot(gap.re, gap.im) > rate) {
    let before = scale(whole, 1 / rate);
    for (let n = 0; n < came.length; n++) {
      before = divide(complex(rate * before.re - came[n]!, rate * before.im), gap);
      rests[n] = before;
    }
    return rests;
  }
  let after = complex(0);
  for (let n = came.length - 1; n >= 0; n--) {
    rests[n] = after;
    after = scale(add(complex(came[n]!), multiply(gap, after)), 1 / rate);
  }
  return rests;
}

/** Rₙ(0), −Rₙ′(0) and Rₙ″(0): the mean time with n arrived, and with it the first two moments of the rest. */
export interface RestMoments {
  readonly time: number;
  readonly first: number;
  readonly second: number;
}

export function restMoments(rate: PerSecond, came: Float64Array): RestMoments[] {
  const moments = new Array<RestMoments>(came.length);
  let [moreThan, first, second] = [0, 0, 0];
  // From the last n down, where all are 0.
  for (let n = came.length - 1; n >= 0; n--) {
    const time = moreThan / rate;
    moments[n] = { time, first, second };
    second += (2 * first) / rate;
    first += time / rate;
    moreThan += came[n]!;
  }
  return moments;
}
