import type { DistributionSpec } from "../distributions/index.ts";
import type { KeepAlive, TargetFields } from "./scenario.ts";

/** One point of presence. */
export interface PopSpec {
  readonly name: string;
  /** Of the requests, in (0, 1]; the shares sum to 1. */
  readonly share: number;
  /** User to point of presence and back. */
  readonly roundTrip: DistributionSpec;
}

/**
 * Functions at points of presence: a request goes to one of them at random, by its share, and gets a fresh instance there.
 *
 * Every point is one host with room for all that come. With a `coldStart` it first loads the application, for everybody who waits; it
 * forgets it again `keepAlive` after its last request.
 */
export interface EdgeSpec extends TargetFields {
  readonly kind: "edge";
  readonly pops: readonly PopSpec[];
  /** A request's own instance, before its work. */
  readonly instanceStart: DistributionSpec;
  /** Null: the application is loaded everywhere, always. */
  readonly coldStart: DistributionSpec | null;
  readonly keepAlive: KeepAlive;
}

/** What a request's time at an edge target is made of: its stages in an answer. */
export const edgeParts = ["network", "compute"] as const;
