import type { Seconds } from "../base/units.ts";
import type { PartitionOffsets } from "../policies/scaling/index.ts";
import type { Autoscaler, KedaHttpAutoscaler, KedaKafkaAutoscaler } from "../scenario/autoscaler.ts";
import { Dispatcher } from "./dispatcher.ts";
import { HttpLoad } from "./httpLoad.ts";
import { Queue } from "./queue.ts";
import { type RunInput, samplerOf } from "./run.ts";

/** Where held requests go. */
export interface HolderOutlet {
  /** Whether a request that is sent now gets through. */
  takes(): boolean;
  /** @param consumer the pod that took the message itself; −1: whoever balances chooses */
  send(now: Seconds, id: number, consumer: number): void;
  /** Something changes by itself then. */
  wakeAt(time: Seconds): void;
}

/** What stands between the arrivals and the pods, and is asked for the load they are scaled on. */
export interface Holder {
  /** Between two commits; 0: nothing commits by the clock. */
  readonly commitSeconds: Seconds;
  arrive(now: Seconds, id: number): void;
  ended(id: number): void;
  /** Something may be handed on that could not be before. */
  changed(): void;
  settle(now: Seconds): void;
  commit(): void;
  podServes(now: Seconds, pod: number): void;
  podStops(now: Seconds, pod: number): void;
  offsets(): readonly PartitionOffsets[] | null;
  /** Messages not yet committed. */
  readonly lag: number;
  /** Takes out what waits and will not be handed on any more. */
  abandon(): readonly number[];
  load(now: Seconds): number;
}

/** What an autoscaler's trigger puts in front of the pods. */
export function holderOf(input: RunInput, spec: Autoscaler, outlet: HolderOutlet): Holder {
  if (spec.kind === "hpa") return nothing(outlet);
  if (spec.trigger === "http") return interceptor(spec, outlet);
  return input.offsets === undefined ? kafkaGroup(input, spec, outlet) : calledBy(input.offsets, outlet);
}

const inert = {
  commitSeconds: 0,
  ended: () => {},
  changed: () => {},
  settle: () => {},
  commit: () => {},
  podServes: () => {},
  podStops: () => {},
  offsets: () => null,
  lag: 0,
  abandon: () => [],
  load: () => 0,
};

const nothing = (outlet: HolderOutlet): Holder => ({ ...inert, arrive: (now, id) => outlet.send(now, id, -1) });

/** Requests wait, in order, until somebody takes them. */
function line(outlet: HolderOutlet): Pick<Holder, "arrive" | "settle" | "abandon"> {
  const held = new Queue();
  const settle = (now: Seconds): void => {
    while (held.size > 0 && outlet.takes()) outlet.send(now, held.shift(), -1);
  };
  return {
    settle,
    arrive(now, id) {
      held.push(id);
      settle(now);
    },
    abandon: () => Array.from({ length: held.size }, () => held.shift()),
  };
}

/** A consumer group elsewhere calls the pods, and calls again until one of them answers. */
const calledBy = (offsets: () => readonly PartitionOffsets[], outlet: HolderOutlet): Holder => ({
  ...inert,
  ...line(outlet),
  offsets,
});

/** The add-on's reverse proxy: it counts what is in hand, and holds requests until somebody takes them. */
function interceptor(spec: KedaHttpAutoscaler, outlet: HolderOutlet): Holder {
  const load = new HttpLoad(spec);
  const held = line(outlet);
  return {
    ...inert,
    settle: held.settle,
    abandon: held.abandon,
    arrive(now, id) {
      load.enter(now);
      held.arrive(now, id);
    },
    ended: () => load.leave(),
    load: (now) => load.value(now),
  };
}

/** A topic and a consumer group: a dispatcher's consumers that call the pods, or the pods as consumers themselves. */
function kafkaGroup(input: RunInput, { partitions, dispatch }: KedaKafkaAutoscaler, outlet: HolderOutlet): Holder {
  const { consumers, inFlight, autoCommitInterval: commitSeconds } = dispatch;
  const dispatcher = new Dispatcher({ partitions, inFlight, commitsEach: commitSeconds === 0 });
  const drawRebalance = samplerOf(input, "rebalance", dispatch.rebalance);
  const ownPods = consumers === "pods";
  if (!ownPods) for (let consumer = 0; consumer < consumers; consumer++) dispatcher.join(0, consumer);
  let mayHandOn = false;
  const rebalanced = (readableAt: Seconds): void => {
    mayHandOn = true;
    outlet.wakeAt(readableAt);
  };
  const settle = (now: Seconds): void => {
    if (!mayHandOn || !outlet.takes()) return;
    mayHandOn = false;
    for (const consumer of dispatcher.consumers) {
      for (let id = dispatcher.take(now, consumer); id >= 0; id = dispatcher.take(now, consumer)) {
        outlet.send(now, id, ownPods ? consumer : -1);
      }
    }
  };
  return {
    ...inert,
    commitSeconds,
    arrive(now, id) {
      dispatcher.append(id);
      mayHandOn = true;
      settle(now);
    },
    ended(id) {
      dispatcher.finish(id);
      mayHandOn = true;
    },
    changed: () => {
      mayHandOn = true;
    },
    settle,
    commit: () => dispatcher.commit(),
    podServes(now, pod) {
      if (ownPods) rebalanced(dispatcher.join(now, pod, drawRebalance()));
      mayHandOn = true;
    },
    podStops(now, pod) {
      if (ownPods) rebalanced(dispatcher.leave(now, pod, drawRebalance()));
    },
    offsets: () => dispatcher.offsets("simulated"),
    get lag() {
      return dispatcher.lag;
    },
    abandon: () => dispatcher.abandon(),
  };
}
