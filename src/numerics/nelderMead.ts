import { check } from "../base/check.ts";

/** Reflection, expansion, contraction and shrinking, as Nelder and Mead have them. */
const [reflect, expand, contract, shrink] = [-1, -2, 0.5, 0.5];
/** A second simplex begins where the first has ended: the first may have collapsed short of the minimum. */
const rounds = 2;

interface Vertex {
  readonly at: readonly number[];
  readonly value: number;
}

/**
 * A local minimum of a function of a few variables by Nelder and Mead's simplex, without derivatives.
 *
 * The function may be Infinity where it is not defined, but not at the start. About a hundred evaluations per variable; a result is a
 * local minimum at best, so begin from more than one place where there may be several.
 *
 * @param start where to begin, one number per variable
 * @param step the first simplex's size, > 0
 * @param tolerance on the function's values
 * @see Nelder & Mead, Comput. J. 7 (1965) 308
 * @example
 * nelderMead(([x]) => Math.abs(x - 3), { start: [1], step: 1, tolerance: 1e-12 }).value < 1e-11 // => true
 */
export function nelderMead(
  f: (at: readonly number[]) => number,
  { start, step, tolerance }: { readonly start: readonly number[]; readonly step: number; readonly tolerance: number },
): Vertex {
  check(start.length > 0, "nelderMead", "start must have a variable", start.length);
  check(step > 0, "nelderMead", "step must be > 0", step);
  let best: Vertex = { at: start, value: f(start) };
  check(best.value < Infinity, "nelderMead", "the function must be finite at the start", best.value);
  for (let round = 0; round < rounds; round++) best = descend(f, best, step / 4 ** round, tolerance);
  return best;
}

function descend(f: (at: readonly number[]) => number, start: Vertex, step: number, tolerance: number): Vertex {
  const n = start.at.length;
  const vertex = (at: readonly number[]): Vertex => ({ at, value: f(at) });
  let simplex = [start, ...start.at.map((_, i) => vertex(start.at.map((x, j) => (i === j ? x + step : x))))];
  for (let steps = 0; steps < 200 * n; steps++) {
    simplex = simplex.toSorted((a, b) => a.value - b.value);
    const [best, last, before] = [simplex[0]!, simplex[n]!, simplex[n - 1]!];
    if (last.value - best.value <= tolerance) break;
    const centre = best.at.map((_, j) => simplex.slice(0, n).reduce((sum, { at }) => sum + at[j]!, 0) / n);
    const along = (share: number): Vertex => vertex(centre.map((c, j) => c + share * (last.at[j]! - c)));
    let next = along(reflect);
    if (next.value < best.value) {
      const further = along(expand);
      if (further.value < next.value) next = further;
    } else if (next.value >= before.value) {
      next = along(next.value < last.value ? -contract : contract);
    }
    if (next.value < last.value) simplex = [...simplex.slice(0, n), next];
    else {
      const closer = (at: readonly number[]) => vertex(at.map((x, j) => best.at[j]! + shrink * (x - best.at[j]!)));
      simplex = [best, ...simplex.slice(1).map(({ at }) => closer(at))];
    }
  }
  return simplex.toSorted((a, b) => a.value - b.value)[0]!;
}
