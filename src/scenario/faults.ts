import type { Seconds } from "../base/units.ts";

interface FaultFields {
  readonly at: Seconds;
  /** Again so long after each; absent: once. */
  readonly every?: Seconds;
  /** Names of the targets that it befalls; absent: all for which it has a meaning. */
  readonly targets?: readonly string[];
}

/** So many pods, chosen at random, are gone with every request in them; the platform starts others as it always does. */
export interface PodCrash extends FaultFields {
  readonly kind: "podCrash";
  readonly pods: number;
}

/** A node is gone with everything on it, and back, empty, after a while. */
export interface NodeLoss extends FaultFields {
  readonly kind: "nodeLoss";
  /** From 0. */
  readonly node: number;
  /** Absent: for good. */
  readonly lasts?: Seconds;
}

/** A node's cores work at a share of their speed. */
export interface SlowNode extends FaultFields {
  readonly kind: "slowNode";
  readonly node: number;
  /** Absent: for good. */
  readonly lasts?: Seconds;
  /** In (0, 1]. */
  readonly speed: number;
}

/** The broker takes and gives nothing. */
export interface BrokerPause extends FaultFields {
  readonly kind: "brokerPause";
  readonly lasts: Seconds;
}

/** The autoscaler forgets what it has seen, and decides nothing while it is away. */
export interface AutoscalerRestart extends FaultFields {
  readonly kind: "autoscalerRestart";
  readonly lasts: Seconds;
}

/** Something that goes wrong at a stated instant. */
export type FaultSpec = PodCrash | NodeLoss | SlowNode | BrokerPause | AutoscalerRestart;
