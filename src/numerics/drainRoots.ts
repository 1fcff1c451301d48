import { ConvergenceError } from "../base/check.ts";
import { add, type Complex, complex, divide, modulus, multiply, scale, subtract } from "./complex.ts";
import { ComplexSolver } from "./complexSolver.ts";
import type { Matrix } from "./matrix.ts";

/** A root s of det(sI + D0 + D1·h(s)), with a column in the null space there. */
export interface DrainRoot {
  readonly s: Complex;
  readonly vector: readonly Complex[];
}

/**
 * The roots of det(sI + D0 + D1·h(s)) with positive real part, h the transform of a time: m − 1 of them beside 0 where
 * D0 + D1 is an irreducible generator and the drift is negative.
 *
 * Aberth's simultaneous iteration: Newton's step for every root at once, with the others (and 0) divided out, so that each
 * finds one of its own. det′/det is a trace, so no determinant is formed. O(m⁴) in practice.
 *
 * @param h analytic in the right half-plane, h(0) = 1
 * @returns real roots exactly real, the others in conjugate pairs next to each other
 * @throws {ConvergenceError} where roots coincide or are not found
 * @see Aberth, Iteration methods for finding all zeros of a polynomial simultaneously, Math. Comput. 27 (1973) 339
 * @see Lucantoni, Stoch. Models 7 (1991) 1 for the number of roots
 */
export function drainRoots(D0: Matrix, D1: Matrix, h: (s: Complex) => Complex): DrainRoot[] {
  const radius = Math.max(...D0.map((row, i) => -row[i]!));
  const start = D0.map((row, i) => -row[i]!)
    .sort((a, b) => b - a)
    .map((size, i, all) => {
      const angle = 0.5 + (2 * Math.PI * i) / all.length;
      return complex(size * (0.6 + 0.3 * Math.cos(angle)), size * 0.3 * Math.sin(angle));
    });
  const step = newtonStep(D0, D1, h);
  let found = aberth(step, start.slice(0, -1), radius, true);
  if (!(found.residual <= 1e-9)) {
    // From h scaled down, where all m roots lie in the half-plane, to h itself, where the least of them has come to 0.
    let roots: readonly Complex[] = start;
    for (const share of [0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.97, 0.995]) {
      roots = aberth(
        newtonStep(D0, D1, (s) => scale(h(s), share)),
        roots,
        radius,
        false,
      ).roots;
    }
    const largest = [...roots].sort((a, b) => modulus(b) - modulus(a)).slice(0, -1);
    found = aberth(step, largest, radius, true);
  }
  const { roots, residual } = found;
  if (!(residual <= 1e-9)) throw new ConvergenceError("drainRoots", { iterations: mostIterations, residual });
  return paired(roots.map((s) => polished(s, step))).map((s) => ({ s, vector: nullVector(D0, D1, s, h(s)) }));
}

const mostIterations = 200;

/** Aberth's iteration; `zero`: 0 is a root as well. The residual is the last relative change. */
function aberth(step: (s: Complex) => Complex, from: readonly Complex[], radius: number, zero: boolean) {
  let roots = from;
  let residual = Infinity;
  for (let k = 0; k < mostIterations && residual > 1e-14; k++) {
    residual = 0;
    roots = roots.map((s, i) => {
      const newton = step(s);
      let repulsion = zero ? divide(complex(1), s) : complex(0);
      for (const [j, other] of roots.entries()) {
        if (j !== i) repulsion = add(repulsion, divide(complex(1), subtract(s, other)));
      }
      const change = divide(newton, subtract(complex(1), multiply(newton, repulsion)));
      residual = Math.max(residual, modulus(change) / modulus(s));
      return inside(subtract(s, change), s, radius);
    });
  }
  return { roots, residual };
}

/** Where a step leaves the disc that holds every root, half the way to its edge. */
function inside(next: Complex, last: Complex, radius: number): Complex {
  const re = next.re > 0 ? Math.min(next.re, 2.2 * radius) : last.re / 4;
  const im = Math.max(-1.1 * radius, Math.min(1.1 * radius, next.im));
  return Number.isFinite(re) && Number.isFinite(im) ? complex(re, im) : complex(last.re * 0.9, last.im * 1.1);
}

/** det/det′ = 1/tr(M⁻¹·M′), M = sI + D0 + D1·h. */
function newtonStep(D0: Matrix, D1: Matrix, h: (s: Complex) => Complex): (s: Complex) => Complex {
  const m = D0.length;
  const solver = new ComplexSolver(m);
  const xr = new Float64Array(m);
  const xi = new Float64Array(m);
  return (s) => {
    load(solver, D0, D1, s, h(s));
    const apart = 1e-5 * modulus(s);
    const [up, down] = [h(complex(s.re + apart, s.im)), h(complex(Math.max(0, s.re - apart), s.im))];
    const slope = scale(subtract(up, down), 1 / (apart + Math.min(apart, s.re)));
    let trace = complex(0);
    for (let k = 0; k < m; k++) {
      for (let i = 0; i < m; i++) {
        xr[i] = (i === k ? 1 : 0) + D1[i]![k]! * slope.re;
        xi[i] = D1[i]![k]! * slope.im;
      }
      solver.solve(xr, xi);
      trace = add(trace, complex(xr[k]!, xi[k]!));
    }
    return divide(complex(1), trace);
  };
}

function load(solver: ComplexSolver, D0: Matrix, D1: Matrix, s: Complex, h: Complex): void {
  solver.factor((i, j) => ({
    re: D0[i]![j]! + D1[i]![j]! * h.re + (i === j ? s.re : 0),
    im: D1[i]![j]! * h.im + (i === j ? s.im : 0),
  }));
}

/** A few plain steps of Newton; a root that is all but real is made real first. */
function polished(root: Complex, step: (s: Complex) => Complex): Complex {
  let s = Math.abs(root.im) < 1e-7 * root.re ? complex(root.re) : root;
  for (let k = 0; k < 3; k++) s = subtract(s, step(s));
  return root.im === 0 || Math.abs(s.im) < 1e-9 * s.re ? complex(s.re) : s;
}

/** Real roots as they are; of the others, each with its exact conjugate after it. */
function paired(roots: readonly Complex[]): Complex[] {
  const real = roots.filter(({ im }) => im === 0).sort((a, b) => a.re - b.re);
  const upper = roots.filter(({ im }) => im > 0);
  const all = [...real, ...upper.flatMap((s) => [s, complex(s.re, -s.im)])];
  const apart = all.every((a, i) => all.every((b, j) => i === j || modulus(subtract(a, b)) > 1e-10 * modulus(a)));
  if (all.length !== roots.length || !apart || all.some(({ re }) => !(re > 0))) {
    throw new ConvergenceError("drainRoots", { iterations: roots.length, residual: all.length });
  }
  return all;
}

/** Two steps of inverse iteration, the largest entry 1. */
function nullVector(D0: Matrix, D1: Matrix, s: Complex, h: Complex): Complex[] {
  const m = D0.length;
  const solver = new ComplexSolver(m);
  load(solver, D0, D1, s, h);
  const xr = Float64Array.from({ length: m }, (_, i) => 1 + 0.37 * i);
  const xi = new Float64Array(m).fill(s.im === 0 ? 0 : 0.2);
  for (let k = 0; k < 3; k++) {
    solver.solve(xr, xi);
    let most = 0;
    for (let i = 1; i < m; i++) if (Math.hypot(xr[i]!, xi[i]!) > Math.hypot(xr[most]!, xi[most]!)) most = i;
    const unit = complex(xr[most]!, xi[most]!);
    for (let i = 0; i < m; i++) {
      const { re, im } = divide(complex(xr[i]!, xi[i]!), unit);
      xr[i] = re;
      xi[i] = im;
    }
  }
  return Array.from(xr, (re, i) => complex(re, xi[i]!));
}
