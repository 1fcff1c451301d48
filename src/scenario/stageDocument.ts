import type { DistributionSpec } from "../distributions/index.ts";
import { arrivalsDocument } from "./arrivalsDocument.ts";
import type { HedgeSpec, RetriesSpec } from "./client.ts";
import { distributionDocument } from "./distributionDocument.ts";
import type { PopSpec } from "./edge.ts";
import type { FaultSpec } from "./faults.ts";
import type { GpuSpec } from "./gpu.ts";
import type { NeighboursSpec } from "./node.ts";
import type { ConsumerFields, FunctionStage, StageSpec } from "./pipeline.ts";
import { durationText } from "./quantityText.ts";

/** A stage that is no function, as a document. */
export function stageDocument(stage: Exclude<StageSpec, FunctionStage>): object {
  switch (stage.kind) {
    case "delay":
      return { ...stage, time: distributionDocument(stage.time) };
    case "produce":
      return { ...stage, linger: durationText(stage.linger), send: distributionDocument(stage.send) };
    case "aggregator": {
      const { transaction, work } = stage;
      const transacted = transaction && { transaction: distributionDocument(transaction) };
      return { ...stage, ...consumerDocument(stage), work: distributionDocument(work), ...transacted };
    }
    case "collector":
      return { ...stage, ...consumerDocument(stage), work: distributionDocument(stage.work) };
    case "trigger": {
      const { retries } = stage;
      return { ...stage, ...consumerDocument(stage), ...(retries && { retries: retriesDocument(retries) }) };
    }
  }
}

function consumerDocument({ fetch, autoCommitInterval, rebalance }: ConsumerFields): object {
  return {
    fetch: distributionDocument(fetch),
    autoCommitInterval: durationText(autoCommitInterval),
    ...(rebalance && {
      rebalance: { every: distributionDocument(rebalance.every), pause: distributionDocument(rebalance.pause) },
    }),
  };
}

export const popDocument = (pop: PopSpec): object => ({ ...pop, roundTrip: distributionDocument(pop.roundTrip) });

export const neighboursDocument = ({ count, arrivals, work }: NeighboursSpec): object => ({
  count,
  arrivals: arrivalsDocument(arrivals),
  work: distributionDocument(work),
});

export function retriesDocument({ initialBackoff, maxBackoff, attemptTimeout, ...rest }: RetriesSpec): object {
  return {
    ...rest,
    initialBackoff: durationText(initialBackoff),
    maxBackoff: durationText(maxBackoff),
    ...(attemptTimeout !== undefined && { attemptTimeout: durationText(attemptTimeout) }),
  };
}

export const hedgeDocument = ({ maxAttempts, delay }: HedgeSpec): object => ({
  maxAttempts,
  delay: durationText(delay),
});

/** Where a target's or a stage's work comes from and runs. */
export function workDocument(work: GpuSpec | DistributionSpec): unknown {
  if (!("on" in work)) return distributionDocument(work);
  return {
    ...work,
    ...(work.of && { of: distributionDocument(work.of) }),
    maxQueueDelay: durationText(work.maxQueueDelay),
    launch: distributionDocument(work.launch),
  };
}

export function faultDocument({ at, every, ...fault }: FaultSpec): object {
  return {
    ...fault,
    at: durationText(at),
    ...(every !== undefined && { every: durationText(every) }),
    ...("lasts" in fault && fault.lasts !== undefined && { lasts: durationText(fault.lasts) }),
  };
}
