import type { Source } from "../random/source.ts";
import type { PopSpec } from "./edge.ts";

/**
 * Chooses a point of presence for one request after another, by the shares: what simulator and replay have in common.
 *
 * @returns a function whose every call yields the next request's index into `pops`
 */
export function popChooser(pops: readonly PopSpec[], uniform: Source): () => number {
  let sum = 0;
  const upTo = Float64Array.from(pops, ({ share }) => (sum += share));
  return () => {
    const drawn = uniform();
    let pop = 0;
    while (pop < upTo.length - 1 && drawn >= upTo[pop]!) pop++;
    return pop;
  };
}

/** The stream that a target's requests are spread by, of a scenario's seed and replication. */
export const popStream = (seed: number, target: string, replication = 0) =>
  [seed, target, "dispatch", replication] as const;
