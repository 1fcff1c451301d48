import { ConvergenceError } from "../base/check.ts";
import { type Complex, complex } from "./complex.ts";

/** Nodes x = exp(u − e^(−u)) and weights dx/du of one step of u, from u = 0 outwards. */
interface Rule {
  readonly step: number;
  readonly up: Float64Array;
  readonly upWeights: Float64Array;
  readonly down: Float64Array;
  readonly downWeights: Float64Array;
}

const rules: Rule[] = [];
/** e^−745 is the smallest number; beyond e^700 nothing of a transform is left. */
const highest = 700;
const lowest = -6;

/**
 * ∫₀^∞ f(x) dx of a smooth function that decays, by the trapezoidal rule in u with x = exp(u − e^(−u)).
 *
 * Halves the step until two sums agree to 1e-9: the last is then exact, because each halving squares the error. Every scale
 * of x costs the same, so a tail far out is no harder than a narrow peak. 30 to 150 evaluations.
 *
 * @param f at x > 0; finite
 * @param what the caller's name, for the error
 * @throws {ConvergenceError} if the sums do not settle
 * @see Takahasi & Mori, Double exponential formulas for numerical integration, Publ. RIMS 9 (1974) 721
 * @example
 * halfLine((x) => ({ re: Math.exp(-x), im: 0 }), "example").re.toFixed(12) // => "1.000000000000"
 */
export function halfLine(f: (x: number) => Complex, what: string): Complex {
  let sum = { re: 0, im: 0, size: 0 };
  for (let level = 0; level < 9; level++) {
    const rule = ruleOf(level);
    const added = sumOver(f, rule, level > 0, sum.size);
    const finer = { re: sum.re + added.re, im: sum.im + added.im, size: sum.size + added.size };
    // At the first level there is nothing to compare with.
    const change = Math.hypot(2 * sum.re - finer.re, 2 * sum.im - finer.im);
    if (level >= 2 && change <= 1e-9 * Math.hypot(finer.re, finer.im)) {
      return complex(finer.re * rule.step, finer.im * rule.step);
    }
    if (level === 8 && change <= 1e-13 * finer.size) return complex(finer.re * rule.step, finer.im * rule.step);
    sum = finer;
  }
  throw new ConvergenceError(what, { iterations: 9, residual: sum.size });
}

/** The rule of step 1/2, 1/4, …; from the second on, only what lies between the nodes of the one before. */
function ruleOf(level: number): Rule {
  const known = rules[level];
  if (known !== undefined) return known;
  const step = 2 ** -(level + 1);
  const side = (direction: number, end: number): { nodes: number[]; weights: number[] } => {
    const nodes: number[] = [];
    const weights: number[] = [];
    const first = level > 0 ? step : direction > 0 ? 0 : step;
    for (let u = direction * first; direction * u <= direction * end; u += direction * step * (level > 0 ? 2 : 1)) {
      const x = Math.exp(u - Math.exp(-u));
      nodes.push(x);
      weights.push(x * (1 + Math.exp(-u)));
    }
    return { nodes, weights };
  };
  const [up, down] = [side(1, highest), side(-1, lowest)];
  const rule = {
    step,
    up: Float64Array.from(up.nodes),
    upWeights: Float64Array.from(up.weights),
    down: Float64Array.from(down.nodes),
    downWeights: Float64Array.from(down.weights),
  };
  rules[level] = rule;
  return rule;
}

/** Outwards on either side until five terms in a row add nothing. */
function sumOver(f: (x: number) => Complex, rule: Rule, between: boolean, known: number) {
  let re = 0;
  let im = 0;
  let size = 0;
  const walk = (nodes: Float64Array, weights: Float64Array): void => {
    let idle = 0;
    for (let i = 0; i < nodes.length && idle < 5; i++) {
      const value = f(nodes[i]!);
      const weight = weights[i]!;
      re += value.re * weight;
      im += value.im * weight;
      const term = (Math.abs(value.re) + Math.abs(value.im)) * weight;
      size += term;
      idle = term <= 1e-19 * (between ? known : size) ? idle + 1 : 0;
    }
  };
  walk(rule.up, rule.upWeights);
  walk(rule.down, rule.downWeights);
  return { re, im, size };
}
