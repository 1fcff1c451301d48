import type { Distribution } from "../distributions/index.ts";
import { gammaP } from "../numerics/gamma.ts";
import { type Phases, side, stages } from "./phasesOf.ts";

/** A phase-type time in place of another of the same mean. */
export interface PhaseFit {
  readonly phases: Phases;
  readonly kind: string;
  readonly scv: number;
  /** The largest difference of the two distribution functions. */
  readonly distance: number;
}

interface Component {
  readonly weight: number;
  readonly stages: number;
  readonly mean: number;
}

/**
 * A mixture of Erlang times close to a law.
 *
 * Up to scv 1 one of two Erlang times of k − 1 and k stages, k ≤ 24, with its mean and scv. Above, the mixture of six Erlang
 * times of equal stages (1, 2 or 3) with the greatest likelihood on the law's quantiles, scaled to its mean: for a queue the
 * short and middling times between arrivals count, which moments of a heavy tail say little about.
 *
 * @param options.components how many Erlang times above scv 1
 * @param options.mostAlike how many stages each may have
 * @param options.mostStages up to scv 1; more cost too much
 * @see Tijms, A first course in stochastic models (2003), app. B
 * @see Thümmler, Buchholz & Telek, A novel approach for phase-type fitting with the EM algorithm, IEEE Trans. Dependable
 *   Secure Comput. 3 (2006) 245
 */
export function fitIntervals(
  law: Pick<Distribution, "mean" | "scv" | "cdf" | "quantile">,
  { components = 6, mostAlike = 3, mostStages = 24 } = {},
): PhaseFit {
  const { mean, scv } = law;
  if (Math.abs(scv - 1) < 1e-9) return fitOf([{ weight: 1, stages: 1, mean }], law, "exponential times");
  if (scv > 1) {
    const counts = Array.from({ length: mostAlike }, (_, i) => i + 1);
    const best = counts
      .map((count) => likeliest(law, count, components))
      .sort((a, b) => b.likelihood - a.likelihood)[0]!;
    return fitOf(best.components, law, `times of ${best.components.length} Erlang laws`);
  }
  const k = Math.min(mostStages, Math.max(2, Math.ceil(1 / scv - 1e-9)));
  if (k * scv <= 1 + 1e-9) return fitOf([{ weight: 1, stages: k, mean }], law, `Erlang times of ${k} stages`);
  const p = (k * scv - Math.sqrt(k * (1 + scv) - k * k * scv)) / (1 + scv);
  const stage = mean / (k - p);
  const both = [
    { weight: p, stages: k - 1, mean: (k - 1) * stage },
    { weight: 1 - p, stages: k, mean: k * stage },
  ];
  // One chain holds both: the shorter begins at its second stage.
  const whole = stages(k, k * stage);
  const phases = { ...whole, initial: whole.initial.map((_, i) => (i === 0 ? 1 - p : i === 1 ? p : 0)) };
  return { ...fitOf(both, law, `Erlang times of ${k - 1} or ${k} stages`), phases };
}

function fitOf(
  components: readonly Component[],
  law: Pick<Distribution, "mean" | "cdf" | "quantile">,
  kind: string,
): PhaseFit {
  const cdf = (x: number): number =>
    components.reduce((sum, one) => sum + one.weight * gammaP(one.stages, (one.stages * x) / one.mean), 0);
  const second = components.reduce((sum, one) => sum + one.weight * one.mean ** 2 * (1 + 1 / one.stages), 0);
  const levels = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
  const gaps = levels.map((p) => {
    const x = law.quantile(p);
    return Math.max(Math.abs(cdf(x) - law.cdf(x)), Math.abs(cdf(x) - law.cdf(x * (1 - 1e-9))));
  });
  return {
    phases: side(components.map(({ weight, stages: count, mean }) => ({ weight, of: stages(count, mean) }))),
    kind,
    scv: second / law.mean ** 2 - 1,
    distance: Math.max(...gaps),
  };
}

const strata = 250;
const rounds = 100;

/** Expectation and maximisation on the middle of equal shares of the law. */
function likeliest({ mean, quantile }: Pick<Distribution, "mean" | "quantile">, count: number, components: number) {
  const points = Array.from({ length: strata }, (_, i) => quantile((i + 0.5) / strata)).filter((x) => x > 0);
  const [first, last] = [points[Math.floor(points.length / 20)]!, points.at(-1)!];
  let mix: Component[] = Array.from({ length: components }, (_, j) => ({
    weight: 1 / components,
    stages: count,
    mean: first * (last / first) ** ((j + 0.5) / components),
  }));
  let likelihood = -Infinity;
  for (let round = 0; round < rounds; round++) {
    const sums = mix.map(() => ({ weight: 0, total: 0 }));
    likelihood = 0;
    for (const x of points) {
      const parts = mix.map((one) => one.weight * density(one, x));
      const whole = parts.reduce((sum, part) => sum + part, 0);
      likelihood += Math.log(Math.max(whole, Number.MIN_VALUE));
      for (const [j, part] of parts.entries()) {
        const share = whole > 0 ? part / whole : 1 / components;
        sums[j]!.weight += share;
        sums[j]!.total += share * x;
      }
    }
    mix = mix.map((one, j) => {
      const { weight, total } = sums[j]!;
      return weight > 1e-9 ? { ...one, weight: weight / points.length, mean: total / weight } : { ...one, weight: 0 };
    });
  }
  const kept = mix.filter(({ weight }) => weight > 1e-6);
  const all = kept.reduce((sum, { weight }) => sum + weight, 0);
  const found = kept.reduce((sum, one) => sum + (one.weight / all) * one.mean, 0);
  return {
    likelihood,
    components: kept.map((one) => ({ ...one, weight: one.weight / all, mean: (one.mean * mean) / found })),
  };
}

/** Of an Erlang time of 1, 2 or 3 stages. */
function density({ stages: count, mean }: Component, x: number): number {
  const y = (count * x) / mean;
  return ((count / mean) * Math.exp(-y) * y ** (count - 1)) / (count === 3 ? 2 : 1);
}
