/** A power series in s, cut after a fixed number of terms; entry k is the coefficient of sᵏ. */
export type Series = readonly number[];

export const addSeries = (a: Series, b: Series): Series => a.map((value, k) => value + b[k]!);
export const scaleSeries = (a: Series, factor: number): Series => a.map((value) => value * factor);

/** Both cut to the shorter length. */
export function multiplySeries(a: Series, b: Series): Series {
  const length = Math.min(a.length, b.length);
  return Array.from({ length }, (_, k) => {
    let sum = 0;
    for (let j = 0; j <= k; j++) sum += a[j]! * b[k - j]!;
    return sum;
  });
}

/** a / b where b has a constant term. */
export function divideSeries(a: Series, b: Series): Series {
  const quotient: number[] = [];
  const length = Math.min(a.length, b.length);
  for (let k = 0; k < length; k++) {
    let rest = a[k]!;
    for (let j = 0; j < k; j++) rest -= quotient[j]! * b[k - j]!;
    quotient.push(rest / b[0]!);
  }
  return quotient;
}

/** a / s for a series without a constant term: one term shorter. */
export const divideByS = (a: Series): Series => a.slice(1);

/**
 * The series of a transform E[e^(−sX)] from its moments.
 *
 * @param moments E[X], E[X²], …
 * @example
 * transformSeries([2, 6]) // => [1, -2, 3]
 */
export function transformSeries(moments: readonly number[]): Series {
  let factorial = 1;
  return [
    1,
    ...moments.map((moment, index) => {
      factorial *= -(index + 1);
      return moment / factorial;
    }),
  ];
}

/** E[X], E[X²], … of a transform's series. */
export function momentsOf(series: Series): number[] {
  let factorial = 1;
  return series.slice(1).map((value, index) => {
    factorial *= -(index + 1);
    return value * factorial;
  });
}
