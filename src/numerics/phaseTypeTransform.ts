import { BandSolver } from "./bandSolver.ts";
import { type Complex, multiply } from "./complex.ts";

/** The time a Markov chain takes to leave its m phases. */
export interface PhaseTypeParameters {
  /** α: the phase it starts in; what is missing to 1 is a time of 0. */
  readonly initial: readonly number[];
  /** T (m×m, row-major), rates between the phases; minus the row sums are the rates of leaving. */
  readonly generator: readonly (readonly number[])[];
}

/**
 * 1 − E[e^(−sX)] of a phase-type X, for Re s ≥ 0: s·α(sI − T)⁻¹·e, which has every digit near s = 0.
 *
 * @returns a function of s, which keeps its work space: O(m³) per call, less where T is a band
 * @see Neuts, Matrix-geometric solutions in stochastic models (1981), ch. 2
 * @example
 * phaseTypeTransformRest({ initial: [1], generator: [[-2]] })({ re: 2, im: 0 }).re // => 0.5
 */
export function phaseTypeTransformRest({ initial, generator }: PhaseTypeParameters): (s: Complex) => Complex {
  const solver = new BandSolver(generator.map((row) => row.map((rate) => -rate)));
  const ones = initial.map(() => 1);
  return (s) => {
    const x = solver.solve(() => s, ones);
    let re = 0;
    let im = 0;
    for (let i = 0; i < initial.length; i++) {
      re += initial[i]! * x[i]!.re;
      im += initial[i]! * x[i]!.im;
    }
    return multiply(s, { re, im });
  };
}
