import { invariant } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { type PodStart, type PodStartStep, podStartSteps } from "../scenario/podStart.ts";
import type { KnativeSpec, SpinkubeSpec } from "../scenario/scenario.ts";
import { type Calendar, widened } from "./calendar.ts";
import { type ClusterNode, ClusterNodes } from "./clusterNodes.ts";
import { facts, startSteps } from "./facts.ts";
import { type RunInput, samplerOf, streamOf } from "./run.ts";
import type { Recorder } from "./runRecorder.ts";

/** What a starting pod waits for. */
const settled = 0;
const control = 1;
const place = 2;
const binding = 3;
const slot = 4;
const sandbox = 5;
const image = 6;
const containers = 7;
const work = 8;
const opening = 9;
/** What ends with a stage, where that is a step of its own. */
const stageSteps: { readonly [stage: number]: (typeof startSteps)[number] } = {
  [control]: "control",
  [binding]: "schedule",
  [sandbox]: "sandbox",
  [opening]: "endpoint",
};
const beforeContainers = ["control", "schedule", "sandbox", "pull", "unpack"] as const;

/** What is known of a pod once its containers run. */
export interface Started {
  readonly runsAt: Seconds;
  readonly listensAt: Seconds;
  /** Its kubelet has told of it, and everyone has heard; without kubelets at once. */
  readonly toldAt: Seconds;
}

/** The kinds of events: a pod's step, a node's CPU work of starts, an image that a node fetches. */
export interface StartKinds {
  readonly step: number;
  readonly nodeWork: number;
  readonly image: number;
}

/**
 * Pods from the order to the moment they get requests: placed on a node, started by its kubelet in steps, on cores that all starts share.
 *
 * `podStart` is what a start takes on a node with nothing else to do, `startWork` of it included; where several starts share the cores that
 * part becomes longer. A pod that fits nowhere waits until another one has left its node. Nodes have kubelets, which tell of running
 * containers once a second; without `nodes` there is one machine without limits, and a start takes what its steps sum to.
 */
export class PodStarts {
  /** By pod: when its process listens; −1 from before the beginning. */
  listensAt = new Float64Array(16);
  /** Starts step by step on nodes, whose kubelets tell of them late. */
  readonly hasKubelets: boolean;

  readonly #calendar: Calendar;
  readonly #recorder: Recorder;
  readonly #kinds: StartKinds;
  readonly #opensAt: (started: Started) => Seconds;
  readonly #isPlain: boolean;
  readonly #isStated: boolean;
  readonly #startsAtOnce: number;
  readonly #nodes: ClusterNodes;
  readonly #draw: Readonly<Record<PodStartStep, () => Seconds>>;
  readonly #drawWork: () => Seconds;
  readonly #drawStopWork: () => Seconds;
  /** Pods that fit nowhere, in order. */
  readonly #pending: number[] = [];
  #stage = new Uint8Array(16);
  #node = new Int32Array(16).fill(-1);
  #generation = new Int32Array(16);
  /** Of the start in progress: seconds of a core, and what of the containers' start is none. */
  #work = new Float64Array(16);
  #rest = new Float64Array(16);

  /** @param opensAt when a pod whose containers run is sent requests */
  constructor(
    input: RunInput<KnativeSpec | SpinkubeSpec>,
    calendar: Calendar,
    kinds: StartKinds,
    opensAt: (started: Started) => Seconds,
  ) {
    const { podStart, startWork, stopWork, startsAtOnce = Infinity, nodes = null, cores } = input.target;
    this.#calendar = calendar;
    this.#recorder = input.recorder;
    this.#kinds = kinds;
    this.#opensAt = opensAt;
    this.hasKubelets = nodes !== null && podStart?.kind === "steps";
    this.#isPlain = nodes === null && startWork === undefined && startsAtOnce === Infinity;
    this.#isStated = nodes !== null;
    this.#startsAtOnce = startsAtOnce;
    this.#nodes = new ClusterNodes(nodes, cores, streamOf(input, "kubelet"));
    this.#draw = samplersOf(input, podStart ?? { kind: "deterministic", value: 0 });
    this.#drawWork = startWork === undefined ? () => 0 : samplerOf(input, "startWork", startWork);
    this.#drawStopWork = stopWork === undefined ? () => 0 : samplerOf(input, "stopWork", stopWork);
  }

  order(now: Seconds, pod: number): void {
    while (pod >= this.#stage.length) this.#grow();
    this.#generation[pod]!++;
    this.#recorder.note(now, facts.ordered, pod, 0);
    const draw = this.#draw;
    if (this.#isPlain) {
      let whole = 0;
      for (const step of beforeContainers) {
        whole += draw[step]();
        this.#noteStep(now + whole, pod, step);
      }
      this.#open(now + (whole + draw.containers()), pod);
    } else {
      this.#go(now + draw.control(), pod, control);
    }
  }

  /** One that has run since before the beginning; false where no node has room for it. */
  begin(pod: number): boolean {
    while (pod >= this.#stage.length) this.#grow();
    const node = this.#nodes.place();
    if (node < 0) return false;
    this.#node[pod] = node;
    this.#nodes.all[node]!.image = "there";
    this.listensAt[pod] = -1;
    this.#stage[pod] = settled;
    return true;
  }

  /** The pod is wanted no more while it starts; its place is free once `gone` is called. */
  cancel(now: Seconds, pod: number): void {
    const stage = this.#stage[pod]!;
    this.#generation[pod]!++;
    this.#stage[pod] = settled;
    if (stage === place) drop(this.#pending, pod);
    const node = this.#nodes.all[this.#node[pod]!];
    if (node === undefined) return;
    if (stage === slot) drop(node.held, pod);
    if (stage === image) drop(node.imageWaiters, pod);
    if (stage === work) {
      node.cores.remove(now, pod);
      this.#plan(now, node);
    }
    if (stage >= sandbox && stage <= work) this.#freeSlot(now, node);
  }

  /** The pod has left its node; its place goes to one that waits for it. */
  gone(now: Seconds, pod: number): void {
    this.#recorder.note(now, facts.gone, pod, 0);
    const node = this.#nodes.all[this.#node[pod]!];
    this.#node[pod] = -1;
    if (node === undefined) return;
    node.pods--;
    const next = this.#pending.shift();
    if (next !== undefined) this.#place(now, next);
  }

  /** Of the node the pod is on, as a share of the usual. */
  speedOf(pod: number): number {
    return this.#nodes.all[this.#node[pod]!]?.speed ?? 1;
  }

  /** No more pods there; returns those it had. Without stated nodes there is none to lose, nor to slow down. */
  closeNode(nodeNumber: number): number[] {
    const node = this.#isStated ? this.#nodes.all[nodeNumber] : undefined;
    if (node === undefined) return [];
    node.isThere = false;
    return this.#podsOn(nodeNumber);
  }

  openNode(now: Seconds, nodeNumber: number): void {
    const node = this.#isStated ? this.#nodes.all[nodeNumber] : undefined;
    if (node === undefined) return;
    node.isThere = true;
    for (const pod of this.#pending.splice(0)) this.#place(now, pod);
  }

  /** From now on the node works at this share of its speed; returns the pods it has. */
  setSpeed(now: Seconds, nodeNumber: number, speed: number): number[] {
    const node = this.#isStated ? this.#nodes.all[nodeNumber] : undefined;
    if (node === undefined) return [];
    node.speed = speed;
    node.cores.setSpeed(now, speed);
    this.#plan(now, node);
    return this.#podsOn(nodeNumber);
  }

  #podsOn(nodeNumber: number): number[] {
    return [...this.#node.keys()].filter((pod) => this.#node[pod] === nodeNumber);
  }

  /** A step of a pod has ended; true: it gets requests from now on. */
  step(now: Seconds, pod: number, generation: number): boolean {
    if (generation !== this.#generation[pod]) return false;
    switch (this.#stage[pod]) {
      case control:
        this.#place(now, pod);
        return false;
      case binding:
        this.#askSlot(now, pod);
        return false;
      case sandbox:
        this.#needImage(now, pod);
        return false;
      case containers:
        this.#useCores(now, pod);
        return false;
      default:
        invariant(this.#stage[pod] === opening, "a pod that starts has a next step");
        this.#stage[pod] = settled;
        return true;
    }
  }

  /** A pod's containers are taken down; false: that takes no work, and it is `gone` at once. Otherwise `workEnds` tells. */
  stop(now: Seconds, pod: number): boolean {
    const node = this.#nodes.all[this.#node[pod]!];
    const cpu = node === undefined ? 0 : this.#drawStopWork();
    if (node === undefined || cpu === 0) return false;
    node.cores.add(now, ~pod, cpu);
    this.#plan(now, node);
    return true;
  }

  /** The CPU work of some pod's start or stop may have ended; returns the pod that has stopped, or −1. */
  workEnds(now: Seconds, nodeNumber: number, generation: number): number {
    const node = this.#nodes.all[nodeNumber]!;
    if (generation !== node.generation) return -1;
    const ended = node.cores.pop(now);
    this.#plan(now, node);
    if (ended < 0) return ~ended;
    this.#started(now, ended, node);
    return -1;
  }

  imageCame(now: Seconds, nodeNumber: number): void {
    const node = this.#nodes.all[nodeNumber]!;
    node.image = "there";
    for (const waiter of node.imageWaiters.splice(0)) {
      this.#noteStep(now, waiter, "unpack");
      this.#run(now, waiter);
    }
  }

  #go(time: Seconds, pod: number, stage: number): void {
    this.#stage[pod] = stage;
    this.#noteStep(time, pod, stageSteps[stage]);
    this.#calendar.schedule(time, this.#kinds.step, pod, this.#generation[pod]!);
  }

  #place(now: Seconds, pod: number): void {
    const node = this.#nodes.place();
    this.#node[pod] = node;
    if (node >= 0) {
      this.#go(now + this.#draw.schedule(), pod, binding);
    } else {
      this.#stage[pod] = place;
      this.#pending.push(pod);
    }
  }

  #askSlot(now: Seconds, pod: number): void {
    const node = this.#nodes.all[this.#node[pod]!]!;
    if (node.starts >= this.#startsAtOnce) {
      this.#stage[pod] = slot;
      node.held.push(pod);
      return;
    }
    node.starts++;
    const sandboxTime = this.#draw.sandbox();
    const containersTime = this.#draw.containers();
    const cpu = this.#drawWork();
    this.#work[pod] = cpu;
    this.#rest[pod] = Math.max(0, containersTime - cpu);
    this.#go(now + Math.max(0, sandboxTime - Math.max(0, cpu - containersTime)), pod, sandbox);
  }

  #freeSlot(now: Seconds, node: ClusterNode): void {
    node.starts--;
    const next = node.held.shift();
    if (next !== undefined) this.#askSlot(now, next);
  }

  /** A node fetches an image once, for all pods that wait for it. */
  #needImage(now: Seconds, pod: number): void {
    const nodeNumber = this.#node[pod]!;
    const node = this.#nodes.all[nodeNumber]!;
    if (node.image === "there") {
      this.#run(now, pod);
      return;
    }
    this.#stage[pod] = image;
    node.imageWaiters.push(pod);
    if (node.image === "coming") return;
    node.image = "coming";
    this.#calendar.schedule(now + this.#draw.pull() + this.#draw.unpack(), this.#kinds.image, nodeNumber);
  }

  #run(now: Seconds, pod: number): void {
    this.#go(now + this.#rest[pod]!, pod, containers);
  }

  #useCores(now: Seconds, pod: number): void {
    const node = this.#nodes.all[this.#node[pod]!]!;
    if (this.#work[pod] === 0) {
      this.#started(now, pod, node);
      return;
    }
    this.#stage[pod] = work;
    node.cores.add(now, pod, this.#work[pod]!);
    this.#plan(now, node);
  }

  #plan(now: Seconds, node: ClusterNode): void {
    const end = node.cores.nextEnd(now);
    const generation = ++node.generation;
    if (end < Infinity) this.#calendar.schedule(end, this.#kinds.nodeWork, node.number, generation);
  }

  #started(now: Seconds, pod: number, node: ClusterNode): void {
    this.#open(now, pod);
    this.#freeSlot(now, node);
  }

  /** Its containers run at this instant. */
  #open(runsAt: Seconds, pod: number): void {
    const listensAt = runsAt + this.#draw.process();
    const toldAt = this.hasKubelets ? this.#nodes.toldAt(this.#node[pod]!, runsAt) : runsAt;
    this.listensAt[pod] = listensAt;
    this.#noteStep(runsAt, pod, "containers");
    this.#noteStep(listensAt, pod, "process");
    this.#go(this.#opensAt({ runsAt, listensAt, toldAt }), pod, opening);
  }

  #noteStep(until: Seconds, pod: number, step: (typeof startSteps)[number] | undefined): void {
    if (step !== undefined) this.#recorder.note(until, facts.stepEnds, pod, startSteps.indexOf(step));
  }

  #grow(): void {
    const length = 2 * this.#stage.length;
    this.#stage = widened(this.#stage, new Uint8Array(length));
    this.#node = widened(this.#node, new Int32Array(length).fill(-1));
    this.#generation = widened(this.#generation, new Int32Array(length));
    this.#work = widened(this.#work, new Float64Array(length));
    this.#rest = widened(this.#rest, new Float64Array(length));
    this.listensAt = widened(this.listensAt, new Float64Array(length));
  }
}

const drop = (list: number[], pod: number): void => {
  const at = list.indexOf(pod);
  if (at >= 0) list.splice(at, 1);
};

/** A start that is one time counts as its containers'. */
function samplersOf(input: RunInput, start: PodStart): Readonly<Record<PodStartStep, () => Seconds>> {
  const samplers = podStartSteps.map((step) => {
    if (start.kind === "steps") return [step, samplerOf(input, `podStart.${step}`, start[step])];
    return [step, step === "containers" ? samplerOf(input, "podStart", start) : () => 0];
  });
  return Object.fromEntries(samplers);
}
