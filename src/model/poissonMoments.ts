import type { Batch } from "../arrivals/index.ts";
import {
  addSeries,
  divideByS,
  divideSeries,
  momentsOf,
  multiplySeries,
  type Series,
  scaleSeries,
  transformSeries,
} from "../numerics/series.ts";
import type { ColdServer } from "./coldQueue.ts";

/**
 * E[T] and E[T²] of the sojourn, by the formula of `poissonQueue` on power series in s, cut after the fourth moment.
 *
 * @returns Infinity for a moment that diverges: E[T] needs E[B²], E[T²] needs E[B³]
 */
export function poissonMoments(
  { eventRate: lambda, batch, service, firstService, coldStart }: ColdServer,
  { q, p0, waking }: { readonly q: number; readonly p0: number; readonly waking: readonly number[] },
): { readonly meanSojourn: number; readonly secondMoment: number } {
  const laws = q === 0 ? [service] : [service, firstService, coldStart];
  if (laws.some((law) => law.moment(2) === Infinity)) return { meanSojourn: Infinity, secondMoment: Infinity };
  const heavy = laws.some((law) => law.moment(3) === Infinity);
  // A diverging moment must not reach the products, where 0·∞ is not a number; what it spoils is replaced below.
  const finite = (moments: readonly number[]): Series =>
    transformSeries(moments.map((moment) => (moment === Infinity ? 0 : moment)));
  const momentsOfLaw = (law: { moment(k: number): number }) => [1, 2, 3, 4].map((k) => law.moment(k));

  const b = finite(momentsOfLaw(service));
  const h = throughBatch(batch, b);
  const one = [1, 0, 0, 0, 0];
  const first = multiplySeries(finite(q === 0 ? [0, 0, 0, 0] : waking), finite(momentsOfLaw(firstService)));
  const others = divideSeries(h, b);
  const h1 = addSeries(scaleSeries(h, 1 - q), scaleSeries(multiplySeries(first, others), q));
  const s = [0, 1, 0, 0, 0];
  // Both sides of the workload and of K vanish at 0, so one factor s is divided out of each.
  const below = divideByS(addSeries(s, scaleSeries(minus(one, h), -lambda)));
  const workload = scaleSeries(divideSeries(divideByS(minus(one, h1)), below), lambda * p0);
  const ahead = aheadSeries(batch, b, h);
  const empty = addSeries(scaleSeries(b, 1 - q), scaleSeries(first, q)).slice(0, 4);
  const total = multiplySeries(ahead, addSeries(multiplySeries(b, workload), scaleSeries(empty, p0)));
  const [mean, second] = momentsOf(total);
  return { meanSojourn: mean!, secondMoment: heavy ? Infinity : second! };
}

/** K* = (1 − H*)/(m(1 − B*)); 1 where there is no work to wait behind. */
export function aheadSeries(batch: Batch, b: Series, h: Series): Series {
  if (b[1] === 0) return [1, 0, 0, 0];
  const one = [1, 0, 0, 0, 0];
  return scaleSeries(divideSeries(divideByS(minus(one, h)), divideByS(minus(one, b))), 1 / batch.mean);
}

const minus = (a: Series, b: Series): Series => addSeries(a, scaleSeries(b, -1));

/** X(B*) around s = 0: Taylor's series of the generating function at 1 in u = B* − 1. */
export function throughBatch(batch: Batch, b: Series): Series {
  const u = [0, ...b.slice(1)];
  let power: Series = [1, 0, 0, 0, 0];
  let sum: Series = power;
  let factorial = 1;
  for (let k = 1; k <= 4; k++) {
    power = multiplySeries(power, u);
    factorial *= k;
    sum = addSeries(sum, scaleSeries(power, batch.factorialMoment(k) / factorial));
  }
  return sum;
}
