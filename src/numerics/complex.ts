/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

export const zero: Complex = { re: 0, im: 0 };
export const one: Complex = { re: 1, im: 0 };

export const complex = (re: number, im = 0): Complex => ({ re, im });
export const add = (a: Complex, b: Complex): Complex => ({ re: a.re + b.re, im: a.im + b.im });
export const subtract = (a: Complex, b: Complex): Complex => ({ re: a.re - b.re, im: a.im - b.im });
export const negate = (a: Complex): Complex => ({ re: -a.re, im: -a.im });
export const scale = (a: Complex, factor: number): Complex => ({ re: a.re * factor, im: a.im * factor });
export const modulus = (a: Complex): number => Math.hypot(a.re, a.im);

export const multiply = (a: Complex, b: Complex): Complex => ({
  re: a.re * b.re - a.im * b.im,
  im: a.re * b.im + a.im * b.re,
});

/** Smith's division, which neither overflows nor underflows where the quotient does not. */
export function divide(a: Complex, b: Complex): Complex {
  if (Math.abs(b.re) >= Math.abs(b.im)) {
    const ratio = b.im / b.re;
    const denominator = b.re + b.im * ratio;
    return { re: (a.re + a.im * ratio) / denominator, im: (a.im - a.re * ratio) / denominator };
  }
  const ratio = b.re / b.im;
  const denominator = b.re * ratio + b.im;
  return { re: (a.re * ratio + a.im) / denominator, im: (a.im * ratio - a.re) / denominator };
}

export function exp(a: Complex): Complex {
  const size = Math.exp(a.re);
  return { re: size * Math.cos(a.im), im: size * Math.sin(a.im) };
}

/** The principal branch, imaginary part in (−π, π]. */
export const log = (a: Complex): Complex => ({ re: Math.log(modulus(a)), im: Math.atan2(a.im, a.re) });

/** a^exponent on the principal branch; 0 to a positive power is 0. */
export const power = (a: Complex, exponent: number): Complex =>
  a.re === 0 && a.im === 0 ? zero : exp(scale(log(a), exponent));

/** e^a − 1, with every digit near a = 0. */
export function expm1(a: Complex): Complex {
  const half = Math.sin(a.im / 2);
  return {
    re: Math.expm1(a.re) * Math.cos(a.im) - 2 * half * half,
    im: Math.exp(a.re) * Math.sin(a.im),
  };
}

/** ln(1 + a), with every digit near a = 0. */
export const log1p = (a: Complex): Complex => ({
  re: 0.5 * Math.log1p(a.re * (2 + a.re) + a.im * a.im),
  im: Math.atan2(a.im, 1 + a.re),
});
