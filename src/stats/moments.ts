/** Count, mean and sum of squared deviations: enough for a variance, and two of them can be joined. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Σ (x − mean)². */
  readonly squares: number;
}

export const noMoments: Moments = { count: 0, mean: 0, squares: 0 };

/** Values per block of `RunningMoments`. */
const blockSize = 4096;

/**
 * A running mean and variance that do not cancel, without a division per value.
 *
 * A block's sums are taken about the mean of all before it (the first about its first value), and joined to the rest when it is full.
 *
 * @see Chan, Golub & LeVeque, The American Statistician 37 (1983) 242
 */
export class RunningMoments implements Moments {
  #before: Moments = noMoments;
  #centre = 0;
  #inBlock = 0;
  #sum = 0;
  #sumOfSquares = 0;

  record(value: number): void {
    if (this.#inBlock === blockSize) this.#close();
    if (this.count === 0) this.#centre = value;
    const off = value - this.#centre;
    this.#inBlock++;
    this.#sum += off;
    this.#sumOfSquares += off * off;
  }

  get count(): number {
    return this.#before.count + this.#inBlock;
  }

  get mean(): number {
    return this.#joined().mean;
  }

  get squares(): number {
    return this.#joined().squares;
  }

  #joined(): Moments {
    if (this.#inBlock === 0) return this.#before;
    const mean = this.#sum / this.#inBlock;
    const squares = Math.max(0, this.#sumOfSquares - this.#sum * mean);
    return joinMoments(this.#before, { count: this.#inBlock, mean: this.#centre + mean, squares });
  }

  #close(): void {
    this.#before = this.#joined();
    this.#centre = this.#before.mean;
    this.#inBlock = 0;
    this.#sum = 0;
    this.#sumOfSquares = 0;
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
