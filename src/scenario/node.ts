import type { ArrivalsSpec } from "../arrivals/index.ts";
import type { DistributionSpec } from "../distributions/index.ts";
import type { KeepAlive, TargetFields } from "./scenario.ts";

/** Functions of others on the same nodes, each with arrivals of its own; nobody measures them. */
export interface NeighboursSpec {
  readonly count: number;
  readonly arrivals: ArrivalsSpec;
  readonly work: DistributionSpec;
}

/**
 * Many functions on shared nodes: pods start on demand, take memory, and share their node's cores fairly, by pod or by request.
 *
 * The scheduled requests are those of one function; `functions` − 1 others like it have arrivals of the same law, drawn for themselves.
 */
export interface NodeSpec extends TargetFields {
  readonly kind: "node";
  readonly nodes: number;
  /** Of one node. */
  readonly cores: number;
  /** Bytes of one node; Infinity where it does not bind. `memory` is what one pod takes. */
  readonly nodeMemory: number;
  readonly podsPerNode: number;
  /** Functions of the measured kind, the measured one included. */
  readonly functions: number;
  readonly neighbours: readonly NeighboursSpec[];
  /** Requests of one pod at once; Infinity for "unlimited". */
  readonly concurrency: number;
  /** The most cores a pod uses. */
  readonly podCores: number;
  /** Where all together want more than a node has, every pod gets the same, or every request. */
  readonly sharedBy: "pod" | "request";
  /** The part of a pod's start that needs no core. */
  readonly coldStart: DistributionSpec;
  /** Core time of a pod's start, after `coldStart`. */
  readonly startWork: DistributionSpec;
  readonly keepAlive: KeepAlive;
  /** Core time of a request's own instance, before its work. */
  readonly instanceStart: DistributionSpec;
}
