import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { add, type Complex, scale, zero } from "../numerics/complex.ts";
import type { Distribution, TransformPart } from "./distribution.ts";
import { type DistributionSpec, distribution } from "./index.ts";
import { quantileOf } from "./quantile.ts";

interface Component {
  /** Relative, positive. */
  readonly weight: number;
  readonly of: Distribution;
}

/**
 * One of several laws, drawn with the given weights.
 *
 * @param of at least one component; weights are positive and need not sum to 1
 * @example
 * mixture({ of: [{ weight: 1, of: { kind: "deterministic", value: 1 } }, { weight: 3, of: { kind: "deterministic", value: 5 } }] }).mean // => 4
 */
export function mixture({
  of,
}: {
  readonly of: readonly { readonly weight: number; readonly of: DistributionSpec }[];
}): Distribution {
  return mixtureOf(of.map((part) => ({ weight: part.weight, of: distribution(part.of) })));
}

/** The mixture of laws that are already built. */
export function mixtureOf(components: readonly Component[]): Distribution {
  check(components.length > 0, "mixture", "needs at least one component", components.length);
  for (const { weight } of components)
    check(weight > 0 && weight < Infinity, "mixture", "weights must be in (0, ∞)", weight);
  const total = components.reduce((sum, { weight }) => sum + weight, 0);
  const parts = components.map(({ weight, of }) => ({ share: weight / total, of }));
  const average = (value: (law: Distribution) => number): number =>
    parts.reduce((sum, { share, of }) => sum + share * value(of), 0);
  const mean = average((law) => law.mean);
  const cdf = (x: Seconds): number => average((law) => law.cdf(x));
  const transform = transformOf(parts);
  return {
    mean,
    // The spread within the components and between them, which does not cancel.
    scv: mean === 0 ? 0 : average((law) => law.scv * law.mean ** 2 + (law.mean - mean) ** 2) / mean ** 2,
    cdf,
    quantile: (p) => quantileOf(cdf, p, mean),
    moment: (k) => average((law) => law.moment(k)),
    ...(transform && { transform }),
    ...(parts.every(({ of }) => of.transformRest) && {
      transformRest: (s: Complex) =>
        parts.reduce((sum, { share, of }) => add(sum, scale(of.transformRest!(s), share)), zero),
    }),
    sampler: (source) => {
      const samplers = parts.map(({ of }) => of.sampler(source));
      const shares = parts.map(({ share }) => share);
      return () => {
        let rest = source();
        let i = 0;
        while (i < shares.length - 1 && rest >= shares[i]!) rest -= shares[i++]!;
        return samplers[i]!();
      };
    },
  };
}

function transformOf(parts: readonly { readonly share: number; readonly of: Distribution }[]) {
  const pieces: TransformPart[] = [];
  for (const { share, of } of parts) {
    if (of.transform === undefined) return undefined;
    for (const { delay, smooth } of of.transform) pieces.push({ delay, smooth: (s) => scale(smooth(s), share) });
  }
  return pieces;
}
