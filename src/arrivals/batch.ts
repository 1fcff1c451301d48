import type { Source } from "../random/source.ts";

/** The law of the number of requests that one event brings. */
export interface Batch {
  readonly mean: number;
  /** P(size = n). */
  probability(n: number): number;
  /** E[z^size] at complex z, |z| ≤ 1. */
  generating(z: { readonly re: number; readonly im: number }): { readonly re: number; readonly im: number };
  sampler(source: Source): () => number;
}
