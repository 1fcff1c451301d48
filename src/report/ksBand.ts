import type { Seconds } from "../base/units.ts";
import type { AvailableAnswer } from "../scenario/answer.ts";
import { curveProbability } from "../stats/distances.ts";

/** sqrt(ln(2 / 0.05) / 2): the 95 % Dvoretzky–Kiefer–Wolfowitz band of n values is this over sqrt(n). */
const dkw = Math.sqrt(Math.log(2 / 0.05) / 2);
/** Half-width of the normal 95 % interval, in standard errors. */
const z95 = 1.959963984540054;

/**
 * Half-width of the 95 % band around an answer's distribution function. Values that depend on each other carry less
 * than their number says; the stated intervals of the quantiles know, so the widest counts.
 */
export function ksBand({ latency, counts }: AvailableAnswer): number {
  const byCount = counts === null || counts.measured === 0 ? 0 : dkw / Math.sqrt(counts.measured);
  const byQuantiles = latency.quantiles
    // Far in the tail an interval tells of a few requests, and the law is never furthest off there.
    .filter(({ q, value }) => q >= 0.1 && q <= 0.9 && value.high > value.low)
    .map(({ q, value: { value, low, high } }) => {
      const share = (x: Seconds) => (x === Infinity ? 1 : curveProbability(latency.curve, x));
      const halfWidth = Math.max(share(value) - share(low), share(high) - share(value));
      return (halfWidth / (z95 * Math.sqrt(q * (1 - q)))) * dkw;
    });
  return Math.min(1, Math.max(byCount, ...byQuantiles));
}
