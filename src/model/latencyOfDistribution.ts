import type { Distribution, TransformPart } from "../distributions/index.ts";
import { exactly, type LatencyAnswer } from "../scenario/answer.ts";
import type { ReportSpec } from "../scenario/scenario.ts";
import { curveOf } from "./curve.ts";
import { type Atom, sameInstant } from "./law.ts";

/** The figures of a time whose law is known in closed form. */
export function latencyOfDistribution(
  law: Omit<Distribution, "sampler" | "moment">,
  report: ReportSpec,
): LatencyAnswer {
  const cdf = (t: number): number => (t === Infinity ? 1 : law.cdf(t));
  const edges = report.buckets.map(cdf);
  const search = { cdf, atoms: atomsOf(law), scale: law.mean === 0 ? 1e-9 : law.mean };
  return {
    mean: exactly(law.mean),
    variance: exactly(law.mean === 0 ? 0 : law.scv * law.mean ** 2),
    quantiles: report.quantiles.map((q) => ({ q, value: exactly(law.quantile(q)) })),
    cdf: report.cdfAt.map((at) => ({ at, value: exactly(cdf(at)) })),
    buckets: [...report.buckets, Infinity].map((upTo, i) => ({
      upTo,
      value: exactly(Math.max(0, (edges[i] ?? 1) - (i === 0 ? 0 : edges[i - 1]!))),
    })),
    curve: curveOf(search, []),
    withinObjective: report.objective === null ? null : exactly(cdf(report.objective)),
  };
}

/** Where a law has positive probability: a jump of its cdf at one of its transform's delays. */
export function atomsOf(law: Pick<Distribution, "cdf" | "transform">): Atom[] {
  const atoms: Atom[] = [];
  const delays = (law.transform ?? []).map((part: TransformPart) => part.delay).sort((a, b) => a - b);
  for (const at of delays) {
    if (atoms.some((known) => sameInstant(known.at, at))) continue;
    const weight = law.cdf(at) - (at === 0 ? 0 : law.cdf(at * (1 - 1e-12)));
    if (weight > 1e-9) atoms.push({ at, weight });
  }
  return atoms;
}

/** The atoms of E[X; X = at]. */
export const atomsWeightedByThemselves = (law: Distribution): Atom[] =>
  atomsOf(law).map(({ at, weight }) => ({ at, weight: weight * at }));

/** The atoms of a sum of independent times. */
export const sumOfAtoms = (a: readonly Atom[], b: readonly Atom[]): Atom[] =>
  a.flatMap((x) => b.map((y) => ({ at: x.at + y.at, weight: x.weight * y.weight })));
