import { once } from "node:events";
import { Kafka as Client, logLevel } from "kafkajs";
import type { Deployment } from "../../src/live/deployment.ts";
import type { Kafka, KafkaMessage } from "../../src/live/kafka/kafka.ts";
import { generate } from "../../src/live/pipeline/generator.ts";
import { createTopics, topics } from "../../src/live/pipeline/topics.ts";
import { startTrigger } from "../../src/live/pipeline/trigger.ts";
import type { Target } from "../../src/live/targets/target.ts";
import { timerClock } from "../../src/live/timerClock.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";

/** Events a second, by what makes or takes them. */
export interface Rates {
  readonly rawProducer: number;
  readonly generator: number;
  readonly rawConsumer: number;
  /** With a function that answers within this process. */
  readonly trigger: number;
  /** Calls alone, without Kafka. */
  readonly rawCalls: number;
  /** With a function behind HTTP. */
  readonly triggerCalls: number;
}

const chunk = 1000;
const underWay = 64;
const clock = timerClock();
const partitions = 6;

/** All at once: nobody waits for an instant. */
const burst = (events: number) =>
  toScenario({
    name: "burst",
    arrivals: { kind: "burst", size: events },
    work: 0,
    targets: { f: { kind: "spinkube", replicas: 1 } },
  });

/** One round on a broker: each in turn, with events of the same bytes. */
export async function measureRates(
  bootstrap: string,
  kafka: Kafka,
  deployment: Deployment,
  events: number,
): Promise<Rates> {
  const scenario = burst(events);
  const drawn = schedule(scenario);
  const context = { scenario, seed: 1, startedAt: new Date(0), peak: underWay };
  const common = { clock, zero: clock.now(), devices: 50, run: `rates-${events}-${clock.now()}` };
  const messages: KafkaMessage[] = [];
  const keeper = { send: async (_: string, sent: readonly KafkaMessage[]) => void messages.push(...sent) };
  await generate(drawn, { ...common, producer: { ...keeper, close: async () => {} } });
  const client = new Client({ clientId: "raw", brokers: bootstrap.split(","), logLevel: logLevel.NOTHING });

  await createTopics(kafka, partitions);
  const rawProducer = await produceRaw(client, topics.raw, messages);
  const producer = await kafka.producer();
  const generator = await rateOf(events, () => generate(drawn, { ...common, producer }));
  await producer.close();
  await produceRaw(client, topics.enriched, messages);
  const rawConsumer = await consumeRaw(client, messages.length);
  const called = deployment.target(scenario.targets[0]!, context);
  await called.open();
  const rawCalls = await rateOf(events, () => callAll(called, messages));
  const instant: Target = {
    ...called,
    send: (_, done) => {
      queueMicrotask(() => done({ outcome: "completed" }));
      return () => {};
    },
  };
  const trigger = await triggerRate(kafka, instant, events);
  // Its group has read everything: the same once more.
  await produceRaw(client, topics.enriched, messages);
  const triggerCalls = await triggerRate(kafka, called, events);
  await called.close();
  return { rawProducer, generator, rawConsumer, trigger, rawCalls, triggerCalls };
}

async function rateOf(events: number, work: () => Promise<unknown>): Promise<number> {
  const from = clock.now();
  await work();
  return events / (clock.now() - from);
}

async function produceRaw(client: Client, topic: string, messages: readonly KafkaMessage[]): Promise<number> {
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const rate = await rateOf(messages.length, async () => {
    for (let from = 0; from < messages.length; from += chunk) {
      const part = messages.slice(from, from + chunk);
      await producer.send({
        topic,
        acks: -1,
        messages: part.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })),
      });
    }
  });
  await producer.disconnect();
  return rate;
}

/** From the joining of the group to the last message, each looked at. */
async function consumeRaw(client: Client, events: number): Promise<number> {
  const consumer = client.consumer({ groupId: `raw-${clock.now()}`, readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topics: [topics.enriched], fromBeginning: true });
  const watch = stopwatch(events);
  consumer.on(consumer.events.GROUP_JOIN, watch.begin);
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: 64,
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) if (value !== null) watch.count(1);
    },
  });
  const rate = await watch.rate;
  await consumer.disconnect();
  return rate;
}

/** From the joining of the group, or the first call, to the last answer. */
async function triggerRate(kafka: Kafka, target: Target, events: number): Promise<number> {
  const watch = stopwatch(events);
  const watched: Target = {
    ...target,
    send: (prepared, done) => {
      watch.begin();
      return target.send(prepared, (reply) => {
        watch.count(1);
        done(reply);
      });
    },
  };
  const trigger = await startTrigger(kafka, {
    targets: new Map([["f", watched]]),
    workFactors: new Map(),
    retry: { attempts: 1, backoff: 0.1 },
    timeout: 10,
    clock,
    dispatch: "single",
    inFlight: underWay,
    patience: 10,
    onFailed: (error) => {
      throw error;
    },
  });
  watch.begin();
  const rate = await watch.rate;
  await trigger.close();
  return rate;
}

/** Calls the function for every event, so many at a time. */
async function callAll(target: Target, messages: readonly KafkaMessage[]): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < messages.length; index = next++) {
      const data = String(messages[index]!.value);
      const { id } = JSON.parse(data) as { id: string };
      const event = { id, data, traceparent: "", origin: "" };
      const prepared = target.prepare({ index, atSeconds: 0, workSeconds: 0, event });
      await new Promise<void>((resolve) => void target.send(prepared, () => resolve()));
    }
  };
  await Promise.all(Array.from({ length: underWay * partitions }, worker));
}

function stopwatch(events: number) {
  let from = Number.NaN;
  let counted = 0;
  const over = new EventTarget();
  const begin = (): void => {
    if (Number.isNaN(from)) from = clock.now();
  };
  return {
    begin,
    count: (more: number): void => {
      begin();
      counted += more;
      if (counted >= events) over.dispatchEvent(new Event("over"));
    },
    rate: once(over, "over").then(() => events / (clock.now() - from)),
  };
}
