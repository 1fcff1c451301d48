import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Deployment } from "../../../src/live/deployment.ts";
import { joined } from "../../../src/live/kafka/joined.ts";
import type { ConsumerOptions } from "../../../src/live/kafka/kafka.ts";
import { startAggregator } from "../../../src/live/pipeline/aggregator.ts";
import { runPipeline } from "../../../src/live/pipeline/pipeline.ts";
import { standardRules } from "../../../src/live/pipeline/rules.ts";
import { groups, topics } from "../../../src/live/pipeline/topics.ts";
import { startTrigger, type TriggerOptions } from "../../../src/live/pipeline/trigger.ts";
import { realClock } from "../../../src/live/realClock.ts";
import { toScenario } from "../../../src/scenario/parse.ts";
import { schedule } from "../../../src/scenario/schedule.ts";
import { fakeKafka } from "./fakeKafka.ts";

const gone = new Error("gone");
const fail = () => Promise.reject(gone);
const onFailed = () => {};
const clock = realClock();
const triggerOptions: TriggerOptions = {
  targets: new Map(),
  workFactors: new Map(),
  retry: { attempts: 1, backoff: 0.1 },
  timeout: 1,
  clock,
  dispatch: "mirror",
  inFlight: 4,
  patience: 0,
  onFailed,
};

describe("a role that cannot be started", () => {
  it("says why, and leaves no consumer open, though it fails before anyone waits", async () => {
    const { kafka, open, consumerOf } = fakeKafka({
      consumer: async (options) => {
        const consumer = consumerOf(options);
        options.onFailed?.(gone);
        await sleep(1);
        return consumer;
      },
    });
    await expect(joined(kafka, { group: "g", topics: ["t"], from: "earliest", onBatch: fail })).rejects.toThrow("gone");
    expect(open.consumers).toBe(0);
  });

  it("leaves no producer of the trigger open", async () => {
    const { kafka, open } = fakeKafka({ consumer: fail });
    await expect(startTrigger(kafka, triggerOptions)).rejects.toThrow("gone");
    expect(open.producers).toBe(0);
  });

  it("leaves no producer of a partition open whose memory cannot be restored", async () => {
    let opened = 0;
    const { kafka, open, consumerOf, closer } = fakeKafka({
      transactionalProducer: async () => {
        opened++;
        return { transact: fail, close: closer("producers") };
      },
      consumer: async (options) => {
        options.onAssigned?.([0, 1, 2].map((partition) => ({ topic: topics.raw, partition })));
        return consumerOf(options);
      },
    });
    const aggregator = await startAggregator(kafka, { rules: standardRules, clock, patience: 0, onFailed });
    await aggregator.close();
    expect({ opened, ...open }).toEqual({ opened: 3, producers: 0, consumers: 0 });
  });
});

describe("the trigger's progress", () => {
  const record = { key: "d", value: Buffer.from("no JSON"), headers: {}, offset: 7n, timestampMs: 0 };
  const batch = { topic: topics.enriched, partition: 2, records: [record], wanted: new AbortController().signal };

  it("is committed later where a commit failed", async () => {
    let refusals = 1;
    let deliver: ConsumerOptions["onBatch"] = fail;
    const { kafka, commits, consumerOf } = fakeKafka({
      consumer: async (options) => {
        deliver = options.onBatch;
        options.onAssigned?.([{ topic: topics.enriched, partition: 2 }]);
        const consumer = consumerOf(options);
        return { ...consumer, commit: (offsets) => (refusals-- > 0 ? fail() : consumer.commit(offsets)) };
      },
    });
    const trigger = await startTrigger(kafka, triggerOptions);
    await deliver(batch);
    await expect.poll(() => commits).toEqual([[{ topic: topics.enriched, partition: 2, offset: 8n }]]);
    await trigger.close();
    expect(commits).toHaveLength(1);
  });

  it("waits through a rebalance for what is in flight in a partition that stays", async () => {
    let options: ConsumerOptions | undefined;
    const held: (() => void)[] = [];
    const { kafka, commits, consumerOf } = fakeKafka({
      producer: async () => ({ send: () => new Promise((resolve) => held.push(resolve)), close: async () => {} }),
      consumer: async (own) => {
        options = own;
        own.onAssigned?.([{ topic: topics.enriched, partition: 2 }]);
        return consumerOf(own);
      },
    });
    const trigger = await startTrigger(kafka, triggerOptions);
    await options!.onBatch(batch);
    await expect.poll(() => held).toHaveLength(1);
    options!.onAssigned!([{ topic: topics.enriched, partition: 2 }]);
    await options!.onBatch({ ...batch, records: [{ ...record, offset: 8n }] });
    held.shift()!();
    await expect.poll(() => held).toHaveLength(1);
    await expect.poll(() => commits.flat().map(({ offset }) => offset)).toEqual([8n]);
    held.shift()!();
    await trigger.close();
    expect(commits.flat().map(({ offset }) => offset)).toEqual([8n, 9n]);
  });

  it("is nobody's in a partition that went to another member", async () => {
    const sent: string[] = [];
    let deliver: ConsumerOptions["onBatch"] = fail;
    const { kafka, commits, consumerOf } = fakeKafka({
      producer: async () => ({ send: async (topic) => void sent.push(topic), close: async () => {} }),
      consumer: async (options) => {
        deliver = options.onBatch;
        options.onAssigned?.([{ topic: topics.enriched, partition: 1 }]);
        return consumerOf(options);
      },
    });
    const trigger = await startTrigger(kafka, triggerOptions);
    await deliver(batch);
    await trigger.close();
    expect({ sent, commits }).toEqual({ sent: [], commits: [] });
  });
});

it("a pipeline whose aggregator gives up does not play the rest of its schedule", { timeout: 10_000 }, async () => {
  const scenario = toScenario({
    name: "gives-up",
    seed: 1,
    duration: "1h",
    arrivals: { kind: "poisson", rate: "5/s" },
    work: { kind: "deterministic", value: "1ms" },
    targets: { f: { kind: "spinkube", replicas: 1 } },
  });
  const failing = { onFailed };
  const { kafka, open, consumerOf, closer } = fakeKafka({
    producer: async () => ({
      send: async (topic) => {
        if (topic === topics.raw) failing.onFailed();
      },
      close: closer("producers"),
    }),
    consumer: async (options) => {
      if (options.group === groups.aggregator) failing.onFailed = () => options.onFailed?.(gone);
      options.onAssigned?.([]);
      return consumerOf(options);
    },
  });
  let targets = 0;
  const deployment: Deployment = {
    target: () => ({
      open: async () => void targets++,
      prepare: () => ({}) as never,
      send: () => () => {},
      close: async () => {
        targets--;
        return {};
      },
    }),
  };
  await expect(runPipeline(scenario, schedule(scenario), deployment, { kafka })).rejects.toThrow("gone");
  expect({ targets, ...open }).toEqual({ targets: 0, producers: 0, consumers: 0 });
});
