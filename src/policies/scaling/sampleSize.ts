/**
 * How many of a revision's pods a scrape asks, for 95 % confidence and a margin of a tenth of the spread.
 *
 * @param population pods, an integer ≥ 0
 * @returns n = N·X / (N + X − 1), rounded up, with X = 1.96²·100/25: all of up to 3
 * @see knative/serving pkg/autoscaler/metrics/sample_size.go (v0.50)
 * @example
 * sampleSize(100) // => 14
 */
export function sampleSize(population: number): number {
  const x = (1.96 ** 2 * 100) / 25;
  return Math.ceil((population * x) / (population + x - 1));
}

/** The revision's total that a sample of its pods stands for; 0 without pods. */
export function extrapolate(sample: readonly number[], pods: number): number {
  if (sample.length === 0) return 0;
  let sum = 0;
  for (const value of sample) sum += value;
  return (sum / sample.length) * pods;
}
