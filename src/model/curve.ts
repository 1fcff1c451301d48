import type { Seconds } from "../base/units.ts";
import { type Monotone, quantileOf } from "./quantile.ts";

export interface Curve {
  readonly seconds: readonly number[];
  readonly probability: readonly number[];
}

/**
 * A cdf as points for drawing: 200 or more, closer where it rises, out to 1 − 1e-5; an atom is two points.
 *
 * @param kinks instants where the slope changes: they become points
 */
export function curveOf(law: Monotone, kinks: readonly Seconds[]): Curve {
  const first = quantileOf(law, 1e-3).at;
  const last = Math.max(quantileOf(law, 1 - 1e-5).at, first);
  const points = new Map<Seconds, number>();
  const put = (t: Seconds): void => {
    if (t >= 0 && !points.has(t)) points.set(t, law.cdf(t));
  };
  put(0);
  for (let k = 0; k <= 40; k++) put(first * (last / Math.max(first, Number.MIN_VALUE)) ** (k / 40));
  for (let k = 1; k <= 20; k++) put(first + ((last - first) * k) / 20);
  put(last);
  for (const t of [...kinks, ...law.atoms.map(({ at }) => at)]) if (t <= last) put(t);
  refine(points, put);
  return withAtoms(points, law.atoms);
}

/** Halves the intervals over which the cdf rises most, or the tail falls most, until no step is coarse. */
function refine(points: Map<Seconds, number>, put: (t: Seconds) => void): void {
  for (const step of [0.03, 0.015, 0.0075]) {
    for (let pass = 0; pass < 3 && points.size < 400; pass++) {
      const sorted = [...points].sort((a, b) => a[0] - b[0]);
      for (let i = 1; i < sorted.length && points.size < 400; i++) {
        const [t0, f0] = sorted[i - 1]!;
        const [t1, f1] = sorted[i]!;
        const fall = f1 < 1 - 1e-6 ? Math.log((1 - f0) / (1 - f1)) * 0.05 : 0;
        if (Math.max(f1 - f0, fall) > step && t1 - t0 > 1e-9 * t1) put((t0 + t1) / 2);
      }
    }
  }
  for (let pass = 0; pass < 4 && points.size < 200; pass++) {
    const times = [...points.keys()].sort((a, b) => a - b);
    for (let i = 1; i < times.length && points.size < 240; i++) {
      if (times[i]! - times[i - 1]! > 1e-9 * times[i]!) put((times[i - 1]! + times[i]!) / 2);
    }
  }
}

/** In order, rising, with the probability just below every atom before it. */
function withAtoms(points: ReadonlyMap<Seconds, number>, atoms: Monotone["atoms"]): Curve {
  const seconds: number[] = [];
  const probability: number[] = [];
  let highest = 0;
  for (const [t, value] of [...points].sort((a, b) => a[0] - b[0])) {
    const weight = atoms.find(({ at }) => at === t)?.weight ?? 0;
    if (weight > 0) {
      seconds.push(t);
      highest = Math.max(highest, value - weight);
      probability.push(highest);
    }
    highest = Math.max(highest, value);
    seconds.push(t);
    probability.push(highest);
  }
  // A law of few atoms has too few distinct instants: the last probability holds further out.
  const end = seconds.at(-1) ?? 0;
  for (let k = 1; seconds.length < 200; k++) {
    seconds.push(end * (1 + k / 200) + (end === 0 ? k / 200 : 0));
    probability.push(highest);
  }
  return { seconds, probability };
}
