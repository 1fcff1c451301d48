import type { Seconds } from "../base/units.ts";
import type { DistributionSpec } from "../distributions/index.ts";

/** The steps of a pod's start, one after another, in this order. */
export const podStartSteps = ["control", "schedule", "sandbox", "pull", "unpack", "containers", "process"] as const;
export type PodStartStep = (typeof podStartSteps)[number];

/** A pod's start told step by step; a step that takes no time is a deterministic 0. */
export type PodStartSteps = { readonly kind: "steps" } & Readonly<Record<PodStartStep, DistributionSpec>>;

/** From the order to the moment the pod can serve: as one time, or step by step. */
export type PodStart = DistributionSpec | PodStartSteps;

/** What pods run on. */
export interface NodesSpec {
  readonly count: number;
  /** Of each node. */
  readonly cores: number;
  /** Bytes of each node; Infinity where nothing is said. */
  readonly memory: number;
  /** Bytes a pod requests. */
  readonly podMemory: number;
  /** Cores a pod requests. */
  readonly podCpu: number;
  /** Pods a node may hold; a kubelet allows 110. */
  readonly podsMax: number;
  /** Whether each node holds the image from the start; if not, the first pod of a node pulls and unpacks it. */
  readonly imageCached: boolean;
}

/** When Kubernetes counts a pod as ready by its own look, and not as soon as its container runs. */
export interface ReadinessCheck {
  /** From the container's start to the first look. */
  readonly initialDelay: Seconds;
  readonly period: Seconds;
}
