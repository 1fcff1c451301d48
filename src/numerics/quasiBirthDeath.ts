import { ConvergenceError } from "../base/check.ts";
import { addMatrices, identity, type Matrix, multiplyMatrices, scaleMatrix, solve, transpose } from "./matrix.ts";

/**
 * The rate matrix R of a quasi-birth–death process: level n + 1 is visited π(n)·R.
 *
 * By logarithmic reduction, which doubles the levels looked at in every step; O(m³) a step, about ten steps.
 *
 * @param up rates to the level above (m×m, row-major, per second)
 * @param local the generator within a level, its diagonal holding minus the sum of all rates out
 * @param down rates to the level below
 * @returns R (m×m); its spectral radius is below 1 where the process is stable
 * @throws {ConvergenceError} where it is not stable
 * @see Latouche & Ramaswami, A logarithmic reduction algorithm for quasi-birth-death processes, J. Appl. Probab. 30
 *   (1993) 650
 * @example
 * quasiBirthDeath({ up: [[1]], local: [[-3]], down: [[2]] })[0][0].toFixed(12) // => "0.500000000000"
 */
export function quasiBirthDeath({
  up,
  local,
  down,
}: {
  readonly up: Matrix;
  readonly local: Matrix;
  readonly down: Matrix;
}): Matrix {
  const away = scaleMatrix(local, -1);
  let high = solve(away, up);
  let low = solve(away, down);
  let G = low;
  let path = high;
  for (let step = 0; ; step++) {
    const back = addMatrices(multiplyMatrices(high, low), multiplyMatrices(low, high));
    const keep = addMatrices(identity(up.length), scaleMatrix(back, -1));
    high = solve(keep, multiplyMatrices(high, high));
    low = solve(keep, multiplyMatrices(low, low));
    const more = multiplyMatrices(path, low);
    G = addMatrices(G, more);
    path = multiplyMatrices(path, high);
    const change = more.reduce((most, row) => Math.max(most, ...row), 0);
    if (change < 1e-17) break;
    if (step === 60 || !(change <= 1))
      throw new ConvergenceError("quasiBirthDeath", { iterations: step, residual: change });
  }
  const upAndBack = addMatrices(local, multiplyMatrices(up, G));
  return transpose(solve(transpose(scaleMatrix(upAndBack, -1)), transpose(up)));
}
