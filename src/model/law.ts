import type { Seconds } from "../base/units.ts";
import type { TransformPart } from "../distributions/index.ts";
import { add, type Complex, complex, divide, multiply, scale, subtract } from "../numerics/complex.ts";

/** A part of a transform, with its residue at each pole of the law in the right half-plane. */
export interface LawPart extends TransformPart {
  readonly residues: readonly number[];
}

/**
 * The law of a time (or the weighted law E[Y·e^(−sX)]) as Σ e^(−s·delay)·smooth(s).
 *
 * Under Markov-modulated arrivals the parts have poles at σ > 0 that cancel only in the sum; with the residues known
 * they can be taken out of each part and put back exactly.
 */
export interface Law {
  /** In increasing order of delay, all different. */
  readonly parts: readonly LawPart[];
  /** The poles σ > 0; empty when every part is analytic by itself. */
  readonly poles: readonly number[];
  /** Where X has positive probability, and how much (of Y). */
  readonly atoms: readonly Atom[];
}

export interface Atom {
  readonly at: Seconds;
  readonly weight: number;
}

/** The whole transform at s. */
export function transformAt(parts: readonly TransformPart[], s: Complex): Complex {
  let re = 0;
  let im = 0;
  for (const { delay, smooth } of parts) {
    const value = smooth(s);
    const size = delay === 0 ? 1 : Math.exp(-s.re * delay);
    const cos = delay === 0 ? 1 : Math.cos(s.im * delay);
    const sin = delay === 0 ? 0 : -Math.sin(s.im * delay);
    re += size * (value.re * cos - value.im * sin);
    im += size * (value.re * sin + value.im * cos);
  }
  return { re, im };
}

/** The law of a sum of independent times, as parts. */
export function productOf(a: readonly TransformPart[], b: readonly TransformPart[]): TransformPart[] {
  return a.flatMap((x) =>
    b.map((y) => ({ delay: x.delay + y.delay, smooth: (s: Complex) => multiply(x.smooth(s), y.smooth(s)) })),
  );
}

/** −d/ds of a transform, the transform of E[X·e^(−sX)], by Cauchy's formula on a circle inside the half-plane. */
export function weightedByItself(parts: readonly TransformPart[]): TransformPart[] {
  return parts.map(({ delay, smooth }) => ({
    delay,
    smooth: (s) => subtract(scale(smooth(s), delay), derivative(smooth, s)),
  }));
}

/** One part without delays: for laws of too many parts to be treated one by one. */
export const merged = (parts: readonly TransformPart[]): TransformPart[] => [
  { delay: 0, smooth: (s) => transformAt(parts, s) },
];

/** A law whose parts of equal delay are joined; without poles when one delay remains, because they then cancel. */
export function lawOf(parts: readonly LawPart[], poles: readonly number[], atoms: readonly Atom[]): Law {
  const groups: { delay: Seconds; members: LawPart[] }[] = [];
  for (const part of [...parts].sort((a, b) => a.delay - b.delay)) {
    const last = groups.at(-1);
    if (last !== undefined && sameInstant(last.delay, part.delay)) last.members.push(part);
    else groups.push({ delay: part.delay, members: [part] });
  }
  const joined = groups.map(({ delay, members }) => ({
    delay,
    smooth:
      members.length === 1
        ? members[0]!.smooth
        : (s: Complex) => members.reduce((sum, x) => add(sum, x.smooth(s)), complex(0)),
    residues: poles.map((_, i) => members.reduce((sum, x) => sum + (x.residues[i] ?? 0), 0)),
  }));
  return { parts: joined, poles: groups.length === 1 ? [] : poles, atoms };
}

/** Sums of delays that differ by rounding only. */
export const sameInstant = (a: Seconds, b: Seconds): boolean => Math.abs(a - b) <= 4e-15 * Math.max(a, b);

function derivative(smooth: (s: Complex) => Complex, s: Complex): Complex {
  const points = 12;
  const radius = 0.15 * s.re;
  let sum = complex(0);
  for (let k = 0; k < points; k++) {
    const angle = (2 * Math.PI * (k + 0.5)) / points;
    const direction = complex(Math.cos(angle), Math.sin(angle));
    const value = smooth(complex(s.re + radius * direction.re, s.im + radius * direction.im));
    sum = add(sum, divide(value, direction));
  }
  return scale(sum, 1 / (points * radius));
}
