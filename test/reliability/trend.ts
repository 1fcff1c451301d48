import { studentQuantile } from "../../src/stats/studentQuantile.ts";

/** How a figure moved: its slope with a 95 % interval, and where it was. */
export interface Trend {
  /** Per second. */
  readonly slope: number;
  readonly low: number;
  readonly high: number;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Neighbouring looks are alike, so the line goes through the means of so many stretches of time. */
const stretches = 16;
const t = studentQuantile(0.975, stretches - 2);

/** A straight line by least squares through the means of equal stretches. */
export function trend(times: readonly number[], values: readonly number[]): Trend {
  const per = times.length / stretches;
  const means = Array.from({ length: stretches }, (_, k) => {
    const [from, to] = [Math.floor(k * per), Math.floor((k + 1) * per)];
    return { x: mean(times.slice(from, to)), y: mean(values.slice(from, to)) };
  });
  const [x, y] = [mean(means.map((each) => each.x)), mean(means.map((each) => each.y))];
  const sxx = means.reduce((sum, each) => sum + (each.x - x) ** 2, 0);
  const slope = means.reduce((sum, each) => sum + (each.x - x) * (each.y - y), 0) / sxx;
  const left = means.reduce((sum, each) => sum + (each.y - y - slope * (each.x - x)) ** 2, 0);
  const half = t * Math.sqrt(left / (stretches - 2) / sxx);
  const sorted = values.toSorted((a, b) => a - b);
  return {
    slope,
    low: slope - half,
    high: slope + half,
    median: sorted[sorted.length >> 1]!,
    least: sorted[0]!,
    most: sorted.at(-1)!,
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
