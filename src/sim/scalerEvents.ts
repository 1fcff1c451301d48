import { invariant } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { hpaConstants } from "../policies/scaling/index.ts";
import { kedaConstants } from "../policies/scaling/kedaConstants.ts";
import type { Autoscaler } from "../scenario/autoscaler.ts";
import type { KnativeSpec, SpinkubeSpec } from "../scenario/scenario.ts";
import type { Calendar } from "./calendar.ts";
import { type Holder, holderOf } from "./holder.ts";
import { type MeteredPod, PodMeter } from "./podMeter.ts";
import { ReplicaScaler } from "./replicaScaler.ts";
import { type RunInput, streamOf } from "./run.ts";

/** Kinds of events, counted from the owner's first. */
const sync = 0;
const poll = 1;
const look = 2;
const commit = 3;
const push = 4;
const wake = 5;

/** So long after the last arrival nobody waits for an operator that does not act. */
const stuckSeconds = 86_400;

/** The workload whose count an autoscaler sets. */
export interface ScaledPods {
  /** The first of six kinds of events that are its autoscaler's. */
  readonly firstKind: number;
  /** Pods that start or serve; those being deleted are left out. */
  readonly pods: readonly MeteredPod[];
  /** Whether a request that is sent now gets through to a pod, or to someone who holds it. */
  takes(): boolean;
  /** @param consumer the pod that took the message itself; −1: whoever balances chooses */
  send(now: Seconds, id: number, consumer: number): void;
  scaleTo(now: Seconds, replicas: number): void;
  /** A request that nobody will ever take fails. */
  giveUp(id: number): void;
}

/**
 * An HPA or KEDA beside a run: its loops in random phases that know nothing of each other, and what holds requests in front of the pods.
 *
 * With a Kafka trigger requests wait in partitions until a consumer has a hand free; with the HTTP add-on its interceptor holds them while
 * there is no pod; the HPA has nothing in front.
 */
export class ScalerEvents {
  /** What an HPA on the pods' own metrics reads; null where it reads something else. */
  readonly meter: PodMeter | null;
  /** Whether requests are held in front of the pods, and nothing is sent that would be refused. */
  readonly holds: boolean;
  readonly #calendar: Calendar;
  readonly #pods: ScaledPods;
  readonly #spec: Autoscaler;
  readonly #isKafka: boolean;
  #scaler: ReplicaScaler;
  #brokerUntil: Seconds = 0;
  #isPaused = false;
  #awayUntil: Seconds = 0;
  readonly #holder: Holder;
  #ordered: number;
  #lastArrivalAt: Seconds = 0;

  constructor(input: RunInput<KnativeSpec | SpinkubeSpec>, spec: Autoscaler, calendar: Calendar, pods: ScaledPods) {
    const { target } = input;
    this.#calendar = calendar;
    this.#pods = pods;
    this.#ordered = spec.min;
    this.#spec = spec;
    this.#isKafka = spec.kind === "keda" && spec.trigger === "kafka" && input.offsets === undefined;
    this.holds = spec.kind === "keda";
    const requestCores = target.nodes !== undefined && target.nodes.podCpu > 0 ? target.nodes.podCpu : target.cores;
    const cores = target.workIs === "cpu" ? target.cores : 0;
    this.meter = spec.kind === "hpa" ? new PodMeter(spec, { cores, requestCores }) : null;
    this.#holder = holderOf(input, spec, {
      takes: () => !this.#isPaused && pods.takes(),
      send: (now, id, consumer) => pods.send(now, id, consumer),
      wakeAt: (time) => this.#schedule(time, wake),
    });
    this.#scaler = new ReplicaScaler(spec, this.#workload());
    const phase = streamOf(input, "phase");
    this.#schedule(phase() * spec.syncPeriod, sync);
    if (spec.kind === "keda") this.#schedule(phase() * spec.pollingInterval, poll);
    else this.#schedule(phase() * hpaConstants.metricsWindowSeconds, look);
    if (spec.kind === "keda" && spec.trigger === "http") this.#schedule(phase() * kedaConstants.pushSeconds, push);
    if (this.#holder.commitSeconds > 0) this.#schedule(phase() * this.#holder.commitSeconds, commit);
  }

  /** Messages that the consumer group in front has not committed yet. */
  get lag(): number {
    return this.#holder.lag;
  }

  /** A request is there to be held or sent. */
  arrive(now: Seconds, id: number): void {
    this.#lastArrivalAt = now;
    this.#holder.arrive(now, id);
  }

  /** A request that was sent is over; who has a hand free takes the next when `settle` is called. */
  ended(id: number): void {
    this.#holder.ended(id);
  }

  /** Everything that can be handed on is; call it when an event has been handled. */
  settle(now: Seconds): void {
    this.#holder.settle(now);
  }

  podServes(now: Seconds, pod: number): void {
    this.#holder.podServes(now, pod);
  }

  podStops(now: Seconds, pod: number): void {
    this.#holder.podStops(now, pod);
  }

  /** The broker gives nothing until then, and cannot be asked for the lag. */
  pauseBroker(until: Seconds): void {
    if (!this.#isKafka) return;
    this.#brokerUntil = Math.max(until, this.#brokerUntil);
    this.#isPaused = true;
    this.#schedule(this.#brokerUntil, wake);
  }

  /** Whoever decides forgets what it has seen, and decides nothing until then. */
  restart(until: Seconds): void {
    this.#awayUntil = Math.max(until, this.#awayUntil);
    this.#scaler = new ReplicaScaler(this.#spec, this.#workload());
  }

  handle(now: Seconds, kind: number): void {
    switch (kind - this.#pods.firstKind) {
      case sync:
        if (now >= this.#awayUntil) this.#scaler.sync(now);
        this.#schedule(now + this.#scaler.syncSeconds, sync);
        break;
      case poll:
        this.#schedule(now >= this.#awayUntil ? this.#scaler.poll(now) : this.#awayUntil, poll);
        this.#giveUpStuck(now);
        break;
      case look:
        this.meter?.look(now, this.#pods.pods);
        this.#schedule(now + hpaConstants.metricsWindowSeconds, look);
        break;
      case commit:
        this.#holder.commit();
        this.#schedule(now + this.#holder.commitSeconds, commit);
        break;
      case push:
        // The add-on tells of a first request by itself; a poll at this moment would find the same.
        if (this.#ordered === 0 && now >= this.#awayUntil && this.#holder.load(now) > 0) this.#scaler.poll(now);
        this.#schedule(now + kedaConstants.pushSeconds, push);
        break;
      default:
        invariant(kind - this.#pods.firstKind === wake, "every kind of event has its case");
        if (now >= this.#brokerUntil) this.#isPaused = false;
        this.#holder.changed();
    }
  }

  /** A lag that does not activate its trigger stays for ever once nothing more is produced. */
  #giveUpStuck(now: Seconds): void {
    if (this.#ordered > 0 || now - this.#lastArrivalAt < stuckSeconds) return;
    for (const id of this.#holder.abandon()) this.#pods.giveUp(id);
  }

  #schedule(time: Seconds, kind: number): void {
    if (time < Infinity) this.#calendar.schedule(time, this.#pods.firstKind + kind, 0);
  }

  #workload() {
    const scaled = () => this.#pods;
    const ordered = () => this.#ordered;
    return {
      get ordered() {
        return ordered();
      },
      get pods() {
        return scaled().pods.length;
      },
      podMetric: (now: Seconds) => this.meter!.metric(now, scaled().pods),
      offsets: () => (this.#isPaused ? null : this.#holder.offsets()),
      httpLoad: (now: Seconds) => this.#holder.load(now),
      scaleTo: (now: Seconds, replicas: number) => {
        this.#ordered = replicas;
        scaled().scaleTo(now, replicas);
      },
    };
  }
}
