/**
 * The most requests that are in service at once if each is served from its arrival on: how large a burst a schedule holds.
 *
 * @param arrivals instants, never decreasing, and each request's work
 * @example
 * peakConcurrency({ at: Float64Array.of(0, 0, 1), work: Float64Array.of(0.5, 2, 1) }, 1) // => 2
 */
export function peakConcurrency(
  { at, work }: { readonly at: Float64Array; readonly work: Float64Array },
  workFactor: number,
): number {
  const ends = at.map((instant, i) => instant + work[i]! * workFactor).sort();
  let peak = 0;
  let ended = 0;
  for (let i = 0; i < at.length; i++) {
    while (ends[ended]! <= at[i]!) ended++;
    peak = Math.max(peak, i + 1 - ended);
  }
  return peak;
}
