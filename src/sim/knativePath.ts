import type { Seconds } from "../base/units.ts";
import { type KnativeStat, knativeConstants } from "../policies/scaling/index.ts";
import type { KnativeSpec } from "../scenario/scenario.ts";
import type { Calendar } from "./calendar.ts";
import { facts } from "./facts.ts";
import { type KnativeActivator, KnativeActivators } from "./knativeActivators.ts";
import { draining, type KnativePods, up } from "./knativePods.ts";
import type { PodMeter } from "./podMeter.ts";
import { PodWork, type WorkKinds } from "./podWork.ts";
import { left, Requests, serving, waiting as waitingState } from "./requests.ts";
import { networkSampler, type RunInput, samplerOf, streamOf } from "./run.ts";
import { type FailureIndex, rejected, reset, timeout } from "./runRecorder.ts";

/** A request's flag is the number of its activator, or this where it went to its pod past them. */
const direct = 255;
/** In place of a pod's number. */
const heldByActivator = -1;

/** What the data path tells of, and the kinds of its events. */
export interface PathOwner extends WorkKinds {
  readonly deadline: number;
  /** An activator has told of load at once. */
  loaded(now: Seconds, stat: KnativeStat): void;
  /** The busy pods have changed. */
  gauge(now: Seconds): void;
  /** A pod that was told to stop has ended its last request. */
  drained(now: Seconds, pod: number): void;
  /** A request is over. */
  ended(id: number): void;
}

/**
 * The way of a request on Knative: activator or straight to a pod, queue-proxy, the user's container.
 *
 * In Proxy mode a uniformly random activator of those in the path holds a request until a pod of its slice has a free slot; in Serve mode it goes
 * to a uniformly random ready pod, whose queue-proxy queues 10 × the container concurrency and turns away the rest.
 */
export class KnativePath {
  mode: "serve" | "proxy" = "proxy";
  readonly activators: KnativeActivators;
  readonly requests = new Requests();
  readonly work: PodWork;

  readonly #input: RunInput<KnativeSpec>;
  readonly #calendar: Calendar;
  readonly #pods: KnativePods;
  readonly #owner: PathOwner;
  readonly #uniform: () => number;
  readonly #meter: PodMeter | null;
  readonly #drawNetwork: () => Seconds;
  readonly #drawFirstWork: (() => Seconds) | null;

  /** @param meter what an autoscaler on the pods' own metrics reads; null: nobody does */
  constructor(
    input: RunInput<KnativeSpec>,
    calendar: Calendar,
    pods: KnativePods,
    { owner, meter }: { readonly owner: PathOwner; readonly meter: PodMeter | null },
  ) {
    const { target } = input;
    this.#meter = meter;
    this.#input = input;
    this.#calendar = calendar;
    this.#pods = pods;
    this.#owner = owner;
    this.work = new PodWork(input, calendar, this.requests, {
      pods,
      kinds: owner,
      onCores: target.workIs === "cpu",
      depart: (now, id) => this.#depart(now, id),
    });
    this.#uniform = streamOf(input, "dispatch");
    this.activators = new KnativeActivators(target, this.#uniform);
    this.#drawNetwork = networkSampler(input);
    this.#drawFirstWork = target.firstWork === null ? null : samplerOf(input, "firstWork", target.firstWork);
  }

  /** A request there is, before it is sent anywhere. */
  open(now: Seconds, work: Seconds, number: number): number {
    const id = this.requests.open(now, work * this.#input.target.workFactor, this.#drawNetwork(), number);
    this.requests.instance[id] = heldByActivator;
    return id;
  }

  send(now: Seconds, id: number): void {
    const { ready } = this.#pods;
    if (this.mode === "serve" && ready.length > 0) {
      this.#arriveAtPod(now, id, ready[Math.floor(this.#uniform() * ready.length)]!);
    } else {
      this.#arriveAtActivator(now, id);
    }
  }

  #arriveAtActivator(now: Seconds, id: number): void {
    const chosen = this.activators.choose();
    this.requests.flags[id] = chosen;
    const activator = this.activators.all[chosen]!;
    if (activator.waitingCount >= knativeConstants.activatorQueueDepth) {
      this.#fail(id, rejected);
      return;
    }
    const first = activator.reporter.enter(now);
    const pod = activator.waitingCount === 0 ? activator.throttler.take() : -1;
    if (pod >= 0) {
      this.#forward(now, id, pod);
    } else {
      activator.waiting.push(id);
      activator.waitingCount++;
      this.#input.recorder.note(now, facts.held, this.requests.number[id]!, chosen);
      this.#setDeadline(now, id);
    }
    if (first !== null) this.#owner.loaded(now, first);
  }

  #fail(id: number, kind: FailureIndex): void {
    this.#input.recorder.failed(this.requests.at[id]!, kind, this.requests.number[id]!);
    this.#close(id);
  }

  /** A request that was never sent, and never will be. */
  abandon(id: number): void {
    this.#input.recorder.failed(this.requests.at[id]!, timeout, this.requests.number[id]!);
    this.requests.close(id);
  }

  #close(id: number): void {
    this.#owner.ended(id);
    this.requests.close(id);
  }

  #setDeadline(now: Seconds, id: number): void {
    const { target } = this.#input;
    if (target.timeout === Infinity) return;
    const at = Math.max(now, this.requests.at[id]! + target.timeout);
    this.#calendar.schedule(at, this.#owner.deadline, id, this.requests.generation[id]!);
  }

  /** Activator to pod; its queue-proxy still has the last word, because direct requests may hold its slots and places. */
  #forward(now: Seconds, id: number, pod: number): void {
    this.requests.instance[id] = pod;
    if (this.#join(now, id, pod)) return;
    this.#leave(now, id, pod);
    this.#fail(id, rejected);
  }

  #arriveAtPod(now: Seconds, id: number, pod: number): void {
    this.requests.instance[id] = pod;
    this.requests.flags[id] = direct;
    if (this.#join(now, id, pod)) this.#pods.changeDirect(now, pod, 1);
    else this.#fail(id, rejected);
  }

  /** The pod serves the request or queues it; false where it is full. */
  #join(now: Seconds, id: number, pod: number): boolean {
    const breaker = this.#pods.breaker[pod]!;
    if (breaker.reserve()) {
      this.#serve(now, id, pod);
      return true;
    }
    if (!breaker.enter()) return false;
    this.#pods.queue[pod]!.push(id);
    this.#input.recorder.note(now, facts.queued, this.requests.number[id]!, pod);
    this.#setDeadline(now, id);
    return true;
  }

  #serve(now: Seconds, id: number, pod: number): void {
    const { requests } = this;
    const pods = this.#pods;
    const at = requests.at[id]!;
    const readyAt = pods.readyAt[pod]!;
    if (readyAt > at) {
      requests.isCold[id] = 1;
      requests.cold[id] = readyAt - at;
    }
    if (pods.firstPending[pod] === 1) {
      pods.firstPending[pod] = 0;
      if (this.#drawFirstWork !== null) requests.work[id] = this.#drawFirstWork();
    }
    requests.state[id] = serving;
    this.#input.recorder.note(now, facts.served, requests.number[id]!, pod);
    this.#meter?.change(now, pod, 1);
    if (pods.breaker[pod]!.running === 1 && pods.state[pod] === up) {
      pods.busy++;
      this.#owner.gauge(now);
    }
    this.work.begin(now, id, pod, 0);
  }

  #depart(now: Seconds, id: number): void {
    const { requests } = this;
    this.#meter?.change(now, requests.instance[id]!, -1);
    const pods = this.#pods;
    const pod = requests.instance[id]!;
    const at = requests.at[id]!;
    const work = requests.work[id]!;
    const cold = requests.cold[id]!;
    const queue = Math.max(0, now - at - cold - work);
    const { recorder } = this.#input;
    const number = requests.number[id]!;
    recorder.completed(at, requests.network[id]!, cold, 0, queue, work, requests.isCold[id]!, 0, number);
    const sender = this.#leave(now, id, pod);
    this.#close(id);
    const breaker = pods.breaker[pod]!;
    breaker.finish();
    const isEmpty = breaker.running === 0 && pods.state[pod] === up;
    if (isEmpty) pods.busy--; // Before the next is served, which makes it busy again.
    this.#serveQueued(now, pod);
    if (isEmpty) this.#owner.gauge(now);
    if (pods.state[pod] === draining && breaker.running === 0) this.#owner.drained(now, pod);
    if (sender !== null) this.#settle(now, sender);
  }

  /** A pod that gets no more requests loses all it has, in service and in its queue-proxy. */
  crash(now: Seconds, pod: number): void {
    const { requests } = this;
    const breaker = this.#pods.breaker[pod]!;
    const senders = new Set<KnativeActivator>();
    for (const id of requests.atInstance(pod)) {
      this.#input.recorder.failed(requests.at[id]!, reset, requests.number[id]!);
      const sender = this.#leave(now, id, pod);
      if (sender !== null) senders.add(sender);
      if (requests.state[id] === serving) {
        this.#meter?.change(now, pod, -1);
        this.work.drop(now, id, pod);
        breaker.finish();
        this.#close(id);
      } else {
        breaker.leave();
        this.#owner.ended(id);
        requests.abandon(id);
      }
    }
    const queue = this.#pods.queue[pod]!;
    while (queue.size > 0) requests.release(queue.shift());
    for (const sender of senders) this.#settle(now, sender);
  }

  /** The request is no longer in hand of whoever counts it; returns the activator that has a slot again. */
  #leave(now: Seconds, id: number, pod: number): KnativeActivator | null {
    const sender = this.requests.flags[id]!;
    if (sender === direct) {
      this.#pods.changeDirect(now, pod, -1);
      return null;
    }
    const activator = this.activators.all[sender]!;
    activator.throttler.release(pod);
    activator.reporter.leave(now);
    return activator;
  }

  #serveQueued(now: Seconds, pod: number): void {
    const queue = this.#pods.queue[pod]!;
    while (queue.size > 0) {
      const id = queue.first;
      const hasLeft = this.requests.state[id] === left;
      if (!hasLeft && !this.#pods.breaker[pod]!.start()) return;
      queue.shift();
      if (hasLeft) this.requests.release(id);
      else this.#serve(now, id, pod);
    }
  }

  /** The activator sends what it holds to pods with a free slot. */
  #settle(now: Seconds, activator: KnativeActivator): void {
    const { waiting } = activator;
    while (activator.waitingCount > 0) {
      const pod = activator.throttler.take();
      if (pod < 0) return;
      let id = waiting.shift();
      while (this.requests.state[id] === left) {
        this.requests.release(id);
        id = waiting.shift();
      }
      activator.waitingCount--;
      this.#forward(now, id, pod);
    }
  }

  /** The pods that can serve, or the activators in the path, have changed. */
  assignPods(now: Seconds): void {
    this.activators.assign(this.#pods.up);
    for (const activator of this.activators.all) this.#settle(now, activator);
  }

  /** So many activators are wanted in the path. */
  pathThrough(now: Seconds, wanted: number): void {
    if (this.activators.pathThrough(wanted)) this.assignPods(now);
  }

  giveUp(now: Seconds, id: number, generation: number): void {
    const { requests } = this;
    if (generation !== requests.generation[id] || requests.state[id] !== waitingState) return;
    this.#input.recorder.failed(requests.at[id]!, timeout, requests.number[id]!);
    const pod = requests.instance[id]!;
    this.#owner.ended(id);
    requests.abandon(id);
    if (pod !== heldByActivator) {
      this.#pods.breaker[pod]!.leave();
      const sender = this.#leave(now, id, pod);
      if (sender !== null) this.#settle(now, sender);
    } else {
      const activator = this.activators.all[requests.flags[id]!]!;
      activator.reporter.leave(now);
      activator.waitingCount--;
    }
  }
}
