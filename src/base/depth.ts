/**
 * The keys that lead to the first part of a value that is nested deeper than `levels` mappings and lists; undefined where none is.
 *
 * Looks no further than that, so a value that holds itself is soon found too deep.
 *
 * @param levels an integer ≥ 0
 * @example
 * tooDeep({ a: [{ b: [1] }] }, 3) // => ["a", "0", "b"]
 * @example
 * tooDeep({ a: [1] }, 2) // => undefined
 */
export function tooDeep(value: unknown, levels: number): readonly string[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (levels === 0) return [];
  for (const key of Object.keys(value)) {
    const rest = tooDeep((value as Record<string, unknown>)[key], levels - 1);
    if (rest !== undefined) return [key, ...rest];
  }
  return undefined;
}
