import type { Seconds } from "../base/units.ts";
import type { TransformPart } from "../distributions/index.ts";
import { add, type Complex, complex, divide, multiply, scale, subtract, zero } from "../numerics/complex.ts";

/** A part of a transform, with its residue at each pole of the law in the right half-plane. */
export interface LawPart extends TransformPart {
  readonly residues: readonly Complex[];
  /** About smooth(s) near 0, without its poles, as c₀ + c₁/s + c₂/s² + …: what its inverse grows like. */
  readonly growth: readonly number[];
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
  /** The parts may grow like e^(shift·t): they are inverted so far to the right, and multiplied by it. 0 where they do not. */
  readonly shift: number;
  /** The poles, Re σ > 0 and Im σ ≥ 0, each standing for its conjugate too; empty when every part is analytic by itself. */
  readonly poles: readonly Complex[];
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

/** The law of a sum of independent times, as parts; a factor that many parts share is evaluated once for each s. */
export function productOf(a: readonly TransformPart[], b: readonly TransformPart[]): TransformPart[] {
  const [once, others] = [a, b].map((parts) => parts.map((part) => ({ ...part, smooth: memoised(part.smooth) })));
  return once!.flatMap((x) =>
    others!.map((y) => ({ delay: x.delay + y.delay, smooth: (s: Complex) => multiply(x.smooth(s), y.smooth(s)) })),
  );
}

/** Remembers the last argument: the parts of a law are asked for the same s one after another. */
export function memoised<T>(f: (s: Complex) => T): (s: Complex) => T {
  let re = Number.NaN;
  let im = Number.NaN;
  let value: T;
  return (s) => {
    if (s.re !== re || s.im !== im) {
      value = f(s);
      re = s.re;
      im = s.im;
    }
    return value;
  };
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

export type BarePart = Omit<LawPart, "growth">;

/**
 * A law whose parts of equal delay are joined; without poles when one delay remains, because they then cancel.
 *
 * @param scale a typical time, such as the mean: the growth of the parts is measured at 1/s of 15 to 100 times that
 */
export function lawOf(
  parts: readonly BarePart[],
  {
    poles,
    atoms,
    scale: typical,
  }: { readonly poles: readonly Complex[]; readonly atoms: readonly Atom[]; readonly scale: Seconds },
): Law {
  const groups = grouped(parts);
  const kept = groups.length === 1 ? [] : poles;
  const joined = groups.map(({ delay, members }) => {
    const residues = kept.map((_, i) => members.reduce((sum, x) => add(sum, x.residues[i] ?? zero), zero));
    const smooth = members.length === 1 ? members[0]!.smooth : sumOf(members);
    return {
      delay,
      smooth,
      residues,
      growth: growthOf((s) => withoutPoles(smooth(s), s, kept, residues), 0.01 / typical),
    };
  });
  return { parts: joined, shift: 0, poles: kept, atoms };
}

/** A law of parts that grow like e^(shift·t) by themselves. */
export function growingLaw(parts: readonly TransformPart[], shift: number, atoms: readonly Atom[]): Law {
  const alone = grouped(parts).map(({ delay, members }) => ({
    delay,
    smooth: members.length === 1 ? members[0]!.smooth : sumOf(members),
    residues: [],
    growth: [],
  }));
  return { parts: alone, shift, poles: [], atoms };
}

/** The parts of each delay. */
function grouped<Part extends TransformPart>(parts: readonly Part[]): { delay: Seconds; members: Part[] }[] {
  const groups: { delay: Seconds; members: Part[] }[] = [];
  for (const part of [...parts].sort((a, b) => a.delay - b.delay)) {
    const last = groups.at(-1);
    if (last !== undefined && sameInstant(last.delay, part.delay)) last.members.push(part);
    else groups.push({ delay: part.delay, members: [part] });
  }
  return groups;
}

/** value − Σ residue/(s − pole), with the conjugates. */
export function withoutPoles(
  value: Complex,
  s: Complex,
  poles: readonly Complex[],
  residues: readonly Complex[],
): Complex {
  let { re, im } = value;
  for (let i = 0; i < poles.length; i++) {
    const [pole, residue] = [poles[i]!, residues[i]!];
    const term = divide(residue, complex(s.re - pole.re, s.im - pole.im));
    re -= term.re;
    im -= term.im;
    if (pole.im === 0) continue;
    const mirrored = divide(complex(residue.re, -residue.im), complex(s.re - pole.re, s.im + pole.im));
    re -= mirrored.re;
    im -= mirrored.im;
  }
  return { re, im };
}

const sumOf = (members: readonly TransformPart[]) => (s: Complex) =>
  members.reduce((sum, x) => add(sum, x.smooth(s)), complex(0));

/**
 * The polynomial through sᵖ·smooth(s) at h, 2h, …, read at 0, with p the order of the pole at 0. It need not be accurate:
 * what is taken out of the transform is put back in time, and only the rest is inverted.
 */
function growthOf(smooth: (s: Complex) => Complex, h: number): number[] {
  const at = (k: number): number => smooth(complex(k * h)).re;
  const steepness = Math.log2(Math.abs(at(1) / at(2)));
  // A pole of order p falls by almost 2ᵖ, a bounded part by little even under heavy tails.
  const order = steepness > 0.3 ? Math.min(6, Math.ceil(steepness - 0.3)) : 0;
  const nodes = Array.from({ length: order + 5 }, (_, i) => i + 1);
  const differences = nodes.map((k) => (k * h) ** order * at(k));
  for (let distance = 1; distance < nodes.length; distance++) {
    for (let i = nodes.length - 1; i >= distance; i--) {
      differences[i] = (differences[i]! - differences[i - 1]!) / distance;
    }
  }
  // Newton's form on the nodes, multiplied out in x = s/h from the constant term up.
  const coefficients = new Array<number>(order + 1).fill(0);
  for (let i = nodes.length - 1; i >= 0; i--) {
    for (let k = order; k >= 0; k--) {
      coefficients[k] = (k === 0 ? differences[i]! : coefficients[k - 1]!) - nodes[i]! * coefficients[k]!;
    }
  }
  return coefficients.map((value, k) => value / h ** k).reverse();
}

/** Sums of delays that differ by rounding only. */
export const sameInstant = (a: Seconds, b: Seconds): boolean => Math.abs(a - b) <= 4e-15 * Math.max(a, b);

function derivative(smooth: (s: Complex) => Complex, s: Complex): Complex {
  const points = 8;
  const radius = 0.1 * s.re;
  let sum = complex(0);
  for (let k = 0; k < points; k++) {
    const angle = (2 * Math.PI * (k + 0.5)) / points;
    const direction = complex(Math.cos(angle), Math.sin(angle));
    const value = smooth(complex(s.re + radius * direction.re, s.im + radius * direction.im));
    sum = add(sum, divide(value, direction));
  }
  return scale(sum, 1 / (points * radius));
}
