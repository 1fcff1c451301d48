import { type ArrivalsSpec, arrivals, type Instants } from "../arrivals/index.ts";
import { check, invariant } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { type DistributionSpec, distribution } from "../distributions/index.ts";
import type { NodeSpec } from "../scenario/node.ts";
import { Calendar } from "./calendar.ts";
import { FaultEvents } from "./faultEvents.ts";
import { type Machine, type NodePod, NodePods } from "./nodePods.ts";
import { Queue } from "./queue.ts";
import { Requests, serving } from "./requests.ts";
import { keepAliveSampler, networkSampler, type RunInput, type Station, samplerOf, streamOf } from "./run.ts";
import { rejected, reset } from "./runRecorder.ts";

const threadEnds = 0;
const started = 1;
const expiry = 2;
const neighbour = 3;
const fault = 4;

/** In place of a request's number, where nobody measures it. */
const unmeasured = -1;

/** One function on the nodes. */
interface Tenant {
  readonly pods: NodePod[];
  readonly waiting: Queue;
  starting: number;
  readonly instants: Instants | null;
  readonly drawWork: (() => Seconds) | null;
}

/**
 * A `node` target: many functions whose pods share nodes, one of which is measured.
 *
 * A request goes to the pod of its function that was used last and has a free slot; else it waits for one, and a pod is started for as many
 * as wait beyond what starting pods will take. A pod takes memory from its order on. Where no node has room, requests of a function without
 * any pod are rejected. Starts and requests share their node's cores, fairly by pod.
 */
export class NodeRun implements Station {
  readonly #input: RunInput<NodeSpec>;
  readonly #calendar = new Calendar();
  readonly #requests = new Requests();
  readonly #pods: NodePods;
  readonly #tenants: readonly Tenant[];
  readonly #faults: FaultEvents | null;
  readonly #drawNetwork: () => Seconds;
  readonly #drawColdStart: () => Seconds;
  readonly #drawStartWork: () => Seconds;
  readonly #drawKeepAlive: () => Seconds;
  readonly #drawStart: () => Seconds;
  readonly #drawOthersStart: () => Seconds;
  readonly #drawFirstWork: (() => Seconds) | null;
  #measured = 0;

  constructor(input: RunInput<NodeSpec>) {
    const { target } = input;
    this.#input = input;
    this.#pods = new NodePods(target);
    this.#drawNetwork = networkSampler(input);
    this.#drawColdStart = samplerOf(input, "coldStart", target.coldStart);
    this.#drawStartWork = samplerOf(input, "startWork", target.startWork);
    this.#drawKeepAlive = keepAliveSampler(input, target.keepAlive);
    this.#drawStart = samplerOf(input, "instanceStart", target.instanceStart);
    this.#drawOthersStart = samplerOf(input, "instanceStart of others", target.instanceStart);
    this.#drawFirstWork = target.firstWork === null ? null : samplerOf(input, "firstWork", target.firstWork);
    this.#tenants = this.#makeTenants();
    this.#faults = input.faults === undefined ? null : this.#faultsOf();
    for (const [i, { instants }] of this.#tenants.entries()) {
      this.#beginPod(i);
      if (instants !== null) this.#planNeighbour(i);
    }
  }

  get nextTime(): Seconds {
    return this.#calendar.nextTime;
  }

  get inFlight(): number {
    return this.#measured;
  }

  begin(): void {
    this.#gauge(0);
  }

  arrive(now: Seconds, work: Seconds, number: number): void {
    const { target, recorder } = this.#input;
    recorder.scheduled++;
    this.#measured++;
    const start = this.#drawStart();
    recorder.instanceStarted(now, start);
    const id = this.#requests.open(now, work * target.workFactor, this.#drawNetwork(), number);
    this.#requests.start[id] = start;
    this.#enter(now, 0, id);
  }

  step(): void {
    const calendar = this.#calendar;
    calendar.pop();
    const { time, subject, generation } = calendar;
    switch (calendar.kind) {
      case threadEnds:
        this.#threadEnds(time, subject, generation);
        break;
      case started:
        if (generation === this.#pods.all[subject]!.generation) this.#startWorks(time, this.#pods.all[subject]!);
        break;
      case expiry:
        if (generation === this.#pods.all[subject]!.generation) this.#expire(time, this.#pods.all[subject]!);
        break;
      case neighbour:
        this.#neighbourArrives(time, subject);
        break;
      case fault:
        this.#faults!.handle(time, subject);
        break;
      default:
        invariant(false, "every kind of event has its case");
    }
  }

  #makeTenants(): Tenant[] {
    const { target, load } = this.#input;
    const tenant = (loaded: Pick<Tenant, "instants" | "drawWork">): Tenant => ({
      pods: [],
      waiting: new Queue(),
      starting: 0,
      ...loaded,
    });
    const others: { readonly arrivals: ArrivalsSpec; readonly work: DistributionSpec }[] = [];
    if (target.functions > 1) {
      check(load !== undefined, "simulate", "functions beside the measured one need open arrivals", "closed");
      for (let i = 1; i < target.functions; i++) others.push(load);
    }
    for (const { count, ...spec } of target.neighbours) for (let i = 0; i < count; i++) others.push(spec);
    const { seed, replication } = this.#input;
    return [
      tenant({ instants: null, drawWork: null }),
      ...others.map((spec, i) =>
        tenant({
          instants: arrivals(spec.arrivals).instants([seed, target.name, "neighbour", i, replication]),
          drawWork: distribution(spec.work).sampler(streamOf(this.#input, `work of neighbour ${i}`)),
        }),
      ),
    ];
  }

  #planNeighbour(tenant: number): void {
    const at = this.#tenants[tenant]!.instants!.next();
    if (at < this.#input.duration) this.#calendar.schedule(at, neighbour, tenant);
  }

  #neighbourArrives(now: Seconds, tenant: number): void {
    const work = this.#tenants[tenant]!.drawWork!() * this.#input.target.workFactor;
    const id = this.#requests.open(now, work, 0, unmeasured);
    this.#requests.start[id] = this.#drawOthersStart();
    this.#planNeighbour(tenant);
    this.#enter(now, tenant, id);
  }

  #enter(now: Seconds, tenantNumber: number, id: number): void {
    const tenant = this.#tenants[tenantNumber]!;
    const slots = this.#input.target.concurrency;
    const pod = tenant.pods.findLast((one) => one.readyAt < Infinity && one.busy < slots);
    if (pod !== undefined) {
      this.#serve(now, id, pod);
      this.#share(now, pod.machine);
      return;
    }
    tenant.waiting.push(id);
    if (tenant.starting === 0 || tenant.waiting.size > tenant.starting * slots) this.#order(now, tenantNumber);
    if (tenant.pods.length > 0) return;
    tenant.waiting.shift(); // Nothing else waits for a function without a pod.
    this.#fail(now, id, rejected);
  }

  #order(now: Seconds, tenantNumber: number): void {
    const pod = this.#pods.order(now, tenantNumber);
    if (pod === null) return;
    const tenant = this.#tenants[tenantNumber]!;
    tenant.pods.push(pod);
    tenant.starting++;
    this.#calendar.schedule(now + this.#drawColdStart(), started, pod.number, pod.generation);
    this.#gauge(now);
  }

  /** One idle pod each, where there is room: functions that all began cold at one instant would make a storm of starts that no node sees. */
  #beginPod(tenantNumber: number): void {
    const pod = this.#pods.order(0, tenantNumber);
    if (pod === null) return;
    this.#pods.rise(-1, pod);
    pod.isFirst = false;
    this.#tenants[tenantNumber]!.pods.push(pod);
    this.#idle(0, pod);
  }

  /** The rest of a start needs a core; its thread is told from requests' by its sign. */
  #startWorks(now: Seconds, pod: NodePod): void {
    const work = this.#drawStartWork();
    if (work === 0) this.#rise(now, pod);
    else this.#run(now, pod, -1 - pod.number, work);
    this.#share(now, pod.machine);
  }

  #rise(now: Seconds, pod: NodePod): void {
    this.#pods.rise(now, pod);
    this.#tenants[pod.function]!.starting--;
    this.#input.recorder.started(now, now - pod.orderedAt);
    this.#refill(now, pod);
    this.#gauge(now);
  }

  #refill(now: Seconds, pod: NodePod): void {
    const { waiting } = this.#tenants[pod.function]!;
    while (waiting.size > 0 && pod.busy < this.#input.target.concurrency) this.#serve(now, waiting.shift(), pod);
    if (pod.busy === 0) this.#idle(now, pod);
  }

  #serve(now: Seconds, id: number, pod: NodePod): void {
    const requests = this.#requests;
    const at = requests.at[id]!;
    if (pod.readyAt > at) {
      requests.isCold[id] = 1;
      requests.cold[id] = pod.readyAt - at;
    }
    if (pod.isFirst) {
      pod.isFirst = false;
      if (this.#drawFirstWork !== null) requests.work[id] = this.#drawFirstWork();
    }
    requests.state[id] = serving;
    requests.instance[id] = pod.number;
    this.#pods.enter(pod);
    if (pod.busy === 1) {
      pod.generation++; // Calls off its keep-alive.
      this.#gauge(now);
    }
    this.#run(now, pod, id, requests.start[id]! + requests.work[id]!);
  }

  /** A thread on the pod's share of its node's cores; whoever calls this shares them out again in the end. */
  #run(now: Seconds, pod: NodePod, thread: number, demand: Seconds): void {
    pod.cores.add(now, thread, demand);
    pod.machine.cores.setActive(pod.number, pod.cores, true);
  }

  #share(now: Seconds, machine: Machine): void {
    const { time, pod } = machine.cores.share(now);
    const generation = ++machine.generation;
    const subject = pod * this.#pods.machines.length + machine.number;
    if (time < Infinity) this.#calendar.schedule(time, threadEnds, subject, generation);
  }

  #threadEnds(now: Seconds, subject: number, generation: number): void {
    const { machines } = this.#pods;
    const machine = machines[subject % machines.length]!;
    if (generation !== machine.generation) return;
    const pod = this.#pods.all[Math.floor(subject / machines.length)]!;
    const thread = pod.cores.pop(now);
    if (pod.cores.size === 0) machine.cores.setActive(pod.number, pod.cores, false);
    if (thread < 0) this.#rise(now, pod);
    else this.#depart(now, thread, pod);
    this.#share(now, machine);
  }

  #depart(now: Seconds, id: number, pod: NodePod): void {
    const { at, network, cold, start, work, isCold, number } = this.#requests;
    const queue = Math.max(0, now - at[id]! - cold[id]! - start[id]! - work[id]!);
    if (number[id] !== unmeasured) {
      this.#measured--;
      const { recorder } = this.#input;
      recorder.completed(at[id]!, network[id]!, cold[id]!, start[id]!, queue, work[id]!, isCold[id]!, 0, number[id]!);
    }
    this.#requests.close(id);
    this.#pods.exit(pod);
    const { pods } = this.#tenants[pod.function]!;
    if (pods.at(-1) !== pod) pods.push(pods.splice(pods.indexOf(pod), 1)[0]!); // Used last.
    this.#refill(now, pod);
    if (pod.busy === 0) this.#gauge(now);
  }

  #idle(now: Seconds, pod: NodePod): void {
    const stay = this.#drawKeepAlive();
    pod.generation++;
    if (stay === 0) this.#expire(now, pod);
    else if (stay < Infinity) this.#calendar.schedule(now + stay, expiry, pod.number, pod.generation);
  }

  #expire(now: Seconds, pod: NodePod): void {
    this.#remove(pod);
    this.#gauge(now);
  }

  #remove(pod: NodePod): void {
    const tenant = this.#tenants[pod.function]!;
    tenant.pods.splice(tenant.pods.indexOf(pod), 1);
    if (pod.readyAt === Infinity) tenant.starting--;
    this.#pods.remove(pod);
  }

  #fail(now: Seconds, id: number, kind: number): void {
    const number = this.#requests.number[id]!;
    if (number !== unmeasured) {
      this.#measured--;
      this.#input.recorder.failed(this.#requests.at[id]!, kind, number);
    }
    this.#requests.close(id);
    this.#gauge(now);
  }

  #faultsOf(): FaultEvents {
    const machines = () => this.#pods.machines;
    return new FaultEvents(this.#input, this.#calendar, fault, {
      crash: (now, uniform) => {
        const alive = this.#pods.all.filter(({ isGone }) => !isGone);
        const pod = alive[Math.floor(uniform() * alive.length)];
        if (pod !== undefined) this.#crash(now, pod);
      },
      loseNode: (now, number) => {
        const machine = machines()[number];
        if (machine === undefined) return;
        machine.isThere = false;
        for (const pod of [...machine.pods]) this.#crash(now, pod);
      },
      nodeBack: (now, number) => {
        const machine = machines()[number];
        if (machine === undefined) return;
        machine.isThere = true;
        if (this.#input.target.keepAlive !== "forever") return;
        for (const [i, { pods }] of this.#tenants.entries()) if (pods.length === 0) this.#order(now, i);
      },
      nodeSpeed: (now, number, speed) => {
        const machine = machines()[number];
        if (machine === undefined) return;
        machine.cores.speed = speed;
        this.#share(now, machine);
      },
    });
  }

  /** The pod is gone with all it serves; another follows where it is always wanted, or where requests wait. */
  #crash(now: Seconds, pod: NodePod): void {
    const tenant = this.#tenants[pod.function]!;
    const lost = this.#requests.atInstance(pod.number);
    this.#remove(pod);
    for (const id of lost) this.#fail(now, id, reset);
    this.#share(now, pod.machine);
    const isWanted = this.#input.target.keepAlive === "forever" || tenant.waiting.size > 0;
    if (isWanted && tenant.pods.length === 0) this.#order(now, pod.function);
    if (tenant.pods.length === 0) while (tenant.waiting.size > 0) this.#fail(now, tenant.waiting.shift(), rejected);
    this.#gauge(now);
  }

  #gauge(now: Seconds): void {
    const { starting, up, busy } = this.#pods;
    this.#input.recorder.gauge(now, starting + up, starting, up, busy);
  }
}
