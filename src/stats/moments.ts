/** Count, mean and sum of squared deviations: enough for a variance, and two of them can be joined. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Σ (x − mean)². */
  readonly squares: number;
}

export const noMoments: Moments = { count: 0, mean: 0, squares: 0 };

/**
 * A running mean and variance that do not cancel (Welford's update).
 *
 * @see Welford, Technometrics 4 (1962) 419
 */
export class RunningMoments implements Moments {
  count = 0;
  mean = 0;
  squares = 0;

  record(value: number): void {
    this.count++;
    const off = value - this.mean;
    this.mean += off / this.count;
    this.squares += off * (value - this.mean);
  }
}

/** The moments of two samples together. See Chan, Golub & LeVeque (1983). */
export function joinMoments(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  if (count === 0) return noMoments;
  const off = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (off * b.count) / count,
    squares: a.squares + b.squares + (off * off * a.count * b.count) / count,
  };
}

/** The unbiased sample variance; NaN below two values. */
export const variance = ({ count, squares }: Moments): number => (count < 2 ? Number.NaN : squares / (count - 1));
