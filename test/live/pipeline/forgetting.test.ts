import { expect, it } from "vitest";
import type { ConsumerOptions, KafkaMessage } from "../../../src/live/kafka/kafka.ts";
import { devicesMax, startAggregator } from "../../../src/live/pipeline/aggregator.ts";
import { markerKey } from "../../../src/live/pipeline/memory.ts";
import { standardRules } from "../../../src/live/pipeline/rules.ts";
import { topics } from "../../../src/live/pipeline/topics.ts";
import { timerClock } from "../../../src/live/timerClock.ts";
import { fakeKafka } from "./fakeKafka.ts";

it("an aggregator forgets the devices heard of longest ago, in its changelog too", async () => {
  const states: KafkaMessage[] = [];
  let deliver: ConsumerOptions["onBatch"] = () => Promise.reject(new Error("not assigned"));
  const { kafka, consumerOf, closer } = fakeKafka({
    transactionalProducer: async () => ({
      transact: (work) =>
        work({
          send: async (topic, messages) => void (topic === topics.state && states.push(...messages)),
          commit: async () => {},
        }),
      close: closer("producers"),
    }),
    consumer: async (options) => {
      if (options.topics.includes(topics.raw)) {
        deliver = options.onBatch;
        options.onAssigned?.([{ topic: topics.raw, partition: 0 }]);
      } else {
        const marker = states.findLast(({ key }) => key === markerKey)!;
        const record = { key: markerKey, value: marker.value, headers: {}, offset: 0n, timestampMs: 0 };
        void options.onBatch({ topic: topics.state, partition: 0, records: [record], wanted });
      }
      return consumerOf(options);
    },
  });
  const wanted = new AbortController().signal;
  const onFailed = (error: Error): void => {
    throw error;
  };
  const aggregator = await startAggregator(kafka, { rules: standardRules, clock: timerClock(), patience: 0, onFailed });
  const records = Array.from({ length: devicesMax + 2 }, (_, i) => {
    const event = { id: `e${i}`, device: `camera-${i}`, frameSeconds: 1, detections: [], workSeconds: 0 };
    return { key: null, value: Buffer.from(JSON.stringify(event)), headers: {}, offset: BigInt(i), timestampMs: 1 };
  });
  await deliver({ topic: topics.raw, partition: 0, records, wanted });
  await aggregator.close();
  const gone = states.filter(({ value }) => value === null).map(({ key }) => key);
  expect(gone).toEqual(["camera-0", "camera-1"]);
});
