import type { Seconds } from "../base/units.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import type { LatticeBounds } from "./latticeBounds.ts";

/** Points of the lattice: the bounds are then about 2e-4 apart. */
const points = 2 ** 16;

/**
 * A law with jumps or kinks that no inversion resolves, held between proven bounds: its interval is what they leave open.
 *
 * @param boundsOf the bounds on a lattice; asked once
 */
export function boundedLaw(
  latency: LatencyLaw,
  boundsOf: (lattice: { readonly step: Seconds; readonly points: number }) => LatticeBounds,
): LatencyLaw {
  const { law } = latency;
  let end = latency.meanWork;
  while (law.cdf(end) < 1 - 1e-6) end *= 1.5;
  const { step, low, high } = boundsOf({ step: end / points, points });
  const within = (t: Seconds): { least: number; most: number } => {
    const k = Math.floor(t / step);
    return { least: k < points ? Math.max(0, low[k]!) : low[points - 1]!, most: k + 1 < points ? high[k + 1]! : 1 };
  };
  const cdf = (t: Seconds): number => {
    const { least, most } = within(t);
    return Math.min(most, Math.max(least, law.cdf(t)));
  };
  return {
    ...latency,
    law: {
      ...law,
      cdf,
      sketch: cdf,
      error: (t) => {
        const { least, most } = within(t);
        return Math.max(most - cdf(t), cdf(t) - least);
      },
    },
    kinked: false,
    roughness: 0,
  };
}
