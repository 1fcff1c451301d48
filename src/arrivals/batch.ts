import { check } from "../base/check.ts";
import {
  add,
  type Complex,
  complex,
  divide,
  expm1,
  log1p,
  multiply,
  negate,
  one,
  scale,
  zero,
} from "../numerics/complex.ts";
import type { Source } from "../random/source.ts";

/** The law of the number of requests that one event brings. */
export interface Batch {
  readonly mean: number;
  /** E[X(X−1)], E[X(X−1)(X−2)] and E[X(X−1)(X−2)(X−3)] for k = 2, 3, 4; the mean for k = 1. */
  factorialMoment(k: number): number;
  /** P(size = n). */
  probability(n: number): number;
  /** E[z^size], for |z| ≤ 1. */
  generating(z: Complex): Complex;
  /** 1 − E[(1 − u)^size] with every digit near u = 0. */
  generatingRest(u: Complex): Complex;
  sampler(source: Source): () => number;
}

/** Always `size` requests. */
export function fixed({ size }: { readonly size: number }): Batch {
  check(Number.isInteger(size) && size >= 1, "batch fixed", "size must be an integer ≥ 1", size);
  return {
    mean: size,
    factorialMoment: (k) => falling(size, k),
    probability: (n) => (n === size ? 1 : 0),
    generating: (z) => powerOf(z, size),
    generatingRest: (u) => powerRest(u, size),
    sampler: () => () => size,
  };
}

/** P(size = n) = (1 − p)·p^(n−1), n ≥ 1, with mean 1 / (1 − p). */
export function geometric({ mean }: { readonly mean: number }): Batch {
  check(mean >= 1 && mean < Infinity, "batch geometric", "mean must be in [1, ∞)", mean);
  const more = 1 - 1 / mean;
  return {
    mean,
    factorialMoment: (k) => [1, 1, 2, 6, 24][k]! * mean ** k * more ** (k - 1),
    probability: (n) => (Number.isInteger(n) && n >= 1 ? (1 - more) * more ** (n - 1) : 0),
    generating: (z) => divide(scale(z, 1 - more), complex(1 - more * z.re, -more * z.im)),
    generatingRest: (u) => divide(u, complex(1 - more + more * u.re, more * u.im)),
    sampler: (source) => {
      if (more === 0) return () => 1;
      const logMore = Math.log(more);
      return () => 1 + Math.floor(Math.log1p(-source()) / logMore);
    },
  };
}

/** Given sizes with given probabilities, which sum to 1. */
export function pmf({
  sizes,
  probabilities,
}: {
  readonly sizes: readonly number[];
  readonly probabilities: readonly number[];
}): Batch {
  check(sizes.length > 0, "batch pmf", "needs at least one size", sizes.length);
  check(sizes.length === probabilities.length, "batch pmf", "as many probabilities as sizes", probabilities.length);
  for (const size of sizes) check(Number.isInteger(size) && size >= 1, "batch pmf", "sizes must be integers ≥ 1", size);
  for (const p of probabilities) check(p >= 0 && p <= 1, "batch pmf", "probabilities must be in [0, 1]", p);
  const total = probabilities.reduce((sum, p) => sum + p, 0);
  check(Math.abs(total - 1) <= 1e-9, "batch pmf", "probabilities must sum to 1", total);
  const average = (value: (size: number) => number): number =>
    sizes.reduce((sum, size, i) => sum + (probabilities[i]! / total) * value(size), 0);
  return {
    mean: average((size) => size),
    factorialMoment: (k) => average((size) => falling(size, k)),
    probability: (n) => average((size) => (size === n ? 1 : 0)),
    generating: (z) =>
      sizes.reduce((sum, size, i) => add(sum, scale(powerOf(z, size), probabilities[i]! / total)), zero),
    generatingRest: (u) =>
      sizes.reduce((sum, size, i) => add(sum, scale(powerRest(u, size), probabilities[i]! / total)), zero),
    sampler: (source) => () => {
      let rest = source() * total;
      let i = 0;
      while (i < sizes.length - 1 && rest >= probabilities[i]!) rest -= probabilities[i++]!;
      return sizes[i]!;
    },
  };
}

/** Every batch law a scenario can name. */
export const batches = { fixed, geometric, pmf };

type Kinds = typeof batches;
/** A batch law as plain data. */
export type BatchSpec = { [K in keyof Kinds]: { readonly kind: K } & Parameters<Kinds[K]>[0] }[keyof Kinds];

/** The law of a spec; one request an event where there is none. */
export const batchOf = (spec: BatchSpec | undefined): Batch =>
  spec === undefined ? fixed({ size: 1 }) : batches[spec.kind](spec as never);

/** Whether every event brings exactly one request. */
export const isSingle = (batch: Batch): boolean => batch.probability(1) === 1;

function falling(n: number, k: number): number {
  let product = 1;
  for (let j = 0; j < k; j++) product *= n - j;
  return product;
}

/** 1 − (1 − u)^exponent; at u = 1, where the logarithm ends, that is 1. */
const powerRest = (u: Complex, exponent: number): Complex =>
  u.re === 1 && u.im === 0 ? one : negate(expm1(scale(log1p(negate(u)), exponent)));

/** z to a whole power by repeated squaring. */
function powerOf(z: Complex, exponent: number): Complex {
  let result = one;
  let square = z;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(result, square);
    square = multiply(square, square);
  }
  return result;
}
