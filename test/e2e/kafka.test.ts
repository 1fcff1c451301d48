import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TargetError } from "../../src/base/check.ts";
import { type Broker, localBroker } from "../../src/live/kafka/broker.ts";
import { clientName } from "../../src/live/kafka/clientName.ts";
import { joined } from "../../src/live/kafka/joined.ts";
import type { ConsumerOptions, Kafka, KafkaBatch } from "../../src/live/kafka/kafka.ts";
import { kafkajsClient } from "../../src/live/kafka/kafkajsClient.ts";
import { platformaticClient } from "../../src/live/kafka/platformaticClient.ts";
import { whyNoBroker } from "./broker.ts";

const clients = { kafkajs: kafkajsClient, platformatic: platformaticClient };
const bytes = (text: string) => Buffer.from(text);
const limit = 60_000;

describe.skipIf(whyNoBroker !== null)(`Kafka${whyNoBroker === null ? "" : ` (skipped: ${whyNoBroker})`}`, () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await localBroker();
  }, 400_000);
  afterAll(() => broker.stop());

  describe.each(Object.entries(clients))("by %s", (_, connect) => {
    let kafka: Kafka;
    beforeAll(async () => {
      kafka = await connect(broker.bootstrap);
    });
    afterAll(() => kafka.close());

    const topic = async (partitions: number): Promise<string> => {
      const name = `test-${randomUUID()}`;
      await kafka.createTopics([{ name, partitions }]);
      return name;
    };
    /** Reads until `enough` says so; commits what was read. */
    const read = async (
      options: Partial<ConsumerOptions> & Pick<ConsumerOptions, "topics">,
      enough: (batches: readonly KafkaBatch[]) => boolean,
    ): Promise<KafkaBatch[]> => {
      const batches: KafkaBatch[] = [];
      let finish: () => void = () => {};
      const done = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const consumer = await kafka.consumer({
        group: `group-${randomUUID()}`,
        from: "earliest",
        onBatch: async (batch) => {
          batches.push(batch);
          if (enough(batches)) finish();
        },
        ...options,
      });
      await done;
      await consumer.commit(
        batches.map(({ topic: name, partition, records }) => ({
          topic: name,
          partition,
          offset: records.at(-1)!.offset + 1n,
        })),
      );
      await consumer.close();
      return batches;
    };
    const count = (batches: readonly KafkaBatch[]) => batches.reduce((sum, { records }) => sum + records.length, 0);

    it("takes more at once than a broker does, alone and in a transaction", { timeout: limit }, async () => {
      const name = await topic(1);
      const messages = Array.from({ length: 3000 }, () => ({ key: "device", value: Buffer.alloc(1000) }));
      const producer = await kafka.producer();
      await producer.send(name, messages);
      await producer.close();
      const inTransactions = await kafka.transactionalProducer(`id-${randomUUID()}`);
      await inTransactions.transact((transaction) => transaction.send(name, messages));
      await inTransactions.close();
      expect(count(await read({ topics: [name] }, (all) => count(all) === 6000))).toBe(6000);
    });

    it("tells who is in a group, and takes out who cannot leave it", { timeout: limit }, async () => {
      const name = await topic(1);
      const group = `group-${randomUUID()}`;
      expect(await kafka.members(group)).toEqual([]);
      const consumer = await joined(kafka, { group, topics: [name], from: "earliest", onBatch: async () => {} });
      const [member, ...others] = await kafka.members(group);
      expect({ client: member?.client, others }).toEqual({ client: clientName, others: [] });
      await kafka.removeMembers(group, [member!.id]);
      // It lives, and so it joins again, as another.
      expect((await kafka.members(group)).map(({ id }) => id)).not.toContain(member!.id);
      await consumer.close();
    });

    it("keeps the order of a key, headers, empty values, and creates topics once", { timeout: limit }, async () => {
      const name = await topic(3);
      await kafka.createTopics([{ name, partitions: 3 }]);
      const producer = await kafka.producer();
      await producer.send(
        name,
        Array.from({ length: 300 }, (_, i) => ({
          key: `device-${i % 10}`,
          value: i === 7 ? null : bytes(String(i)),
          headers: { place: String(i) },
        })),
      );
      await producer.send(name, [{ key: "fixed", value: bytes("x"), headers: { place: "300" }, partition: 2 }]);
      await producer.close();
      const batches = await read({ topics: [name] }, (all) => count(all) === 301);
      const places = new Map<string, number[]>();
      for (const { records } of batches) {
        for (const { key, headers } of records) places.set(key!, [...(places.get(key!) ?? []), Number(headers.place)]);
      }
      expect(places.size).toBe(11);
      for (const each of places.values()) expect(each).toEqual(each.toSorted((a, b) => a - b));
      const records = batches.flatMap((batch) => batch.records.map((record) => ({ ...record, ...batch })));
      expect(records.find(({ headers }) => headers.place === "7")!.value).toBeNull();
      expect(records.find(({ key }) => key === "fixed")!.partition).toBe(2);
    });

    it("goes on where the group stopped, and tells the lag", { timeout: limit }, async () => {
      const [name, group] = [await topic(2), `group-${randomUUID()}`];
      const producer = await kafka.producer();
      const send = (from: number, to: number) =>
        producer.send(
          name,
          Array.from({ length: to - from }, (_, i) => ({ key: String(i), value: bytes(String(from + i)) })),
        );
      await send(0, 40);
      expect(await kafka.lag(group, name)).toBe(40);
      await read({ topics: [name], group }, (all) => count(all) === 40);
      expect(await kafka.lag(group, name)).toBe(0);
      await send(40, 50);
      expect(await kafka.lag(group, name)).toBe(10);
      const rest = await read({ topics: [name], group }, (all) => count(all) === 10);
      const values = rest.flatMap(({ records }) => records.map(({ value }) => Number(value)));
      expect(values.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, i) => 40 + i));
      await producer.close();
    });

    it("shows a transaction whole or not at all, with the consumer's progress in it", { timeout: limit }, async () => {
      const [from, to, group] = [await topic(1), await topic(1), `group-${randomUUID()}`];
      const producer = await kafka.producer();
      await producer.send(from, [{ key: null, value: bytes("a") }]);
      const transactional = await kafka.transactionalProducer(`id-${randomUUID()}`);
      let handled: () => void = () => {};
      const done = new Promise<void>((resolve) => {
        handled = resolve;
      });
      const consumer = await kafka.consumer({
        group,
        topics: [from],
        from: "earliest",
        onBatch: async ({ topic: name, partition, records }) => {
          const offset = records.at(-1)!.offset + 1n;
          const failing = transactional.transact(async (transaction) => {
            await transaction.send(to, [{ key: null, value: bytes("aborted") }]);
            await transaction.commit(consumer, { topic: name, partition, offset });
            throw new Error("on purpose");
          });
          await expect(failing).rejects.toThrow("on purpose");
          expect(await kafka.lag(group, from)).toBe(1);
          await transactional.transact(async (transaction) => {
            await transaction.send(to, [{ key: null, value: bytes("committed") }]);
            await transaction.commit(consumer, { topic: name, partition, offset });
          });
          handled();
        },
      });
      await done;
      await consumer.close();
      expect(await kafka.lag(group, from)).toBe(0);
      const reader = `group-${randomUUID()}`;
      const batches = await read({ topics: [to], group: reader }, (all) => count(all) === 1);
      expect(batches.flatMap(({ records }) => records.map(({ value }) => String(value)))).toEqual(["committed"]);
      // The end of a transaction has an offset of its own, which counts as read with the message before it.
      expect(await kafka.lag(reader, to)).toBe(0);
      await transactional.close();
      await producer.close();
    });

    it("fences off an earlier owner of a transactional id", { timeout: limit }, async () => {
      const [name, id] = [await topic(1), `id-${randomUUID()}`];
      const write = (text: string) => (transaction: { send: (t: string, m: never[]) => Promise<void> }) =>
        transaction.send(name, [{ key: null, value: bytes(text) }] as never[]);
      const first = await kafka.transactionalProducer(id);
      await first.transact(write("first"));
      const second = await kafka.transactionalProducer(id);
      await second.transact(write("second"));
      await expect(first.transact(write("too late"))).rejects.toThrow();
      const batches = await read({ topics: [name] }, (all) => count(all) === 2);
      expect(batches.flatMap(({ records }) => records.map(({ value }) => String(value)))).toEqual(["first", "second"]);
      await first.close();
      await second.close();
    });

    it("shares partitions with a second member, and gives them back when it leaves", { timeout: limit }, async () => {
      const [name, group] = [await topic(4), `group-${randomUUID()}`];
      const owned: number[] = [0, 0];
      const member = (k: number) =>
        kafka.consumer({
          group,
          topics: [name],
          from: "earliest",
          onBatch: async () => {},
          onAssigned: (partitions) => {
            owned[k] = partitions.length;
          },
        });
      const first = await member(0);
      await expect.poll(() => owned[0], { timeout: 20_000 }).toBe(4);
      const second = await member(1);
      await expect.poll(() => owned, { timeout: 30_000 }).toEqual([2, 2]);
      await second.close();
      await expect.poll(() => owned[0], { timeout: 30_000 }).toBe(4);
      await first.close();
    });

    it("says where no broker answers", { timeout: limit }, async () => {
      await expect(connect("127.0.0.1:9")).rejects.toThrow(TargetError);
      await expect(connect("127.0.0.1:9")).rejects.toThrow("no broker answers at 127.0.0.1:9");
    });
  });
});
