import type { Seconds } from "../base/units.ts";
import { kubeletConstants } from "../policies/scaling/kubeletConstants.ts";
import type { NodesSpec } from "../scenario/podStart.ts";
import { SharedCores } from "./sharedCores.ts";

/** One machine of the cluster. */
export interface ClusterNode {
  readonly number: number;
  pods: number;
  /** Starts in progress, and pods that wait for one of them to end. */
  starts: number;
  readonly held: number[];
  image: "absent" | "coming" | "there";
  /** Pods that wait for the image. */
  readonly imageWaiters: number[];
  /** The CPU work of starts; by pod. */
  readonly cores: SharedCores;
  /** Moves on when the next end of that work changes. */
  generation: number;
  /** Lost nodes take no pods. */
  isThere: boolean;
  speed: number;
  /** Of its kubelet's looks, in [0, 1) periods. */
  readonly phase: number;
}

const period = kubeletConstants.relistSeconds + kubeletConstants.lookSeconds;

/** The machines that pods are placed on: how many fit, and when a kubelet tells of what it has started. */
export class ClusterNodes {
  readonly all: readonly ClusterNode[];
  readonly #podsMax: number;

  /** @param spec null where nothing is said: one machine without limits */
  constructor(spec: NodesSpec | null, cores: number, uniform: () => number) {
    this.#podsMax = spec === null ? Infinity : roomFor(spec);
    this.all = Array.from({ length: spec?.count ?? 1 }, (_, number) => ({
      number,
      pods: 0,
      starts: 0,
      held: [],
      image: spec === null || spec.imageCached ? "there" : "absent",
      imageWaiters: [],
      cores: new SharedCores(spec?.cores ?? cores),
      generation: 0,
      isThere: true,
      speed: 1,
      phase: uniform(),
    }));
  }

  /** Takes a place on the node with the fewest pods, as the scheduler spreads them; −1: all are full. */
  place(): number {
    let best: ClusterNode | null = null;
    for (const node of this.all) if (node.isThere && (best === null || node.pods < best.pods)) best = node;
    if (best === null || best.pods >= this.#podsMax) return -1;
    best.pods++;
    return best.number;
  }

  /** When the kubelet of this node first tells of something that is so at `time`. */
  toldAt(node: number, time: Seconds): Seconds {
    const { phase } = this.all[node]!;
    return (Math.ceil(time / period - phase) + phase) * period + kubeletConstants.endpointsSeconds;
  }
}

/** Pods that fit on one node by number, requested memory and requested cores. */
function roomFor({ cores, memory, podMemory, podCpu, podsMax }: NodesSpec): number {
  const byMemory = podMemory > 0 ? Math.floor(memory / podMemory) : Infinity;
  const byCores = podCpu > 0 ? Math.floor(cores / podCpu + 1e-9) : Infinity;
  return Math.min(podsMax, byMemory, byCores);
}
