import type { PerSecond, Seconds } from "../base/units.ts";
import type { AddedTime } from "./addedTime.ts";
import { type ConstantServers, constantServers } from "./constantServers.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import type { TimeLaw } from "./timeLaw.ts";

/** The latency in M/D/k with times of fixed length added: a shifted wait. */
export function constantLatency(
  servers: { readonly arrivalRate: PerSecond; readonly serviceSeconds: Seconds; readonly servers: number },
  added: readonly AddedTime[],
): LatencyLaw {
  const wait = constantServers(servers);
  const D = servers.serviceSeconds;
  const from = added.reduce((sum, { mean }) => sum + mean, D);
  const law = shiftedWait(wait, { D, from, weight: 1 });
  return {
    law,
    ownWork: { ...shiftedWait(wait, { D, from, weight: D }), atoms: [] },
    mean: wait.meanWait + from,
    variance: wait.waitVariance,
    meanWork: D,
    kinked: false,
    roughness: 0,
  };
}

function shiftedWait(
  wait: ConstantServers,
  { D, from, weight }: { readonly D: Seconds; readonly from: Seconds; readonly weight: number },
): TimeLaw {
  // Instants a rounding error before the first one are that one.
  const since = (t: Seconds): Seconds => (Math.abs(t - from) <= 4e-15 * from ? 0 : t - from);
  const cdf = (t: Seconds): number => weight * wait.waitCdf(since(t));
  return {
    cdf,
    sketch: cdf,
    integral: (t) => weight * integralTo(wait, D, since(t)),
    error: () => 1e-12 * weight,
    atoms: [{ at: from, weight: weight * wait.noWait }],
    kinks: [0, 1, 2, 3, 4, 5].map((rounds) => from + rounds * D),
  };
}

/** ∫₀ˣ P(W ≤ t)dt by Gauss's rule between the kinks at multiples of D. */
function integralTo(wait: ConstantServers, D: Seconds, x: Seconds): number {
  let sum = 0;
  for (let start = 0; start < x; start += D) {
    const half = (Math.min(start + D, x) - start) / 2;
    for (const [i, node] of nodes.entries()) {
      for (const sign of [-1, 1]) sum += half * weights[i]! * wait.waitCdf(start + half * (1 + sign * node));
    }
  }
  return sum;
}

// Gauss–Legendre, ten points.
const nodes = [0.1488743389816312, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845, 0.9739065285171717];
const weights = [0.2955242247147529, 0.2692667193099963, 0.2190863625159821, 0.1494513491505806, 0.0666713443086881];
