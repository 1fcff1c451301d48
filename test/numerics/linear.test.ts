import { describe, expect, it } from "vitest";
import { BandSolver } from "../../src/numerics/bandSolver.ts";
import { complex } from "../../src/numerics/complex.ts";
import { dot, multiplyMatrices, rowTimes, solve, solveRow, transpose } from "../../src/numerics/matrix.ts";
import { symmetricEigen, symmetricEigenvalues } from "../../src/numerics/symmetricEigen.ts";
import { timesBeforeExit } from "../../src/numerics/timesBeforeExit.ts";
import { source } from "../../src/random/source.ts";

const random = (m: number, name: string): number[][] => {
  const uniform = source(1, name, m);
  return Array.from({ length: m }, () => Array.from({ length: m }, () => uniform() - 0.5));
};
const symmetric = (m: number): number[][] => {
  const a = random(m, "symmetric");
  return a.map((row, i) => row.map((value, j) => value + a[j]![i]!));
};
const largest = (rows: readonly (readonly number[])[]): number => Math.max(...rows.flat().map(Math.abs));

describe("symmetricEigen", () => {
  it.each([1, 2, 3, 17, 51])("rebuilds a %i×%i matrix from orthonormal vectors", (m) => {
    const a = symmetric(m);
    const { values, vectors } = symmetricEigen(a);
    const rebuilt = multiplyMatrices(
      vectors.map((row) => row.map((value, k) => value * values[k]!)),
      transpose(vectors),
    );
    expect(largest(rebuilt.map((row, i) => row.map((value, j) => value - a[i]![j]!)))).toBeLessThan(1e-13);
    const gram = multiplyMatrices(transpose(vectors), vectors);
    expect(largest(gram.map((row, i) => row.map((value, j) => value - (i === j ? 1 : 0))))).toBeLessThan(1e-13);
    expect([...values].sort((x, y) => x - y)).toEqual(values);
    for (const [k, value] of symmetricEigenvalues(a).entries())
      expect(Math.abs(value - values[k]!)).toBeLessThan(1e-13);
  });

  it("takes a tridiagonal matrix as it is", () => {
    const a = symmetric(9).map((row, i) => row.map((value, j) => (Math.abs(i - j) <= 1 ? value : 0)));
    const { values, vectors } = symmetricEigen(a);
    const rebuilt = multiplyMatrices(
      vectors.map((row) => row.map((value, k) => value * values[k]!)),
      transpose(vectors),
    );
    expect(largest(rebuilt.map((row, i) => row.map((value, j) => value - a[i]![j]!)))).toBeLessThan(1e-14);
    expect(symmetricEigenvalues(a).map((value, k) => Math.abs(value - values[k]!) < 1e-14)).not.toContain(false);
  });

  it("takes a matrix that is diagonal already", () => {
    expect(
      symmetricEigen([
        [3, 0],
        [0, -1],
      ]).values,
    ).toEqual([-1, 3]);
  });
});

describe("solve", () => {
  it("solves systems and rows, pivoting where the diagonal is 0", () => {
    expect(
      solve(
        [
          [0, 2],
          [4, 0],
        ],
        [[2], [8]],
      ),
    ).toEqual([[2], [1]]);
    const a = random(20, "solve");
    const b = random(20, "row")[0]!;
    expect(largest([rowTimes(solveRow(a, b), a).map((value, i) => value - b[i]!)])).toBeLessThan(1e-12);
    expect(() =>
      solve(
        [
          [1, 1],
          [1, 1],
        ],
        [[1], [1]],
      ),
    ).toThrow("solve: the matrix must not be singular");
  });
});

describe("BandSolver", () => {
  it.each([1, 2, 4])("agrees with a full complex product at half-width %i", (width) => {
    const m = 12;
    const a = random(m, "band").map((row, i) => row.map((value, j) => (Math.abs(i - j) <= width ? value : 0)));
    const right = random(m, "right")[0]!;
    const solver = new BandSolver(a);
    for (const im of [0, 0.7]) {
      const x = solver.solve((i) => complex(0.01 * i, im), right);
      for (const [i, row] of a.entries()) {
        const re =
          dot(
            row,
            x.map((value) => value.re),
          ) +
          0.01 * i * x[i]!.re -
          im * x[i]!.im;
        const imaginary =
          dot(
            row,
            x.map((value) => value.im),
          ) +
          0.01 * i * x[i]!.im +
          im * x[i]!.re;
        expect(Math.hypot(re - right[i]!, imaginary)).toBeLessThan(1e-12);
      }
    }
  });
});

describe("timesBeforeExit", () => {
  it.each([1, 2, 20])("inverts the negative generator of %i states", (m) => {
    const rates = random(m, "rates").map((row, i) => row.map((value, j) => (i === j ? 0 : value + 0.5)));
    const ends = random(m, "ends")[0]!.map((value) => value + 0.5);
    const negative = rates.map((row, i) =>
      row.map((rate, j) => (i === j ? row.reduce((sum, value) => sum + value, ends[i]!) : -rate)),
    );
    const times = timesBeforeExit(Float64Array.from(rates.flat()), Float64Array.from(ends));
    const rows = negative.map((_, i) => [...times.subarray(i * m, (i + 1) * m)]);
    const product = multiplyMatrices(negative, rows);
    expect(largest(product.map((row, i) => row.map((value, j) => value - (i === j ? 1 : 0))))).toBeLessThan(1e-13);
  });

  it("refuses a chain that never ends", () => {
    expect(() => timesBeforeExit(Float64Array.of(0, 1, 1, 0), Float64Array.of(0, 0))).toThrow(RangeError);
  });
});
