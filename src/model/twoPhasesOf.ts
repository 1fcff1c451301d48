import type { DistributionSpec } from "../distributions/index.ts";
import type { TwoPhases } from "./twoPhaseServers.ts";

/**
 * The two phases of a hyperexponential law or an Erlang law of two stages, every time multiplied by a factor.
 *
 * @returns null for every other law
 * @example
 * twoPhasesOf({ kind: "erlang", mean: 0.1, stages: 2 }, 1)?.rates // => [20, 20]
 */
export function twoPhasesOf(law: DistributionSpec, factor: number): TwoPhases | null {
  if (law.kind === "erlang") {
    const rate = 2 / (law.mean * factor);
    return law.stages === 2 ? { first: 1, rates: [rate, rate], onward: 1 } : null;
  }
  if (law.kind !== "hyperexponential") return null;
  if ("means" in law) {
    if (law.means.length !== 2) return null;
    const [a, b] = law.means as readonly [number, number];
    return { first: law.probabilities[0]!, rates: [1 / (a * factor), 1 / (b * factor)], onward: 0 };
  }
  // Balanced means, as the distribution itself defines them.
  const root = Math.sqrt((law.scv - 1) / (law.scv + 1));
  const first = (1 + root) / 2;
  const rest = 1 / ((law.scv + 1) * (1 + root));
  const mean = law.mean * factor;
  return { first, rates: [(2 * first) / mean, (2 * rest) / mean], onward: 0 };
}
