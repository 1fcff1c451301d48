import type { Seconds } from "../base/units.ts";
import type { NodeSpec } from "../scenario/node.ts";
import { NodeCores } from "./nodeCores.ts";
import { SharedCores } from "./sharedCores.ts";

/** One of a function's pods. */
export interface NodePod {
  readonly number: number;
  readonly function: number;
  readonly machine: Machine;
  readonly orderedAt: Seconds;
  readonly cores: SharedCores;
  /** Infinity while it starts; −1 from before the beginning. */
  readyAt: Seconds;
  /** Requests in service. */
  busy: number;
  /** Moves on when its plans change, so that late events know. */
  generation: number;
  isFirst: boolean;
  isGone: boolean;
}

/** One node. */
export interface Machine {
  readonly number: number;
  readonly cores: NodeCores;
  readonly pods: Set<NodePod>;
  isThere: boolean;
  generation: number;
}

/** The pods of all functions on the nodes there are: who has room, and who has what. */
export class NodePods {
  readonly machines: readonly Machine[];
  /** By number; a number is used again. */
  readonly all: NodePod[] = [];
  starting = 0;
  up = 0;
  busy = 0;
  readonly #spec: NodeSpec;
  readonly #fits: number;
  readonly #free: number[] = [];

  constructor(spec: NodeSpec) {
    this.#spec = spec;
    const byMemory = spec.memory === undefined ? Infinity : Math.floor(spec.nodeMemory / spec.memory);
    this.#fits = Math.min(byMemory, spec.podsPerNode);
    this.machines = Array.from({ length: spec.nodes }, (_, number) => ({
      number,
      cores: new NodeCores(spec.cores, spec.podCores, spec.sharedBy),
      pods: new Set<NodePod>(),
      isThere: true,
      generation: 0,
    }));
  }

  /** A new pod on the node with the fewest; null where none has room. */
  order(now: Seconds, ofFunction: number): NodePod | null {
    let machine: Machine | null = null;
    for (const one of this.machines) {
      if (one.isThere && one.pods.size < (machine?.pods.size ?? this.#fits)) machine = one;
    }
    if (machine === null) return null;
    const number = this.#free.pop() ?? this.all.length;
    const pod: NodePod = {
      number,
      function: ofFunction,
      machine,
      orderedAt: now,
      cores: new SharedCores(this.#spec.podCores),
      readyAt: Infinity,
      busy: 0,
      generation: (this.all[number]?.generation ?? 0) + 1,
      isFirst: true,
      isGone: false,
    };
    this.all[number] = pod;
    machine.pods.add(pod);
    this.starting++;
    return pod;
  }

  rise(now: Seconds, pod: NodePod): void {
    pod.readyAt = now;
    this.starting--;
    this.up++;
  }

  enter(pod: NodePod): void {
    if (pod.busy++ === 0) this.busy++;
  }

  exit(pod: NodePod): void {
    if (--pod.busy === 0) this.busy--;
  }

  remove(pod: NodePod): void {
    if (pod.readyAt === Infinity) this.starting--;
    else this.up--;
    if (pod.busy > 0) this.busy--;
    pod.isGone = true;
    pod.generation++;
    pod.machine.cores.setActive(pod.number, pod.cores, false);
    pod.machine.pods.delete(pod);
    this.#free.push(pod.number);
  }
}
