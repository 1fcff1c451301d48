import { invariant } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { activatorProbe } from "../policies/dispatch/activatorProbe.ts";
import { type KnativeStat, knativeConstants } from "../policies/scaling/index.ts";
import { kubeletConstants } from "../policies/scaling/kubeletConstants.ts";
import type { KnativeSpec } from "../scenario/scenario.ts";
import { Calendar } from "./calendar.ts";
import { facts } from "./facts.ts";
import { FaultEvents } from "./faultEvents.ts";
import { KnativeControl } from "./knativeControl.ts";
import { KnativePath } from "./knativePath.ts";
import { draining, KnativePods, up } from "./knativePods.ts";
import { PodStarts } from "./podStarts.ts";
import { type RunInput, type Station, samplerOf, streamOf } from "./run.ts";
import { ScalerEvents } from "./scalerEvents.ts";

const departure = 0;
const sharedDeparture = 1;
const podStep = 2;
const podCounted = 3;
const deadline = 4;
const tick = 5;
const scrape = 6;
const report = 7;
const recheck = 8;
const podGone = 9;
const nodeWork = 10;
const image = 11;
const fault = 12;
const gpu = 13;
/** The kinds from here on are those of an autoscaler other than Knative's own. */
const scaler = 14;

/**
 * A `knative` target: the way of its requests, its pods, and who orders them.
 *
 * Knative's own autoscaler decides every 2 s (random phase) on the activators' reports and the scrapes of the pods, both a period late. With
 * an `autoscaler` of class hpa or keda that one decides, requests go straight to the pods, and the activator holds them while there is none.
 */
export class KnativeRun implements Station {
  readonly #input: RunInput<KnativeSpec>;
  readonly #calendar = new Calendar();
  readonly #pods: KnativePods;
  readonly #starts: PodStarts;
  readonly #path: KnativePath;
  /** Exactly one of the two decides. */
  readonly #control: KnativeControl | null;
  readonly #scaler: ScalerEvents | null;
  readonly #faults: FaultEvents | null;
  readonly #sampling: () => number;
  readonly #drawReadyDelay: () => Seconds;
  #recheckGeneration = 0;

  constructor(input: RunInput<KnativeSpec>) {
    const { target } = input;
    const calendar = this.#calendar;
    this.#input = input;
    this.#pods = new KnativePods(target);
    this.#starts = new PodStarts(input, calendar, { step: podStep, nodeWork, image }, (started) =>
      this.#starts.hasKubelets
        ? activatorProbe({ visibleAt: started.toldAt, proxyAt: started.runsAt, listensAt: started.listensAt })
        : started.listensAt,
    );
    this.#sampling = streamOf(input, "sampling");
    this.#drawReadyDelay = samplerOf(input, "readyDelay", target.readyDelay);
    this.#scaler = this.#foreignScaler();
    this.#path = new KnativePath(input, calendar, this.#pods, {
      owner: this.#pathOwner(),
      meter: this.#scaler?.meter ?? null,
    });
    const phase = streamOf(input, "phase");
    this.#control = this.#scaler === null ? this.#ownControl(phase) : null;
    if (this.#scaler !== null) this.#path.mode = "serve";
    this.#faults = input.faults === undefined ? null : this.#faultsOf();
    const pods = target.autoscaler?.min ?? target.minScale;
    for (let i = 0; i < pods; i++) this.#beginPod();
    this.#path.pathThrough(0, this.#control?.activatorsFirst ?? Infinity);
    if (this.#control === null) return;
    calendar.schedule(phase() * knativeConstants.tickSeconds, tick, 0);
    calendar.schedule(phase() * knativeConstants.scrapeSeconds, scrape, 0);
    for (const i of this.#path.activators.all.keys()) {
      calendar.schedule(phase() * knativeConstants.reportSeconds, report, i);
    }
  }

  get nextTime(): Seconds {
    return this.#calendar.nextTime;
  }

  get inFlight(): number {
    return this.#path.requests.inFlight;
  }

  begin(): void {
    this.#gauge(0);
  }

  arrive(now: Seconds, work: Seconds, number: number): void {
    this.#input.recorder.scheduled++;
    const id = this.#path.open(now, work, number);
    if (this.#scaler === null) this.#path.send(now, id);
    else this.#scaler.arrive(now, id);
  }

  step(): void {
    const calendar = this.#calendar;
    calendar.pop();
    const { time: now, subject, generation } = calendar;
    switch (calendar.kind) {
      case departure:
      case sharedDeparture:
      case gpu:
        this.#path.work.handle(now, calendar.kind, subject, generation);
        break;
      case deadline:
        this.#path.giveUp(now, subject, generation);
        break;
      case tick:
        this.#control!.tick(now);
        calendar.schedule(now + knativeConstants.tickSeconds, tick, 0);
        break;
      case scrape:
        this.#scrape(now);
        calendar.schedule(now + knativeConstants.scrapeSeconds, scrape, 0);
        break;
      case report: {
        const stat = this.#path.activators.all[subject]!.reporter.report(now);
        if (stat !== null) this.#control!.record(now, stat);
        calendar.schedule(now + knativeConstants.reportSeconds, report, subject);
        break;
      }
      case recheck:
        if (generation === this.#recheckGeneration) this.#control!.reconcile(now);
        break;
      default:
        this.#podEvent(now, calendar.kind, subject, generation);
    }
    this.#scaler?.settle(now);
  }

  #podEvent(now: Seconds, kind: number, subject: number, generation: number): void {
    const pods = this.#pods;
    switch (kind) {
      case podStep:
        if (this.#starts.step(now, subject, generation)) this.#podServes(now, subject);
        break;
      case podCounted:
        if (generation === pods.generation[subject] && pods.state[subject] === up) this.#podCounted(now, subject);
        break;
      case podGone:
        if (generation !== pods.generation[subject]) break;
        pods.drained[subject] = 1;
        if (pods.breaker[subject]!.running === 0) this.#podLeaves(now, subject);
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

  #podServes(now: Seconds, pod: number): void {
    const pods = this.#pods;
    pods.serve(now, pod);
    this.#input.recorder.note(now, facts.ready, pod, 0);
    this.#input.recorder.started(now, now - pods.orderedAt[pod]!);
    this.#gauge(now);
    this.#path.assignPods(now);
    this.#calendar.schedule(now + this.#drawReadyDelay(), podCounted, pod, pods.generation[pod]!);
  }

  #podCounted(now: Seconds, pod: number): void {
    this.#pods.count(now, pod);
    this.#control?.reconcile(now);
  }

  /** One that has been there since before the beginning; where no node has room for it it is ordered like any other. */
  #beginPod(): void {
    const pod = this.#pods.order(0);
    this.#scaler?.meter?.begin(0, pod);
    if (this.#starts.begin(pod)) this.#pods.begin(pod);
    else this.#starts.order(0, pod);
  }

  #scaleTo(now: Seconds, replicas: number): void {
    const pods = this.#pods;
    const alive = pods.starting.length + pods.up.length;
    if (replicas === alive) return;
    for (let n = alive; n < replicas; n++) {
      const pod = pods.order(now);
      this.#scaler?.meter?.begin(now, pod);
      this.#starts.order(now, pod);
    }
    for (let n = replicas; n < alive; n++) this.#removePod(now);
    if (replicas < alive) this.#path.assignPods(now);
    this.#gauge(now);
  }

  /** A queue-proxy goes on for a while before it stops, so that requests on their way still find it. */
  #removePod(now: Seconds): void {
    const pods = this.#pods;
    const pod = pods.remove();
    const hasRun = pods.readyAt[pod]! < Infinity;
    if (!hasRun) this.#starts.cancel(now, pod);
    const { drainSeconds, removalSeconds } = kubeletConstants;
    this.#calendar.schedule(now + (hasRun ? drainSeconds : removalSeconds), podGone, pod, pods.generation[pod]!);
  }

  #workEnds(now: Seconds, node: number, generation: number): void {
    const stopped = this.#starts.workEnds(now, node, generation);
    if (stopped >= 0) this.#podGone(now, stopped);
  }

  #faultsOf(): FaultEvents {
    return new FaultEvents(this.#input, this.#calendar, fault, {
      crash: (now, uniform) => {
        const alive = [...this.#pods.starting, ...this.#pods.up];
        const pod = alive[Math.floor(uniform() * alive.length)];
        if (pod !== undefined) this.#crash(now, pod);
      },
      loseNode: (now, node) => {
        for (const pod of this.#starts.closeNode(node)) this.#crash(now, pod);
      },
      nodeBack: (now, node) => this.#starts.openNode(now, node),
      nodeSpeed: (now, node, speed) => {
        for (const pod of this.#starts.setSpeed(now, node, speed)) this.#path.work.setSpeed(now, pod, speed);
      },
      pauseBroker: (_, until) => this.#scaler?.pauseBroker(until),
      restartAutoscaler: (now, until) => {
        this.#scaler?.restart(until);
        this.#control?.restart(now, until);
      },
    });
  }

  /** The pod is gone with all it has; its Deployment orders another at once, unless it was about to go. */
  #crash(now: Seconds, pod: number): void {
    const pods = this.#pods;
    const isWanted = pods.state[pod] !== draining;
    const alive = pods.starting.length + pods.up.length;
    if (pods.readyAt[pod]! === Infinity) this.#starts.cancel(now, pod);
    if (isWanted) pods.crash(pod);
    pods.drained[pod] = 1;
    if (isWanted) this.#path.assignPods(now);
    this.#path.crash(now, pod);
    this.#podLeaves(now, pod);
    if (isWanted) this.#scaleTo(now, alive);
    this.#control?.reconcile(now);
  }

  #podLeaves(now: Seconds, pod: number): void {
    if (!this.#starts.stop(now, pod)) this.#podGone(now, pod);
  }

  #podGone(now: Seconds, pod: number): void {
    this.#pods.leave(pod);
    this.#starts.gone(now, pod);
    this.#gauge(now);
  }

  /** Asks a sample of the ready pods for their last reports; zeros are data too. */
  #scrape(now: Seconds): void {
    const { ready } = this.#pods;
    if (ready.length === 0 || this.#input.target.targetBurstCapacity === -1) return;
    this.#control!.record(now, this.#pods.sample(now, this.#sampling));
  }

  #gauge(now: Seconds): void {
    const { starting, up: able, draining: leaving, busy } = this.#pods;
    const total = starting.length + able.length + leaving;
    this.#input.recorder.gauge(now, total, starting.length, able.length, busy);
  }

  #pathOwner() {
    return {
      departure,
      sharedDeparture,
      gpu,
      deadline,
      loaded: (now: Seconds, stat: KnativeStat) => this.#control?.record(now, stat),
      gauge: (now: Seconds) => this.#gauge(now),
      drained: (now: Seconds, pod: number) => {
        if (this.#pods.drained[pod] === 1) this.#podLeaves(now, pod);
      },
      ended: (id: number) => this.#scaler?.ended(id),
    };
  }

  #ownControl(phase: () => number): KnativeControl {
    const pods = this.#pods;
    const path = () => this.#path;
    const deployment = {
      get readyPods() {
        return pods.ready.length;
      },
      scaleTo: (now: Seconds, replicas: number) => this.#scaleTo(now, replicas),
      pathThrough: (now: Seconds, mode: "serve" | "proxy", activators: number) => {
        path().mode = mode;
        path().pathThrough(now, activators);
      },
      wakeAt: (time: Seconds) => this.#calendar.schedule(time, recheck, 0, ++this.#recheckGeneration),
    };
    return new KnativeControl(this.#input.target, deployment, phase());
  }

  #foreignScaler(): ScalerEvents | null {
    const { autoscaler } = this.#input.target;
    if (autoscaler === undefined) return null;
    const pods = this.#pods;
    return new ScalerEvents(this.#input, autoscaler, this.#calendar, {
      firstKind: scaler,
      get pods() {
        return [...pods.starting, ...pods.up].map((pod) => pods.metered(pod));
      },
      takes: () => true, // The activator holds what no pod takes.
      send: (now: Seconds, id: number) => this.#path.send(now, id),
      scaleTo: (now: Seconds, replicas: number) => this.#scaleTo(now, replicas),
      giveUp: (id: number) => this.#path.abandon(id),
    });
  }
}
