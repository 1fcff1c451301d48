import { invariant } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { knativeConstants } from "../policies/scaling/index.ts";
import type { KnativeSpec } from "../scenario/scenario.ts";
import { Calendar } from "./calendar.ts";
import { type KnativeActivator, KnativeActivators } from "./knativeActivators.ts";
import { KnativeControl } from "./knativeControl.ts";
import { draining, KnativePods, up } from "./knativePods.ts";
import { left, Requests, serving, waiting as waitingState } from "./requests.ts";
import { networkSampler, podStartSampler, type RunInput, samplerOf, streamOf } from "./run.ts";
import { rejected, timeout } from "./runRecorder.ts";

const departure = 0;
const sharedDeparture = 1;
const podServes = 2;
const podCounted = 3;
const deadline = 4;
const tick = 5;
const scrape = 6;
const report = 7;
const recheck = 8;

/** A request's flag is the number of its activator, or this where it went to its pod past them. */
const direct = 255;
/** In place of a pod's number. */
const heldByActivator = -1;

/**
 * A `knative` target: activator, queue-proxies, and the autoscaler's own loop on reported, delayed, windowed numbers.
 *
 * In Proxy mode a uniformly random activator of those in the path holds a request until a pod of its slice has a free slot; in Serve mode it goes
 * to a uniformly random ready pod, whose queue-proxy queues 10 × the container concurrency and turns away the rest. The autoscaler decides
 * every 2 s (random phase) on the activators' reports and the scrapes of the pods, both a period late.
 */
export class KnativeRun {
  readonly #input: RunInput<KnativeSpec>;
  readonly #calendar = new Calendar();
  readonly #requests = new Requests();
  readonly #pods: KnativePods;
  readonly #activators: KnativeActivators;
  readonly #control: KnativeControl;
  readonly #uniform: () => number;
  readonly #sampling: () => number;
  readonly #sharesCores: boolean;
  readonly #drawNetwork: () => Seconds;
  readonly #drawPodStart: () => Seconds;
  readonly #drawReadyDelay: () => Seconds;
  readonly #drawFirstWork: (() => Seconds) | null;
  #recheckGeneration = 0;

  constructor(input: RunInput<KnativeSpec>) {
    const { target } = input;
    this.#input = input;
    this.#pods = new KnativePods(target);
    this.#sharesCores = target.workIs === "cpu";
    this.#uniform = streamOf(input, "dispatch");
    this.#sampling = streamOf(input, "sampling");
    this.#activators = new KnativeActivators(target, this.#uniform);
    this.#drawNetwork = networkSampler(input);
    this.#drawPodStart = podStartSampler(input, target.podStart);
    this.#drawReadyDelay = samplerOf(input, "readyDelay", target.readyDelay);
    this.#drawFirstWork = target.firstWork === null ? null : samplerOf(input, "firstWork", target.firstWork);

    const phase = streamOf(input, "phase");
    const pods = this.#pods;
    const deployment = {
      get readyPods() {
        return pods.ready.length;
      },
      scaleTo: (now: Seconds, replicas: number) => this.#scaleTo(now, replicas),
      pathThrough: (now: Seconds, activators: number) => this.#pathThrough(now, activators),
      wakeAt: (time: Seconds) => this.#calendar.schedule(time, recheck, 0, ++this.#recheckGeneration),
    };
    this.#control = new KnativeControl(target, deployment, phase());
    for (let i = 0; i < target.minScale; i++) pods.begin();
    this.#pathThrough(0, this.#control.activatorsFirst);
    this.#calendar.schedule(phase() * knativeConstants.tickSeconds, tick, 0);
    this.#calendar.schedule(phase() * knativeConstants.scrapeSeconds, scrape, 0);
    for (const i of this.#activators.all.keys()) {
      this.#calendar.schedule(phase() * knativeConstants.reportSeconds, report, i);
    }
  }

  run(): void {
    const { cursor, duration, recorder } = this.#input;
    const calendar = this.#calendar;
    let at = cursor.next() ? cursor.atSeconds : Infinity;
    let end = at === Infinity && duration === Infinity ? 0 : duration;
    this.#gauge(0);
    for (;;) {
      const time = calendar.nextTime;
      if (at < time) {
        this.#arrive(at, cursor.workSeconds);
        const previous = at;
        at = cursor.next() ? cursor.atSeconds : Infinity;
        if (at === Infinity && end === Infinity) {
          end = previous;
          recorder.endAt(end);
        }
        continue;
      }
      if (at === Infinity && time > end && this.#requests.inFlight === 0) break;
      calendar.pop();
      this.#handle(time);
    }
    recorder.endAt(end);
  }

  #handle(now: Seconds): void {
    const calendar = this.#calendar;
    const { subject, generation } = calendar;
    const pods = this.#pods;
    switch (calendar.kind) {
      case departure:
        this.#depart(now, subject);
        break;
      case sharedDeparture:
        if (generation === pods.shareGeneration[subject]) this.#departShared(now, subject);
        break;
      case podServes:
        if (generation === pods.generation[subject]) this.#podServes(now, subject);
        break;
      case podCounted:
        if (generation === pods.generation[subject] && pods.state[subject] === up) this.#podCounted(now, subject);
        break;
      case deadline:
        if (generation === this.#requests.generation[subject]) this.#giveUp(now, subject);
        break;
      case tick:
        this.#control.tick(now);
        calendar.schedule(now + knativeConstants.tickSeconds, tick, 0);
        break;
      case scrape:
        this.#scrape(now);
        calendar.schedule(now + knativeConstants.scrapeSeconds, scrape, 0);
        break;
      case report: {
        const stat = this.#activators.all[subject]!.reporter.report(now);
        if (stat !== null) this.#control.record(now, stat);
        calendar.schedule(now + knativeConstants.reportSeconds, report, subject);
        break;
      }
      case recheck:
        if (generation === this.#recheckGeneration) this.#control.reconcile(now);
        break;
      default:
        invariant(false, "every kind of event has its case");
    }
  }

  #arrive(now: Seconds, work: Seconds): void {
    const { target, recorder } = this.#input;
    const requests = this.#requests;
    recorder.scheduled++;
    const id = requests.open(now, work * target.workFactor, this.#drawNetwork());
    requests.instance[id] = heldByActivator;
    const { ready } = this.#pods;
    if (this.#control.mode === "serve" && ready.length > 0) {
      this.#arriveAtPod(now, id, ready[Math.floor(this.#uniform() * ready.length)]!);
      return;
    }
    this.#arriveAtActivator(now, id);
  }

  #arriveAtActivator(now: Seconds, id: number): void {
    const chosen = this.#activators.choose();
    this.#requests.flags[id] = chosen;
    const activator = this.#activators.all[chosen]!;
    if (activator.waitingCount >= knativeConstants.activatorQueueDepth) {
      this.#input.recorder.failed(now, rejected);
      this.#requests.close(id);
      return;
    }
    const first = activator.reporter.enter(now);
    const pod = activator.waitingCount === 0 ? activator.throttler.take() : -1;
    if (pod >= 0) {
      this.#forward(now, id, pod);
    } else {
      activator.waiting.push(id);
      activator.waitingCount++;
      this.#setDeadline(now, id);
    }
    if (first !== null) this.#control.record(now, first);
  }

  #setDeadline(now: Seconds, id: number): void {
    const { target } = this.#input;
    if (target.timeout === Infinity) return;
    const at = Math.max(now, this.#requests.at[id]! + target.timeout);
    this.#calendar.schedule(at, deadline, id, this.#requests.generation[id]!);
  }

  /** Activator to pod; its queue-proxy still has the last word, because direct requests may hold its slots and places. */
  #forward(now: Seconds, id: number, pod: number): void {
    this.#requests.instance[id] = pod;
    if (this.#join(now, id, pod)) return;
    this.#input.recorder.failed(this.#requests.at[id]!, rejected);
    this.#leave(now, id, pod);
    this.#requests.close(id);
  }

  #arriveAtPod(now: Seconds, id: number, pod: number): void {
    const requests = this.#requests;
    requests.instance[id] = pod;
    requests.flags[id] = direct;
    if (this.#join(now, id, pod)) {
      this.#pods.changeDirect(now, pod, 1);
    } else {
      this.#input.recorder.failed(now, rejected);
      requests.close(id);
    }
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
    this.#setDeadline(now, id);
    return true;
  }

  #serve(now: Seconds, id: number, pod: number): void {
    const requests = this.#requests;
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
    if (pods.breaker[pod]!.running === 1 && pods.state[pod] === up) {
      pods.busy++;
      this.#gauge(now);
    }
    if (this.#sharesCores) {
      pods.cores[pod]!.add(now, id, requests.work[id]!);
      this.#plan(now, pod);
    } else {
      this.#calendar.schedule(now + requests.work[id]!, departure, id);
    }
  }

  #plan(now: Seconds, pod: number): void {
    const generation = ++this.#pods.shareGeneration[pod]!;
    const end = this.#pods.cores[pod]!.nextEnd(now);
    if (end < Infinity) this.#calendar.schedule(end, sharedDeparture, pod, generation);
  }

  #departShared(now: Seconds, pod: number): void {
    const id = this.#pods.cores[pod]!.pop(now);
    this.#plan(now, pod);
    this.#depart(now, id);
  }

  #depart(now: Seconds, id: number): void {
    const requests = this.#requests;
    const pods = this.#pods;
    const pod = requests.instance[id]!;
    const at = requests.at[id]!;
    const work = requests.work[id]!;
    const cold = requests.cold[id]!;
    const queue = Math.max(0, now - at - cold - work);
    this.#input.recorder.completed(at, requests.network[id]!, cold, 0, queue, work, requests.isCold[id]!, 0);
    const sender = this.#leave(now, id, pod);
    requests.close(id);
    const breaker = pods.breaker[pod]!;
    breaker.finish();
    const isEmpty = breaker.running === 0 && pods.state[pod] === up;
    if (isEmpty) pods.busy--; // Before the next is served, which makes it busy again.
    this.#serveQueued(now, pod);
    if (isEmpty) this.#gauge(now);
    if (pods.state[pod] === draining) {
      pods.endIfDrained(pod);
      this.#gauge(now);
    }
    if (sender !== null) this.#settle(now, sender);
  }

  /** The request is no longer in hand of whoever counts it; returns the activator that has a slot again. */
  #leave(now: Seconds, id: number, pod: number): KnativeActivator | null {
    const sender = this.#requests.flags[id]!;
    if (sender === direct) {
      this.#pods.changeDirect(now, pod, -1);
      return null;
    }
    const activator = this.#activators.all[sender]!;
    activator.throttler.release(pod);
    activator.reporter.leave(now);
    return activator;
  }

  #serveQueued(now: Seconds, pod: number): void {
    const queue = this.#pods.queue[pod]!;
    while (queue.size > 0) {
      const id = queue.first;
      const hasLeft = this.#requests.state[id] === left;
      if (!hasLeft && !this.#pods.breaker[pod]!.start()) return;
      queue.shift();
      if (hasLeft) this.#requests.release(id);
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
      while (this.#requests.state[id] === left) {
        this.#requests.release(id);
        id = waiting.shift();
      }
      activator.waitingCount--;
      this.#forward(now, id, pod);
    }
  }

  /** The pods that can serve, or the activators in the path, have changed. */
  #assignPods(now: Seconds): void {
    this.#activators.assign(this.#pods.up);
    for (const activator of this.#activators.all) this.#settle(now, activator);
  }

  #pathThrough(now: Seconds, wanted: number): void {
    if (this.#activators.pathThrough(wanted)) this.#assignPods(now);
  }

  #giveUp(now: Seconds, id: number): void {
    const requests = this.#requests;
    if (requests.state[id] !== waitingState) return;
    this.#input.recorder.failed(requests.at[id]!, timeout);
    const pod = requests.instance[id]!;
    requests.abandon(id);
    if (pod !== heldByActivator) {
      this.#pods.breaker[pod]!.leave();
      const sender = this.#leave(now, id, pod);
      if (sender !== null) this.#settle(now, sender);
    } else {
      const activator = this.#activators.all[requests.flags[id]!]!;
      activator.reporter.leave(now);
      activator.waitingCount--;
    }
  }

  #podServes(now: Seconds, pod: number): void {
    const pods = this.#pods;
    pods.serve(now, pod);
    this.#input.recorder.started(now, now - pods.orderedAt[pod]!);
    this.#gauge(now);
    this.#assignPods(now);
    this.#calendar.schedule(now + this.#drawReadyDelay(), podCounted, pod, pods.generation[pod]!);
  }

  #podCounted(now: Seconds, pod: number): void {
    this.#pods.count(pod);
    this.#control.reconcile(now);
  }

  #scaleTo(now: Seconds, replicas: number): void {
    const pods = this.#pods;
    const alive = pods.starting.length + pods.up.length;
    if (replicas === alive) return;
    for (let n = alive; n < replicas; n++) {
      const pod = pods.order(now);
      this.#calendar.schedule(now + this.#drawPodStart(), podServes, pod, pods.generation[pod]!);
    }
    if (replicas < alive) {
      pods.remove(alive - replicas);
      this.#assignPods(now);
    }
    this.#gauge(now);
  }

  /** Asks a sample of the ready pods for their last reports; zeros are data too. */
  #scrape(now: Seconds): void {
    const { ready } = this.#pods;
    if (ready.length === 0 || this.#input.target.targetBurstCapacity === -1) return;
    this.#control.record(now, this.#pods.sample(now, this.#sampling));
  }

  #gauge(now: Seconds): void {
    const { starting, up: able, draining: leaving, busy } = this.#pods;
    const total = starting.length + able.length + leaving;
    this.#input.recorder.gauge(now, total, starting.length, able.length, busy);
  }
}
