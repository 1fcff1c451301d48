import type { PerSecond, Seconds } from "../base/units.ts";
import type { Atom } from "./law.ts";

/** The integrals from 0 of the function g with transform 1/(s − λ + λ·H*), H a law of atoms. */
export interface WorkloadSteps {
  /** ∫₀ᵗ g. */
  once(t: Seconds): number;
  /** ∫₀ᵗ ∫₀ᵘ g. */
  twice(t: Seconds): number;
}

/** Taylor terms of one step: λ·step < 1, so the last is below 1/22!. */
const degree = 22;
/** More steps than this are not made: the instant is then beyond any tail that matters. */
const mostSteps = 200_000;

/**
 * g solves g′(x) = λg(x) − λΣ hⱼ g(x − dⱼ), g(0) = 1: step by step over a common measure of the dⱼ its Taylor coefficients
 * follow one another. Unlike the closed sum it does not cancel, because the equation has no growing solution at a load
 * below 1; each kink is the end of a step.
 *
 * @param work the atoms of H; those at 0 only slow the clock
 * @returns null where the atoms have no common measure of reasonable size
 * @see Bellman & Cooke, Differential-difference equations (1963), ch. 3 (the method of steps)
 */
export function workloadSteps(lambda: PerSecond, work: readonly Atom[]): WorkloadSteps | null {
  const positive = work.filter(({ at }) => at > 0);
  const step = commonMeasure(positive.map(({ at }) => at));
  if (step === null || lambda * step > 1) return null;
  const lags = positive.map(({ at, weight }) => ({ lag: Math.round(at / step), weight }));
  const share = positive.reduce((sum, { weight }) => sum + weight, 0);
  const pieces: Float64Array[] = [];

  const extend = (): void => {
    const k = pieces.length;
    const piece = new Float64Array(degree + 3);
    const before = pieces[k - 1];
    // Entry 0 is ∫∫g, entry 1 its derivative ∫g, entry 2 half of g: one Taylor series holds all three.
    piece[0] = before === undefined ? 0 : valueAt(before, 1);
    piece[1] = before === undefined ? 0 : slopeAt(before, 1);
    const first = before === undefined ? 1 : curvatureAt(before, 1) / step ** 2;
    let g = first;
    for (let i = 0; i <= degree; i++) {
      piece[i + 2] = (g * step * step) / ((i + 1) * (i + 2));
      let rate = lambda * share * g;
      for (const { lag, weight } of lags) {
        if (lag <= k) rate -= lambda * weight * coefficientOfG(pieces[k - lag]!, i, step);
      }
      g = (step * rate) / (i + 1);
    }
    pieces.push(piece);
  };
  const pieceAt = (t: Seconds): { piece: Float64Array; x: number } => {
    const k = Math.floor(t / step);
    while (pieces.length <= k) extend();
    return { piece: pieces[k]!, x: t / step - k };
  };
  const last = mostSteps * step;
  // So far out g has long reached its limit, and its integrals go on as straight line and parabola.
  const beyond = (t: Seconds): { rest: number; g: number } => {
    const { piece, x } = pieceAt(last * (1 - 1e-9));
    return { rest: t - last, g: curvatureAt(piece, x) / step ** 2 };
  };
  const steps: WorkloadSteps = {
    once: (t) => {
      if (!(t > 0)) return 0;
      if (t >= last) {
        const { rest, g } = beyond(t);
        return steps.once(last * (1 - 1e-9)) + rest * g;
      }
      const { piece, x } = pieceAt(t);
      return slopeAt(piece, x) / step;
    },
    twice: (t) => {
      if (!(t > 0)) return 0;
      if (t >= last) {
        const { rest, g } = beyond(t);
        return steps.twice(last * (1 - 1e-9)) + rest * (steps.once(last * (1 - 1e-9)) + (rest * g) / 2);
      }
      const { piece, x } = pieceAt(t);
      return valueAt(piece, x);
    },
  };
  return steps;
}

/** The coefficient of xⁱ of g in a piece that holds its double integral. */
const coefficientOfG = (piece: Float64Array, i: number, step: number): number =>
  (piece[i + 2]! * (i + 1) * (i + 2)) / (step * step);

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

function curvatureAt(piece: Float64Array, x: number): number {
  let sum = 0;
  for (let i = piece.length - 1; i >= 2; i--) sum = sum * x + i * (i - 1) * piece[i]!;
  return sum;
}

/** The largest time of which all are whole multiples, to nine digits; null when that is below a thousandth of the least. */
export function commonMeasure(times: readonly Seconds[]): Seconds | null {
  if (times.length === 0) return null;
  const least = Math.min(...times);
  let measure = times[0]!;
  for (const time of times.slice(1)) {
    let [a, b] = [Math.max(measure, time), Math.min(measure, time)];
    while (b > 1e-9 * time) {
      const rest = a - b * Math.round(a / b);
      [a, b] = [b, Math.abs(rest)];
    }
    measure = a;
    if (measure < least / 1000) return null;
  }
  return measure;
}
