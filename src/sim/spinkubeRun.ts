import { invariant } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { kubeletConstants } from "../policies/scaling/kubeletConstants.ts";
import type { SpinkubeSpec } from "../scenario/scenario.ts";
import { Calendar } from "./calendar.ts";
import { Connections } from "./connections.ts";
import { facts } from "./facts.ts";
import { FaultEvents } from "./faultEvents.ts";
import { PodStarts, type Started } from "./podStarts.ts";
import { PodWork } from "./podWork.ts";
import { Requests } from "./requests.ts";
import { networkSampler, type RunInput, type Station, samplerOf, streamOf } from "./run.ts";
import { connection, type FailureIndex, http5xx, reset, timeout } from "./runRecorder.ts";
import { ScalerEvents } from "./scalerEvents.ts";
import { draining, ready, SpinkubePods } from "./spinkubePods.ts";

const departure = 0;
const sharedDeparture = 1;
const podStep = 2;
const podListens = 3;
const podGone = 4;
const nodeWork = 5;
const image = 6;
const fault = 7;
const gpu = 8;
/** The kinds from here on are those of an autoscaler. */
const scaler = 9;

/**
 * A `spinkube` target: every request gets a fresh instance in one of the pods among the endpoints.
 *
 * The instance start holds its slot; with CPU work start and work share the pod's cores, each of n requests at rate min(1, cores/n).
 * Nothing queues: above `maxInstanceCount` in one pod instantiation fails, and the request with it. Without a readiness check a pod is among
 * the endpoints as soon as its container runs, and until it listens connections are refused. Nobody holds requests while there is no pod,
 * unless the autoscaler's trigger does.
 */
export class SpinkubeRun implements Station {
  readonly #input: RunInput<SpinkubeSpec>;
  readonly #calendar = new Calendar();
  readonly #requests = new Requests();
  readonly #pods: SpinkubePods;
  readonly #starts: PodStarts;
  readonly #scaler: ScalerEvents | null;
  readonly #connections: Connections | null;
  readonly #faults: FaultEvents | null;
  readonly #work: PodWork;
  readonly #drawNetwork: () => Seconds;
  readonly #drawStart: () => Seconds;
  readonly #uniform: () => number;
  /** Pods that serve at this instant, where somebody holds requests for them. */
  #serving = 0;

  constructor(input: RunInput<SpinkubeSpec>) {
    const { target } = input;
    this.#input = input;
    this.#pods = new SpinkubePods(target);
    this.#work = new PodWork(input, this.#calendar, this.#requests, {
      pods: this.#pods,
      kinds: { departure, sharedDeparture, gpu },
      onCores: target.workIs === "cpu",
      depart: (now, id) => this.#depart(now, id),
    });
    this.#drawNetwork = networkSampler(input);
    this.#drawStart = samplerOf(input, "instanceStart", target.instanceStart);
    this.#uniform = streamOf(input, "dispatch");
    this.#connections = target.connections === undefined ? null : new Connections(target.connections, this.#uniform);
    this.#starts = new PodStarts(input, this.#calendar, { step: podStep, nodeWork, image }, (started) =>
      this.#opensAt(started),
    );
    this.#scaler = this.#scalerOf();
    this.#faults = input.faults === undefined ? null : this.#faultsOf();
    for (let i = 0; i < target.replicas; i++) this.#beginPod();
  }

  get nextTime(): Seconds {
    return this.#calendar.nextTime;
  }

  get inFlight(): number {
    return this.#requests.inFlight;
  }

  /** Messages that the consumer group in front has not committed yet. */
  get lag(): number {
    return this.#scaler?.lag ?? 0;
  }

  /** Pods there are or shall be, those being deleted left out. */
  get pods(): number {
    return this.#pods.starting.length + this.#pods.ready.length;
  }

  begin(): void {
    this.#gauge(0);
  }

  step(): void {
    const calendar = this.#calendar;
    calendar.pop();
    const { time, subject, generation } = calendar;
    switch (calendar.kind) {
      case departure:
      case sharedDeparture:
      case gpu:
        this.#work.handle(time, calendar.kind, subject, generation);
        break;
      default:
        this.#podEvent(time, calendar.kind, subject, generation);
    }
    this.#scaler?.settle(time);
  }

  #podEvent(now: Seconds, kind: number, subject: number, generation: number): void {
    const pods = this.#pods;
    switch (kind) {
      case podStep:
        if (this.#starts.step(now, subject, generation)) this.#podOpens(now, subject);
        break;
      case podListens:
        if (generation === pods.generation[subject] && pods.state[subject] === ready) this.#podServes(now, subject);
        break;
      case podGone:
        if (generation === pods.generation[subject]) this.#podLeaves(now, subject);
        break;
      case nodeWork:
        this.#workEnds(now, subject, generation);
        break;
      case image:
        this.#starts.imageCame(now, subject);
        break;
      case fault:
        this.#faults!.handle(now, subject);
        break;
      default:
        invariant(this.#scaler !== null, "every kind of event has its case");
        this.#scaler.handle(now, kind);
    }
  }

  arrive(now: Seconds, work: Seconds, number: number): void {
    const { target, recorder } = this.#input;
    recorder.scheduled++;
    // Drawn for every request, so that a failure shifts no later draw.
    const network = this.#drawNetwork();
    const start = this.#drawStart();
    const id = this.#requests.open(now, work * target.workFactor, network, number);
    this.#requests.start[id] = start;
    if (this.#scaler === null) this.#send(now, id, -1);
    else this.#scaler.arrive(now, id);
  }

  /** @param own the pod that took the message itself; −1: the Service balances */
  #send(now: Seconds, id: number, own: number): void {
    const { target, recorder } = this.#input;
    const pods = this.#pods;
    const pod = own >= 0 ? own : this.#choose(now);
    if (pod < 0) {
      this.#fail(id, connection);
      return;
    }
    if (pods.inService[pod]! >= target.maxInstanceCount) {
      this.#fail(id, http5xx);
      return;
    }
    const requests = this.#requests;
    requests.instance[id] = pod;
    const at = requests.at[id]!;
    const servesAt = pods.servesAt[pod]!;
    if (servesAt > at) {
      requests.isCold[id] = 1;
      requests.cold[id] = servesAt - at;
    }
    recorder.note(now, facts.served, requests.number[id]!, pod);
    recorder.instanceStarted(at, requests.start[id]!);
    this.#scaler?.meter?.change(now, pod, 1);
    if (++pods.inService[pod]! === 1) {
      pods.busy++;
      this.#gauge(now);
    }
    this.#work.begin(now, id, pod, requests.start[id]!);
  }

  /** A pod of the Service's endpoints; −1 where there is none, or where the connection is refused. Who holds requests tries the next. */
  #choose(now: Seconds): number {
    const { ready: endpoints, servesAt } = this.#pods;
    const count = endpoints.length;
    if (count === 0) return -1;
    if (this.#connections !== null) return refusing(now, this.#connections.choose(endpoints), servesAt);
    const place = count === 1 ? 0 : Math.floor(this.#uniform() * count);
    if (this.#scaler === null || !this.#scaler.holds) return refusing(now, endpoints[place]!, servesAt);
    for (let k = 0; k < count; k++) {
      const pod = endpoints[(place + k) % count]!;
      if (servesAt[pod]! <= now) return pod;
    }
    return -1;
  }

  /** A request that was never sent, and never will be. */
  #abandon(id: number): void {
    const requests = this.#requests;
    this.#input.recorder.failed(requests.at[id]!, timeout, requests.number[id]!);
    requests.close(id);
  }

  #fail(id: number, kind: FailureIndex): void {
    const requests = this.#requests;
    this.#input.recorder.failed(requests.at[id]!, kind, requests.number[id]!);
    this.#scaler?.ended(id);
    requests.close(id);
  }

  #depart(now: Seconds, id: number): void {
    const requests = this.#requests;
    const pods = this.#pods;
    const pod = requests.instance[id]!;
    const at = requests.at[id]!;
    const start = requests.start[id]!;
    const work = requests.work[id]!;
    const cold = requests.cold[id]!;
    const waits = this.#work.isShared || this.#scaler !== null;
    const queue = waits ? Math.max(0, now - at - cold - start - work) : 0;
    const { recorder } = this.#input;
    const number = requests.number[id]!;
    recorder.completed(at, requests.network[id]!, cold, start, queue, work, requests.isCold[id]!, 0, number);
    this.#scaler?.meter?.change(now, pod, -1);
    this.#scaler?.ended(id);
    requests.close(id);
    if (--pods.inService[pod]! > 0) return;
    if (pods.state[pod] === draining) {
      this.#podLeaves(now, pod);
    } else {
      pods.busy--;
      this.#gauge(now);
    }
  }

  /** When a pod whose container runs is among the endpoints: at once, or as its readiness check finds. */
  #opensAt({ runsAt, listensAt, toldAt }: Started): Seconds {
    const readiness = this.#input.target.checks?.readiness;
    if (readiness === undefined) return toldAt;
    const { initialDelay, period } = readiness;
    const looks = Math.max(0, Math.ceil((listensAt - runsAt - initialDelay) / period - 1e-9));
    return Math.max(toldAt, runsAt + initialDelay + looks * period);
  }

  #podOpens(now: Seconds, pod: number): void {
    const servesAt = Math.max(now, this.#starts.listensAt[pod]!);
    this.#pods.open(now, pod, servesAt);
    this.#pods.cores[pod]!.setSpeed(now, this.#starts.speedOf(pod));
    this.#input.recorder.started(servesAt, servesAt - this.#pods.orderedAt[pod]!);
    this.#input.recorder.note(servesAt, facts.ready, pod, 0);
    this.#gauge(now);
    if (servesAt > now) this.#calendar.schedule(servesAt, podListens, pod, this.#pods.generation[pod]!);
    else this.#podServes(now, pod);
  }

  #podServes(now: Seconds, pod: number): void {
    this.#serving++;
    this.#scaler?.podServes(now, pod);
  }

  /** One that has been there since before the beginning; where no node has room for it it is ordered like any other. */
  #beginPod(): void {
    const pod = this.#pods.order(0);
    this.#scaler?.meter?.begin(0, pod);
    if (!this.#starts.begin(pod)) {
      this.#starts.order(0, pod);
      return;
    }
    this.#pods.open(0, pod, -1);
    this.#podServes(0, pod);
  }

  #scaleTo(now: Seconds, replicas: number): void {
    const pods = this.#pods;
    const alive = pods.starting.length + pods.ready.length;
    for (let n = alive; n < replicas; n++) {
      const pod = pods.order(now);
      this.#scaler?.meter?.begin(now, pod);
      this.#starts.order(now, pod);
    }
    for (let n = replicas; n < alive; n++) this.#removePod(now);
    this.#gauge(now);
  }

  #removePod(now: Seconds): void {
    const pods = this.#pods;
    const pod = pods.remove();
    if (pods.readyAt[pod]! === Infinity) this.#starts.cancel(now, pod);
    if (pods.servesAt[pod]! <= now) {
      this.#serving--;
      this.#scaler?.podStops(now, pod);
    }
    this.#connections?.close(pod);
    if (pods.inService[pod] === 0) {
      this.#calendar.schedule(now + kubeletConstants.removalSeconds, podGone, pod, pods.generation[pod]!);
    }
  }

  #faultsOf(): FaultEvents {
    return new FaultEvents(this.#input, this.#calendar, fault, {
      crash: (now, uniform) => {
        const alive = [...this.#pods.starting, ...this.#pods.ready];
        const pod = alive[Math.floor(uniform() * alive.length)];
        if (pod !== undefined) this.#crash(now, pod);
      },
      loseNode: (now, node) => {
        for (const pod of this.#starts.closeNode(node)) this.#crash(now, pod);
      },
      nodeBack: (now, node) => this.#starts.openNode(now, node),
      nodeSpeed: (now, node, speed) => {
        for (const pod of this.#starts.setSpeed(now, node, speed)) this.#work.setSpeed(now, pod, speed);
      },
      pauseBroker: (_, until) => this.#scaler?.pauseBroker(until),
      restartAutoscaler: (_, until) => this.#scaler?.restart(until),
    });
  }

  /** The pod is gone with all it serves; its Deployment orders another at once. */
  #crash(now: Seconds, pod: number): void {
    const pods = this.#pods;
    const alive = pods.starting.length + pods.ready.length;
    if (pods.readyAt[pod]! === Infinity) this.#starts.cancel(now, pod);
    const isWanted = pods.state[pod] !== draining;
    if (isWanted && pods.servesAt[pod]! <= now) {
      this.#serving--;
      this.#scaler?.podStops(now, pod);
    }
    if (isWanted) this.#connections?.close(pod);
    for (const id of this.#requests.atInstance(pod)) {
      this.#work.drop(now, id, pod);
      this.#scaler?.meter?.change(now, pod, -1);
      this.#fail(id, reset);
    }
    pods.crash(pod);
    this.#starts.gone(now, pod);
    if (isWanted) this.#scaleTo(now, alive);
  }

  #workEnds(now: Seconds, node: number, generation: number): void {
    const stopped = this.#starts.workEnds(now, node, generation);
    if (stopped >= 0) this.#podGone(now, stopped);
  }

  #podLeaves(now: Seconds, pod: number): void {
    if (!this.#starts.stop(now, pod)) this.#podGone(now, pod);
  }

  #podGone(now: Seconds, pod: number): void {
    this.#pods.leave(pod);
    this.#starts.gone(now, pod);
    this.#gauge(now);
  }

  #gauge(now: Seconds): void {
    const { starting, ready: endpoints, draining: leaving, busy } = this.#pods;
    const total = starting.length + endpoints.length + leaving;
    this.#input.recorder.gauge(now, total, starting.length, endpoints.length, busy);
  }

  #scalerOf(): ScalerEvents | null {
    const { autoscaler } = this.#input.target;
    if (autoscaler === undefined) return null;
    const pods = this.#pods;
    return new ScalerEvents(this.#input, autoscaler, this.#calendar, {
      firstKind: scaler,
      get pods() {
        return [...pods.starting, ...pods.ready].map((pod) => pods.metered(pod));
      },
      takes: () => this.#serving > 0,
      send: (now: Seconds, id: number, consumer: number) => this.#send(now, id, consumer),
      giveUp: (id: number) => this.#abandon(id),
      scaleTo: (now: Seconds, replicas: number) => this.#scaleTo(now, replicas),
    });
  }
}

/** The pod, or −1 where it does not listen yet. */
const refusing = (now: Seconds, pod: number, servesAt: Float64Array): number => (servesAt[pod]! <= now ? pod : -1);
