/**
 * The correlation of neighbouring values, Σ(xᵢ − x̄)(xᵢ₊₁ − x̄) / Σ(xᵢ − x̄)².
 *
 * @returns in [−1, 1]; 0 for constants and for fewer than three values
 * @example
 * lagOneCorrelation([1, 2, 1, 2, 1, 2]).toFixed(2) // => "-0.83"
 */
export function lagOneCorrelation(values: readonly number[]): number {
  if (values.length < 3) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let products = 0;
  let squares = 0;
  for (const [i, value] of values.entries()) {
    squares += (value - mean) ** 2;
    if (i > 0) products += (value - mean) * (values[i - 1]! - mean);
  }
  return squares > 0 ? products / squares : 0;
}

/** One-sided 5 % point of the standard normal law. */
const z95 = 1.6448536269514722;

/**
 * Whether neighbours are more alike than independent values would be (one-sided, 5 %): batch means that are give intervals too short.
 *
 * Of n independent values the correlation has mean −1/n and variance about 1/n.
 *
 * @see Kendall & Stuart, The Advanced Theory of Statistics, vol. 3 (1976), §48
 */
export function isAutocorrelated(values: readonly number[]): boolean {
  const n = values.length;
  return lagOneCorrelation(values) > z95 / Math.sqrt(n) - 1 / n;
}
