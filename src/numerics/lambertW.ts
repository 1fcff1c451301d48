import { type Complex, complex, divide, log, modulus, subtract } from "./complex.ts";

/**
 * The principal branch of Lambert's W, which solves W·e^W = z.
 *
 * Halley's iteration from ln z − ln ln z, or from the branch-point series near −1/e.
 *
 * @see Corless, Gonnet, Hare, Jeffrey & Knuth, On the Lambert W function, Adv. Comput. Math. 5 (1996) 329
 * @example
 * lambertW({ re: Math.E, im: 0 }) // => { re: 1, im: 0 }
 */
export function lambertW(z: Complex): Complex {
  if (z.re === 0 && z.im === 0) return z;
  let w = firstGuess(z);
  for (let step = 0; step < 60; step++) {
    const size = Math.exp(w.re);
    const e = complex(size * Math.cos(w.im), size * Math.sin(w.im));
    const f = complex(w.re * e.re - w.im * e.im - z.re, w.re * e.im + w.im * e.re - z.im);
    const w1 = complex(w.re + 1, w.im);
    // Halley: f / (e^w (w+1) − (w+2) f / (2w+2)).
    const correction = divide(
      complex((w.re + 2) * f.re - w.im * f.im, (w.re + 2) * f.im + w.im * f.re),
      complex(2 * w1.re, 2 * w1.im),
    );
    const slope = complex(e.re * w1.re - e.im * w1.im - correction.re, e.re * w1.im + e.im * w1.re - correction.im);
    const change = divide(f, slope);
    if (!Number.isFinite(change.re) || !Number.isFinite(change.im)) return w;
    w = subtract(w, change);
    if (modulus(change) <= 1e-15 * modulus(w)) return w;
  }
  return w;
}

function firstGuess(z: Complex): Complex {
  const size = modulus(z);
  if (size > 3) {
    const l = log(z);
    return subtract(l, log(l));
  }
  const p2 = complex(2 * (Math.E * z.re + 1), 2 * Math.E * z.im);
  if (modulus(p2) < 1) {
    const p = squareRoot(p2);
    return complex(-1 + p.re - (p.re * p.re - p.im * p.im) / 3, p.im - (2 * p.re * p.im) / 3);
  }
  // A Padé form of the series z − z² + …, good to a few per cent on this disc.
  return divide(
    complex(z.re + (4 / 3) * (z.re * z.re - z.im * z.im), z.im + (8 / 3) * z.re * z.im),
    complex(1 + (7 / 3) * z.re + (5 / 6) * (z.re * z.re - z.im * z.im), (7 / 3) * z.im + (5 / 3) * z.re * z.im),
  );
}

function squareRoot(z: Complex): Complex {
  const size = modulus(z);
  const re = Math.sqrt((size + z.re) / 2);
  const im = Math.sqrt(Math.max(0, (size - z.re) / 2));
  return complex(re, z.im < 0 ? -im : im);
}
