import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { deploymentAt } from "../../src/live/deployment.ts";
import type { Kafka, KafkaRecord } from "../../src/live/kafka/kafka.ts";
import { type PipelineOptions, runPipeline } from "../../src/live/pipeline/pipeline.ts";
import { createTopics, groups, topics } from "../../src/live/pipeline/topics.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { ownBroker, whyNoJars } from "./broker.ts";
import { functionWith } from "./pipelineTarget.ts";

const limit = 240_000;
const scenario = toScenario({
  name: "pipeline-test",
  seed: 3,
  duration: "8s",
  arrivals: {
    kind: "devices",
    count: 20,
    each: { kind: "onOff", on: "300ms", off: { kind: "exponential", mean: "1s" }, rate: "20/s" },
  },
  work: { kind: "exponential", mean: "4ms" },
  targets: { f: { kind: "spinkube", replicas: 1, timeout: "4s" } },
});
const scheduled = schedule(scenario);
const count = (() => {
  let n = 0;
  for (const cursor = scheduled.open(); cursor.next(); ) n++;
  return n;
})();

describe.skipIf(whyNoJars !== null)(`the pipeline${whyNoJars === null ? "" : ` (skipped: ${whyNoJars})`}`, () => {
  const own = ownBroker();

  const run = (url: string, options: Partial<PipelineOptions> = {}) =>
    runPipeline(scenario, scheduled, deploymentAt({ f: url }), { kafka: own.kafka, partitions: 3, ...options });
  /** The dead letters that `mine` picks, once there are as many as expected. */
  const deadLetters = async (expected: number, mine: (record: KafkaRecord) => boolean): Promise<KafkaRecord[]> => {
    const records: KafkaRecord[] = [];
    const consumer = await own.kafka.consumer({
      group: `reader-${randomUUID()}`,
      topics: [topics.dead],
      from: "earliest",
      onBatch: async (batch) => void records.push(...batch.records.filter(mine)),
    });
    await expect.poll(() => records.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(expected);
    await consumer.close();
    return records;
  };
  const of = (run: string) => (record: KafkaRecord) => record.headers["coldcast-run"] === run;

  it("brings every event to the function once, with its content, and leaves no lag", { timeout: limit }, async () => {
    const target = await functionWith(() => null);
    const { answer, outcomes, last } = await run(target.url);
    await target.close();
    expect(target.calls.size).toBe(count);
    expect([...target.calls.values()].every((calls) => calls === 1)).toBe(true);
    for (const [id, body] of target.bodies) expect(JSON.parse(body)).toMatchObject({ id, late: false });
    const [f] = answer.targets;
    if (f === undefined || f.status === "unavailable") throw new Error("nothing measured");
    expect(f.counts).toMatchObject({ scheduled: count, completed: count, failed: {}, dropped: 0, unsent: 0 });
    expect(last.duplicates).toBe(0);
    expect(Math.min(...outcomes.get("f")!.latency)).toBeGreaterThan(0);
    expect(await own.kafka.lag(groups.trigger, topics.enriched)).toBe(0);
  });

  it("sends again what failed, and puts aside with its reason what keeps failing", { timeout: limit }, async () => {
    const place = (id: string) => Number(id.split("-").at(-1));
    const target = await functionWith((id, attempt) => {
      const fault = (["http500", "hang", "reset"] as const)[place(id) % 3]!;
      if (place(id) % 50 === 0) return fault; // never well
      return place(id) % 10 === 1 && attempt === 1 ? fault : null; // well at the second time
    });
    const { answer, last } = await run(target.url, { attempts: 2, inFlight: 32 });
    await target.close();
    const hopeless = Math.ceil(count / 50);
    const [f] = answer.targets;
    if (f === undefined || f.status === "unavailable") throw new Error("nothing measured");
    const failed = Object.values(f.counts!.failed).reduce((sum, n) => sum + n, 0);
    expect({ failed, completed: f.counts!.completed }).toEqual({ failed: hopeless, completed: count - hopeless });
    const dead = await deadLetters(hopeless, of(last.run));
    expect(dead).toHaveLength(hopeless);
    const reasons = new Set(dead.map(({ headers }) => headers.reason));
    expect(reasons).toEqual(
      new Set([
        "f: http5xx after 2 sends, status 500",
        "f: timeout after 2 sends, status 0",
        "f: reset after 2 sends, status 0",
      ]),
    );
    for (const { value } of dead) expect(JSON.parse(String(value))).toHaveProperty("workSeconds");
  });

  it("puts malformed events aside with the reason, and goes on", { timeout: limit }, async () => {
    await createTopics(own.kafka, 3);
    const producer = await own.kafka.producer();
    const now = performance.timeOrigin / 1e3 + performance.now() / 1e3;
    const well = { id: "x", device: "d", frameSeconds: now, detections: [], workSeconds: 0.001 };
    const malformed: [string, unknown][] = [
      ["it is not JSON", "{"],
      ["id must be a text of 1 to 200 characters", { ...well, id: 5 }],
      ["device must be a text of 1 to 200 characters", { ...well, device: undefined }],
      ["frameSeconds is 3600 s ahead", { ...well, frameSeconds: now + 3600 }],
      ["it is 1000000 bytes long; at most 262144 are read", "x".repeat(1_000_000)],
    ];
    for (const [, value] of malformed) {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      await producer.send(topics.raw, [{ key: "d", value: Buffer.from(text) }]);
    }
    await producer.close();
    const target = await functionWith(() => null);
    const { answer } = await run(target.url);
    await target.close();
    const [f] = answer.targets;
    if (f === undefined || f.status === "unavailable") throw new Error("nothing measured");
    expect(f.counts!.completed).toBe(count);
    const reasons = (await deadLetters(malformed.length, (record) => record.headers["coldcast-run"] === undefined)).map(
      ({ headers }) => headers.reason!.replace(/\d{4} s/, "3600 s"),
    );
    expect(reasons.toSorted()).toEqual(malformed.map(([reason]) => reason).toSorted());
  });

  it("counts an event once that is delivered twice", { timeout: limit }, async () => {
    const target = await functionWith(() => null);
    const twice: Kafka = {
      ...own.kafka,
      producer: async () => {
        const producer = await own.kafka.producer();
        return {
          ...producer,
          send: async (topic, messages) => {
            await producer.send(topic, messages);
            if (topic === topics.raw) await producer.send(topic, messages.slice(0, 1));
          },
        };
      },
    };
    const { answer, last } = await run(target.url, { kafka: twice });
    await target.close();
    expect(target.calls.size).toBe(count);
    expect([...target.calls.values()].every((calls) => calls === 1)).toBe(true);
    expect(last.duplicates).toBeGreaterThan(0);
    const [f] = answer.targets;
    expect(f?.status !== "unavailable" && f?.counts?.completed).toBe(count);
  });

  it("loses nothing when the broker is killed and comes back", { timeout: limit }, async () => {
    const target = await functionWith(() => null);
    const running = run(target.url);
    await new Promise((resolve) => setTimeout(resolve, 6000));
    await own.broker.kill();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await own.broker.restart();
    const { answer } = await running;
    await target.close();
    const [f] = answer.targets;
    if (f === undefined || f.status === "unavailable") throw new Error("nothing measured");
    expect(f.counts).toMatchObject({ completed: count, failed: {}, unsent: 0 });
    expect(target.calls.size).toBe(count);
  });
});
