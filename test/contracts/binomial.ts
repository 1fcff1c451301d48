/** Whether a count out of n is one that a fair draw with probability p misses less than once in a million tests. */
export function binomialWithin(count: number, n: number, p: number): boolean {
  return Math.abs(count - n * p) <= 4.9 * Math.sqrt(n * p * (1 - p)) + 4;
}
