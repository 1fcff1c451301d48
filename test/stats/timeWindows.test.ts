import { describe, expect, it } from "vitest";
import { type ArrivalsSpec, arrivals } from "../../src/arrivals/index.ts";
import { source } from "../../src/random/source.ts";
import { type Interval, wilsonInterval } from "../../src/stats/intervals.ts";
import { timeWindows, widest, windowInterval, windowsMost } from "../../src/stats/timeWindows.ts";

const samples = 200;
/** 95 % less three standard errors of so many samples. */
const least = 0.95 - 3 * Math.sqrt((0.95 * 0.05) / samples);

interface Sample {
  readonly at: Float64Array;
  readonly latency: Float64Array;
}

/** Sojourn times behind one exponential server over some seconds, after as many seconds of warm-up. */
function queued(spec: ArrivalsSpec, { seconds, meanWork }: { seconds: number; meanWork: number }, k: number): Sample {
  const instants = arrivals(spec).instants([k, "arrivals"]);
  const next = () => instants.next();
  const uniform = source(k, "work");
  const [at, latency]: [number[], number[]] = [[], []];
  let free = 0;
  for (let now = next(); now < 2 * seconds; now = next()) {
    free = Math.max(free, now) - Math.log1p(-uniform()) * meanWork;
    if (now < seconds) continue;
    at.push(now);
    latency.push(free - now);
  }
  return { at: Float64Array.from(at), latency: Float64Array.from(latency) };
}

/** How often the interval of the share below a quantile holds the quantile's level, as independent requests and by stretches of time. */
function coverage(all: readonly Sample[], q: number, truth: number): { independent: number; windows: number } {
  const holds = ({ low, high }: Interval) => low <= q && q <= high;
  const covered = all.map(({ at, latency }) => {
    const windowOf = timeWindows(at[0]!, at.at(-1)!);
    const parts = Array.from({ length: windowsMost }, () => ({ sum: 0, weight: 0 }));
    for (const [i, x] of latency.entries()) {
      const part = parts[windowOf(at[i]!)]!;
      part.weight++;
      part.sum += Number(x <= truth);
    }
    const below = parts.reduce((sum, part) => sum + part.sum, 0);
    const alone = wilsonInterval(below, latency.length);
    return { independent: holds(alone), windows: holds(widest([alone, windowInterval(parts)])) };
  });
  return {
    independent: covered.filter(({ independent }) => independent).length / all.length,
    windows: covered.filter(({ windows }) => windows).length / all.length,
  };
}

const drawn = (spec: ArrivalsSpec, load: { seconds: number; meanWork: number }): Sample[] =>
  Array.from({ length: samples }, (_, k) => queued(spec, load, k));

describe("the interval of a share over stretches of time", () => {
  it("covers where requests are independent, and is little wider", () => {
    const uniform = source(1, "values");
    const all = Array.from({ length: samples }, () => ({
      at: Float64Array.from({ length: 2000 }, (_, i) => i),
      latency: Float64Array.from({ length: 2000 }, () => uniform()),
    }));
    const { independent, windows } = coverage(all, 0.9, 0.9);
    expect(independent).toBeGreaterThan(least);
    expect(windows).toBeGreaterThan(least);
  });

  it("covers behind Poisson arrivals, where independent requests would not: M/M/1, whose law is known", () => {
    // The sojourn time is exponential of rate μ − λ = 100/s.
    const all = drawn({ kind: "poisson", rate: 100 }, { seconds: 20, meanWork: 0.005 });
    for (const q of [0.5, 0.9]) {
      const { independent, windows } = coverage(all, q, -Math.log1p(-q) / 100);
      expect(independent, `p${100 * q}`).toBeLessThan(0.8);
      expect(windows, `p${100 * q}`).toBeGreaterThan(least);
    }
  });

  it("covers behind bursts, where that of independent requests holds the truth in one sample of two or fewer", () => {
    const bursts: ArrivalsSpec = {
      kind: "mmpp",
      rates: [20, 180],
      switching: [
        [0, 1],
        [1, 0],
      ],
    };
    const all = drawn(bursts, { seconds: 60, meanWork: 0.004 });
    const pooled = Float64Array.from(all.flatMap(({ latency }) => [...latency])).sort();
    for (const q of [0.5, 0.9]) {
      const { independent, windows } = coverage(all, q, pooled[Math.ceil(q * pooled.length) - 1]!);
      expect(independent, `p${100 * q}`).toBeLessThan(0.6);
      expect(windows, `p${100 * q}`).toBeGreaterThan(least);
    }
  });
});
