import type { Seconds } from "../base/units.ts";
import { dot, type Matrix, rowTimes, solve } from "../numerics/matrix.ts";
import { type Atom, sameInstant } from "./law.ts";
import type { Drain, ModulatedChain } from "./modulatedChain.ts";
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
 * The workload's density under modulated arrivals and atomic work, by steps: v′ = −v·D0 − Σ hⱼ·v(x − dⱼ)·D1, with
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
  chain: ModulatedChain,
  drain: Drain,
  {
    work,
    first,
    jumps,
  }: { readonly work: readonly Atom[]; readonly first: readonly number[]; readonly jumps: readonly Jump[] },
): WorkloadSteps | null {
  const measure = commonMeasure([...work, ...jumps].map(({ at }) => at));
  const { withoutEvent, rates, unit, eventRate } = chain;
  const fastest = Math.max(...withoutEvent.map((row, i) => -row[i]!));
  if (measure === null || work.some(({ at }) => at === 0)) return null;
  // Short enough for the Taylor series of e^(rate·step).
  const step = measure / Math.ceil((fastest * measure) / 2);
  const lags = work.map(({ at, weight }) => ({ lag: Math.round(at / step), weight }));
  const guard = stabiliser(chain, drain, { lags, jumps, step });
  /** Per step, the Taylor coefficients of v. */
  const pieces: number[][][] = [];
  /** Per step, the Taylor coefficients of ∫∫ v·D1·e. */
  const integrals: Float64Array[] = [];
  const events = rates.map((rate, i) => (rate * unit[i]!) / eventRate);

  const extend = (): void => {
    const k = pieces.length;
    let row = k === 0 ? [...first] : sumAt1(pieces[k - 1]!);
    for (const jump of jumps) if (Math.round(jump.at / step) === k) row = row.map((x, i) => x - jump.row[i]!);
    if (k > 0) row = guard.corrected(row, k);
    const piece = [row];
    for (let n = 0; n < degree; n++) {
      const next = rowTimes(piece[n]!, withoutEvent).map((x) => -x);
      for (const { lag, weight } of lags) {
        const before = pieces[k - lag]?.[n];
        if (before !== undefined) for (let i = 0; i < next.length; i++) next[i]! -= weight * before[i]! * rates[i]!;
      }
      piece.push(next.map((x) => (x * step) / (n + 1)));
    }
    pieces.push(piece);
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

/** Keeps v off the growing solutions. */
function stabiliser(
  { rates, unit }: ModulatedChain,
  drain: Drain,
  { lags, jumps, step }: { lags: readonly { lag: number; weight: number }[]; jumps: readonly Jump[]; step: Seconds },
) {
  const growing = drain.sigmas
    .map((sigma, i) => ({ sigma, vector: drain.vectors[i]! }))
    .filter(({ sigma }) => sigma > 0);
  const columns: Matrix = unit.map((x, i) => [x, ...growing.map(({ vector }) => vector[i]!)]);
  const inverse = solve(
    columns,
    unit.map((_, i) => unit.map((__, j) => (i === j ? 1 : 0))),
  );
  const weighted = growing.map(({ vector }) => vector.map((x, i) => x * rates[i]!));
  const powers = growing.map(({ sigma }) => decayingPowers(sigma * step));
  /** Per growing solution and step: ∫ v·D1·x·e^(−σ(w − start of the step)) dw over it. */
  const moments: number[][] = growing.map(() => []);
  return {
    add: (piece: readonly (readonly number[])[]): void => {
      for (const [i, vector] of weighted.entries()) {
        moments[i]!.push(step * piece.reduce((sum, row, n) => sum + dot(row, vector) * powers[i]![n]!, 0));
      }
    },
    corrected: (row: readonly number[], k: number): number[] => {
      const missing = growing.map(({ sigma, vector }, i) => {
        let wanted = 0;
        for (const { lag, weight } of lags) {
          const begin = k - lag;
          for (let n = Math.max(0, begin); n < k; n++) {
            wanted += weight * moments[i]![n]! * Math.exp(-sigma * step * (n - begin));
          }
        }
        for (const jump of jumps) {
          const ahead = jump.at - k * step;
          if (ahead > 0 && !sameInstant(jump.at, k * step)) wanted += dot(jump.row, vector) * Math.exp(-sigma * ahead);
        }
        return wanted - dot(row, vector);
      });
      const change = rowTimes([0, ...missing], inverse);
      return row.map((x, i) => x + change[i]!);
    },
  };
}

/** ∫₀¹ uⁿe^(−au) du for n = 0 … degree, by the series for the last and the stable recursion downwards. */
function decayingPowers(a: number): number[] {
  const result = new Array<number>(degree + 1).fill(0);
  let term = Math.exp(-a) / (degree + 1);
  let sum = 0;
  for (let k = 1; term > 1e-18 * sum; k++) {
    sum += term;
    term *= a / (degree + 1 + k);
  }
  result[degree] = sum;
  for (let n = degree; n > 0; n--) result[n - 1] = (Math.exp(-a) + a * result[n]!) / n;
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
