import { check } from "../../base/check.ts";

/** Which of several activators one is. */
export interface ActivatorPlace {
  /** From 0; −1: not yet in the path. */
  readonly index: number;
  /** How many are in the path; 0 counts as 1. */
  readonly activators: number;
}

/**
 * One activator's contiguous share of n pods: places `begin` (inclusive) to `end` (exclusive), and how many pods are left over at the end.
 *
 * With fewer pods than activators each gets one, and several get the same.
 *
 * @param pods n, an integer ≥ 1
 * @param place an index ≥ 0 and activators ≥ 1
 * @throws {RangeError} if an argument is outside its domain
 * @see knative/serving pkg/activator/net/throttler.go, pickIndices (v0.50)
 * @example
 * sliceBounds(10, { index: 2, activators: 3 }) // => { begin: 6, end: 9, remnants: 1 }
 */
export function sliceBounds(
  pods: number,
  { index, activators }: ActivatorPlace,
): { readonly begin: number; readonly end: number; readonly remnants: number } {
  check(pods >= 1, "sliceBounds", "pods must be ≥ 1", pods);
  check(activators >= 1, "sliceBounds", "activators must be ≥ 1", activators);
  check(index >= 0, "sliceBounds", "index must be ≥ 0", index);
  if (activators > pods) return { begin: index % pods, end: (index % pods) + 1, remnants: 0 };
  const size = Math.floor(pods / activators);
  return { begin: index * size, end: (index + 1) * size, remnants: pods % activators };
}

/**
 * The pods that one activator sends to, so that limits per pod hold although no activator knows of the others' requests.
 *
 * Equal contiguous slices, the pods left over one each to the first activators. An activator that is not in the path yet, or the only one,
 * has all pods; so has everyone where there is only one pod.
 *
 * @param pods in order of their address, which all activators share
 * @see knative/serving pkg/activator/net/throttler.go, assignSlice (v0.50)
 * @example
 * podSlice(["a", "b", "c"], { index: 0, activators: 2 }) // => ["a", "c"]
 */
export function podSlice<T>(pods: readonly T[], place: ActivatorPlace): readonly T[] {
  const { index, activators } = place;
  if (index === -1 || activators <= 1 || pods.length <= 1) return pods;
  const { begin, end, remnants } = sliceBounds(pods.length, place);
  const own = pods.slice(begin, end);
  if (index < remnants) own.push(pods[pods.length - remnants + index]!);
  return own;
}

/**
 * An activator's place among those in the path: where its address comes in the sorted list; −1 where it is missing.
 *
 * @see knative/serving pkg/activator/net/throttler.go, inferIndex (v0.50)
 * @example
 * activatorIndex(["10.0.0.2", "10.0.0.1"], "10.0.0.2") // => 1
 */
export const activatorIndex = (addresses: readonly string[], own: string): number =>
  addresses.toSorted(byBytes).indexOf(own);

/** As upstream sorts addresses, whatever the locale. */
export const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
