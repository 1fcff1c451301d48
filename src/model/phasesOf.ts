import type { DistributionSpec } from "../distributions/index.ts";
import type { Matrix } from "../numerics/matrix.ts";

/** A time as the stay in the phases of a Markov chain: where it begins, and the rates between the phases. */
export interface Phases {
  /** Sums to 1: the time is never 0. */
  readonly initial: readonly number[];
  readonly generator: Matrix;
}

/** The phases of a law that is of phase type as it stands; null for every other. */
export function phasesOf(law: DistributionSpec): Phases | null {
  switch (law.kind) {
    case "exponential":
      return stages(1, law.mean);
    case "erlang":
      return stages(law.stages, law.mean);
    case "gamma": {
      const count = Math.round(1 / law.scv);
      return count >= 1 && Math.abs(count * law.scv - 1) < 1e-12 ? stages(count, law.mean) : null;
    }
    case "hyperexponential": {
      const { probabilities, means } = "means" in law ? law : balanced(law);
      return side(probabilities.map((weight, i) => ({ weight, of: stages(1, means[i]!) })));
    }
    case "phaseType":
      return { initial: law.initial, generator: law.generator };
    case "mixture": {
      const parts = law.of.map(({ weight, of }) => ({ weight, of: phasesOf(of) }));
      return parts.some(({ of }) => of === null) ? null : side(parts as { weight: number; of: Phases }[]);
    }
    default:
      return null;
  }
}

/** `count` exponential stages one after another. */
export function stages(count: number, meanSeconds: number): Phases {
  const rate = count / meanSeconds;
  const numbers = Array.from({ length: count }, (_, i) => i);
  return {
    initial: numbers.map((i) => (i === 0 ? 1 : 0)),
    generator: numbers.map((i) => numbers.map((j) => (i === j ? -rate : j === i + 1 ? rate : 0))),
  };
}

/** One of several, by weights of any total. */
export function side(parts: readonly { readonly weight: number; readonly of: Phases }[]): Phases {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const size = parts.reduce((sum, { of }) => sum + of.initial.length, 0);
  const initial: number[] = [];
  const generator: number[][] = [];
  for (const { weight, of } of parts) {
    const before = initial.length;
    initial.push(...of.initial.map((x) => (x * weight) / total));
    for (const row of of.generator) {
      const wide = new Array<number>(size).fill(0);
      for (const [j, rate] of row.entries()) wide[before + j] = rate;
      generator.push(wide);
    }
  }
  return { initial, generator };
}

/** The rates of leaving the phases for good. */
export const exits = ({ generator }: Phases): number[] =>
  generator.map((row) => Math.max(0, -row.reduce((sum, rate) => sum + rate, 0)));

/** Two phases with p₁·m₁ = p₂·m₂, as `hyperexponential` has them. */
export function balanced({ mean, scv }: { readonly mean: number; readonly scv: number }) {
  const root = Math.sqrt((scv - 1) / (scv + 1));
  const rest = 1 / ((scv + 1) * (1 + root));
  const p = (1 + root) / 2;
  return { probabilities: [p, rest], means: [mean / (2 * p), mean / (2 * rest)] };
}
