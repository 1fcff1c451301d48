import type { Seconds } from "../base/units.ts";
import { add, type Complex, complex, divide, exp, modulus, multiply, scale } from "../numerics/complex.ts";
import { dot, rowTimes, solve } from "../numerics/matrix.ts";
import { type Atom, sameInstant } from "./law.ts";
import type { Drain, DrainRoot, MarkovianChain } from "./markovianChain.ts";
import { commonMeasure, type WorkloadSteps } from "./workloadSteps.ts";

/** Taylor terms of a step. */
const degree = 26;
/** More steps than this are not made. */
const mostSteps = 50_000;

/** A jump of the workload's density: a row over the phases. */
export interface Jump {
  readonly at: Seconds;
  readonly row: readonly number[];
}

/**
 * The workload's density under Markovian arrivals and atomic work, by steps: v′ = −v·D0 − Σ hⱼ·v(x − dⱼ)·D1, with
 * the given jumps. Returns the integrals of v·D1·e per event.
 *
 * The equation has solutions that grow like e^(σx), one for each σ > 0 of the drain, and rounding would excite them.
 * What v must be along each of them follows from what lies within one service behind x and from the jumps ahead, so that
 * after every step v is put back.
 *
 * @param first v(0+)
 * @returns null where the times have no common measure
 */
export function markovianSteps(
  chain: MarkovianChain,
  drain: Drain,
  {
    work,
    first,
    jumps,
  }: { readonly work: readonly Atom[]; readonly first: readonly number[]; readonly jumps: readonly Jump[] },
): WorkloadSteps | null {
  const measure = commonMeasure([...work, ...jumps].map(({ at }) => at));
  const { withoutEvent, eventRate } = chain;
  const fastest = Math.max(...withoutEvent.map((row, i) => -row[i]!));
  if (measure === null || work.some(({ at }) => at === 0)) return null;
  // Short enough for the Taylor series of e^(rate·step).
  const step = measure / Math.ceil((fastest * measure) / 2);
  const lags = work.map(({ at, weight }) => ({ lag: Math.round(at / step), weight }));
  const guard = stabiliser(chain, drain, { lags, jumps, step });
  /** Per step, the Taylor coefficients of v. */
  const pieces: number[][][] = [];
  /** The same of v·D1. */
  const eventPieces: number[][][] = [];
  /** Per step, the Taylor coefficients of ∫∫ v·D1·e. */
  const integrals: Float64Array[] = [];
  const events = chain.events.map((rate) => rate / eventRate);

  const extend = (): void => {
    const k = pieces.length;
    let row = k === 0 ? [...first] : sumAt1(pieces[k - 1]!);
    for (const jump of jumps) if (Math.round(jump.at / step) === k) row = row.map((x, i) => x - jump.row[i]!);
    if (k > 0) row = guard.corrected(row, k);
    const piece = [row];
    for (let n = 0; n < degree; n++) {
      const next = rowTimes(piece[n]!, withoutEvent).map((x) => -x);
      for (const { lag, weight } of lags) {
        const before = eventPieces[k - lag]?.[n];
        if (before !== undefined) for (let i = 0; i < next.length; i++) next[i]! -= weight * before[i]!;
      }
      piece.push(next.map((x) => (x * step) / (n + 1)));
    }
    pieces.push(piece);
    eventPieces.push(piece.map((term) => chain.toEvent(term)));
    guard.add(piece);
    const last = integrals[k - 1];
    const integral = new Float64Array(degree + 3);
    integral[0] = last === undefined ? 0 : valueAt(last, 1);
    integral[1] = last === undefined ? 0 : slopeAt(last, 1);
    for (let n = 0; n <= degree; n++) integral[n + 2] = (dot(piece[n]!, events) * step * step) / ((n + 1) * (n + 2));
    integrals.push(integral);
  };
  const at = (t: Seconds): { integral: Float64Array; x: number } => {
    const k = Math.min(mostSteps, Math.floor(t / step));
    while (integrals.length <= k) extend();
    // So far out everything has been counted: the slope at the end holds.
    return { integral: integrals[k]!, x: Math.min(1, t / step - k) };
  };
  return {
    once: (t) => {
      if (!(t > 0)) return 0;
      const { integral, x } = at(t);
      return slopeAt(integral, x) / step;
    },
    twice: (t) => {
      if (!(t > 0)) return 0;
      const { integral, x } = at(t);
      const beyond = Math.max(0, t - (mostSteps + 1) * step);
      return valueAt(integral, x) + (beyond * slopeAt(integral, x)) / step;
    },
  };
}

/** Keeps v off the growing solutions; of a complex pair, real and imaginary part are a condition each. */
function stabiliser(
  chain: MarkovianChain,
  drain: Drain,
  { lags, jumps, step }: { lags: readonly { lag: number; weight: number }[]; jumps: readonly Jump[]; step: Seconds },
) {
  const growing = drain.roots.filter(({ s }) => s.im >= 0);
  const partsOf = ({ re, im }: Complex, { s }: DrainRoot): number[] => (s.im === 0 ? [re] : [re, im]);
  const rowsOfColumns = chain.right.map((x, i) => [x, ...growing.flatMap((root) => partsOf(root.vector[i]!, root))]);
  const inverse = solve(
    rowsOfColumns,
    chain.right.map((_, i) => chain.right.map((__, j) => (i === j ? 1 : 0))),
  );
  const weighted = growing.map(({ vector }) => ({
    re: chain.fromEvent(vector.map(({ re }) => re)),
    im: chain.fromEvent(vector.map(({ im }) => im)),
  }));
  const powers = growing.map(({ s }) => decayingPowers(scale(s, step)));
  /** Per growing solution and step: ∫ v·D1·x·e^(−σ(w − start of the step)) dw over it. */
  const moments: Complex[][] = growing.map(() => []);
  return {
    add: (piece: readonly (readonly number[])[]): void => {
      for (const [i, { re, im }] of weighted.entries()) {
        const sum = piece.reduce(
          (total, row, n) => add(total, multiply(complex(dot(row, re), dot(row, im)), powers[i]![n]!)),
          complex(0),
        );
        moments[i]!.push(scale(sum, step));
      }
    },
    corrected: (row: readonly number[], k: number): number[] => {
      const missing = growing.flatMap((root, i) => {
        let wanted = complex(0);
        for (const { lag, weight } of lags) {
          const begin = k - lag;
          for (let n = Math.max(0, begin); n < k; n++) {
            wanted = add(wanted, multiply(moments[i]![n]!, scale(exp(scale(root.s, step * (begin - n))), weight)));
          }
        }
        for (const jump of jumps) {
          const ahead = jump.at - k * step;
          if (!(ahead > 0) || sameInstant(jump.at, k * step)) continue;
          wanted = add(wanted, multiply(rowTimesColumn(jump.row, root.vector), exp(scale(root.s, -ahead))));
        }
        const found = rowTimesColumn(row, root.vector);
        return partsOf(complex(wanted.re - found.re, wanted.im - found.im), root);
      });
      const change = rowTimes([0, ...missing], inverse);
      return row.map((x, i) => x + change[i]!);
    },
  };
}

const rowTimesColumn = (row: readonly number[], column: readonly Complex[]): Complex =>
  column.reduce((sum, x, i) => add(sum, scale(x, row[i]!)), complex(0));

/** ∫₀¹ uⁿe^(−au) du for n = 0 … degree, by the series for the last and the stable recursion downwards. */
function decayingPowers(a: Complex): Complex[] {
  const result = new Array<Complex>(degree + 1).fill(complex(0));
  const decay = exp(complex(-a.re, -a.im));
  let term = scale(decay, 1 / (degree + 1));
  let sum = complex(0);
  for (let k = 1; modulus(term) > 1e-18 * modulus(sum); k++) {
    sum = add(sum, term);
    term = multiply(term, divide(a, complex(degree + 1 + k)));
  }
  result[degree] = sum;
  for (let n = degree; n > 0; n--) result[n - 1] = scale(add(decay, multiply(a, result[n]!)), 1 / n);
  return result;
}

const sumAt1 = (piece: readonly (readonly number[])[]): number[] =>
  piece[0]!.map((_, i) => piece.reduceRight((sum, row) => sum + row[i]!, 0));

function valueAt(piece: Float64Array, x: number): number {
  let sum = 0;
  for (let i = piece.length - 1; i >= 0; i--) sum = sum * x + piece[i]!;
  return sum;
}

function slopeAt(piece: Float64Array, x: number): number {
  let sum = 0;
  for (let i = piece.length - 1; i >= 1; i--) sum = sum * x + i * piece[i]!;
  return sum;
}
