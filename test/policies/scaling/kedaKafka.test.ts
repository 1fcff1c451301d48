import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/base/check.ts";
import { horizontalPodAutoscaler, hpaSettings } from "../../../src/policies/scaling/hpa.ts";
import { kafkaScaler } from "../../../src/policies/scaling/kedaKafkaScaler.ts";
import { parseKafkaTrigger, unknownTriggerKeys } from "../../../src/policies/scaling/kedaKafkaTrigger.ts";
import { divisors, evenReplicas, totalLag } from "../../../src/policies/scaling/kedaLag.ts";
import { activePartitions, parsePartitionLimitation } from "../../../src/policies/scaling/kedaPartitions.ts";

const metadata = { bootstrapServers: "a:9092, b:9092", consumerGroup: "g", topic: "t" };
const trigger = parseKafkaTrigger(metadata);

function issuesOf(given: Readonly<Record<string, string>>): readonly string[] {
  try {
    parseKafkaTrigger(given);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.issues.map(({ path }) => path);
  }
}

describe("the metadata of a Kafka trigger", () => {
  it("takes what is missing or blank from the defaults, and some texts from the environment", () => {
    expect(parseKafkaTrigger({ ...metadata, lagThreshold: " ", version: "" })).toEqual(trigger);
    expect(trigger).toMatchObject({ bootstrapServers: ["a:9092", "b:9092"], lagThreshold: 10, version: "1.0.0" });
    const fromEnvironment = { bootstrapServersFromEnv: "SERVERS", consumerGroup: "g", topicFromEnv: "TOPIC" };
    expect(parseKafkaTrigger(fromEnvironment, { SERVERS: "a:9092,b:9092", TOPIC: "t" })).toEqual(trigger);
  });

  it("reports everything that is wrong at once", () => {
    const given = {
      lagThreshold: "5s",
      activationLagThreshold: "-1",
      offsetResetPolicy: "none",
      allowIdleConsumers: "yes",
    };
    expect(issuesOf({ ...given, partitionLimitation: "1,x", version: "1.2", tls: "on", sasl: "plain" })).toEqual([
      "bootstrapServers",
      "consumerGroup",
      "partitionLimitation",
      "lagThreshold",
      "activationLagThreshold",
      "offsetResetPolicy",
      "allowIdleConsumers",
      "sasl",
      "tls",
      "version",
    ]);
  });

  it("refuses limits that exclude each other or lack their topic", () => {
    const both = { limitToPartitionsWithLag: "true", ensureEvenDistributionOfPartitions: "true" };
    expect(issuesOf({ ...metadata, ...both })).toEqual(["limitToPartitionsWithLag"]);
    expect(issuesOf({ ...metadata, limitToPartitionsWithLag: "true", allowIdleConsumers: "true" })).toHaveLength(1);
    expect(issuesOf({ ...metadata, topic: "", ...both })).toHaveLength(3);
    expect(issuesOf({ ...metadata, ensureEvenDistributionOfPartitions: "true", allowIdleConsumers: "true" })).toEqual(
      [],
    );
  });

  it("reads the versions Kafka's clients read", () => {
    for (const version of ["0.8.2.0", "0.11.0.2", "1.0.0", "2.8.1", "4.3.1"]) {
      expect(issuesOf({ ...metadata, version }), version).toEqual([]);
    }
    for (const version of ["0.11.0", "1.0", "1.0.0.0", "0.8.2.0x", "v2.8.1"]) {
      expect(issuesOf({ ...metadata, version }), version).toEqual(["version"]);
    }
  });

  it("finds keys that nothing reads", () => {
    expect(unknownTriggerKeys({ ...metadata, topicFromEnv: "T", lagTreshold: "5" })).toEqual(["lagTreshold"]);
    const limits = {
      partitionLimitation: "1",
      lagThreshold: "5",
      activationLagThreshold: "1",
      offsetResetPolicy: "latest",
    };
    const flags = { allowIdleConsumers: "", excludePersistentLag: "", scaleToZeroOnInvalidOffset: "" };
    const further = {
      limitToPartitionsWithLag: "",
      ensureEvenDistributionOfPartitions: "",
      version: "",
      fullMetadata: "",
    };
    expect(unknownTriggerKeys({ ...metadata, ...limits, ...flags, ...further })).toEqual([]);
  });
});

describe("partitions", () => {
  it("are named one by one or in ranges", () => {
    const part = fc.tuple(fc.nat(50), fc.nat(5)).map(([first, more]) => ({
      text: more === 0 ? `${first}` : ` ${first} - ${first + more} `,
      numbers: Array.from({ length: more + 1 }, (_, i) => first + i),
    }));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const text = parts.map((one) => one.text).join(",");
        expect(parsePartitionLimitation(text)).toEqual(parts.flatMap((one) => one.numbers));
      }),
      { seed: 21 },
    );
  });

  it("are refused where they are no numbers", () => {
    for (const text of ["", "1,", "-1", "1-", "1--2", "1.5", "0x1", "1e3", "2147483648", "0-2147483647"]) {
      expect(() => parsePartitionLimitation(text), text).toThrow();
    }
    expect(() => parsePartitionLimitation("1, 2-x")).toThrow(
      'trigger metadata: partitionLimitation: "2-x" is neither a partition nor a range such as 1-4',
    );
    expect(() => parsePartitionLimitation("0-1000000")).toThrow("a range must be under 1000000 long, got 0-1000000");
    expect(parsePartitionLimitation("1-1000000")).toHaveLength(1_000_000);
    expect(parsePartitionLimitation("+3,2147483647")).toEqual([3, 2 ** 31 - 1]);
    expect(parsePartitionLimitation("4-2")).toEqual([]);
  });

  it("fail the trigger where none is left", () => {
    const message = "activePartitions: at least one partition must be active, got [0, 1]";
    expect(() => activePartitions([0, 1], [5])).toThrow(message);
    expect([activePartitions([0, 1, 2], [2, 1]), activePartitions([0, 1], null)]).toEqual([
      [1, 2],
      [0, 1],
    ]);
  });
});

const lags = fc.array(fc.nat(400), { minLength: 1, maxLength: 12 });
const flags = fc.record({
  allowIdleConsumers: fc.boolean(),
  limitToPartitionsWithLag: fc.boolean(),
  ensureEvenDistributionOfPartitions: fc.boolean(),
});
const partitionsOf = (values: readonly number[]) => values.map((lag) => ({ lag, lagWithPersistent: lag }));

describe("the lag of a topic", () => {
  it("is the sum, cut to what the partitions can use", () => {
    fc.assert(
      fc.property(lags, flags, fc.integer({ min: 1, max: 60 }), (values, how, lagThreshold) => {
        const { lag, active } = totalLag({ ...trigger, ...how, lagThreshold }, partitionsOf(values));
        const sum = values.reduce((a, b) => a + b, 0);
        const bound = how.limitToPartitionsWithLag ? values.filter((value) => value > 0).length : values.length;
        const free = how.allowIdleConsumers && !how.limitToPartitionsWithLag && !how.ensureEvenDistributionOfPartitions;
        expect(active).toBe(sum > 0);
        if (free) expect(lag).toBe(sum);
        else expect(lag).toBeLessThan((bound + 1) * lagThreshold);
        if (!how.ensureEvenDistributionOfPartitions) expect(lag).toBeLessThanOrEqual(sum);
      }),
      { seed: 22 },
    );
  });

  it("is spread over a count that divides the partitions", () => {
    fc.assert(
      fc.property(
        fc.nat(2000),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 50 }),
        (lag, partitions, lagThreshold) => {
          const replicas = evenReplicas({ lag, partitions, lagThreshold });
          expect(partitions % replicas).toBe(0);
          const enough = divisors(partitions).filter((d) => d * lagThreshold >= lag);
          expect(replicas).toBe(enough.length === 0 ? partitions : Math.min(...enough));
        },
      ),
      { seed: 23 },
    );
  });

  it("has every divisor, in order", () => {
    fc.assert(
      fc.property(fc.integer({ min: -3, max: 500 }), (n) => {
        const all = Array.from({ length: Math.max(0, n) }, (_, i) => i + 1).filter((d) => n % d === 0);
        expect(divisors(n)).toEqual(all);
      }),
      { seed: 24 },
    );
  });
});

describe("the Kafka scaler", () => {
  const at = (committedOffset: number, latestOffset: number, partition = 0) => ({
    topic: "t",
    partition,
    committedOffset,
    latestOffset,
  });

  it("leaves a stuck partition out of the metric and not out of the activity", () => {
    const scaler = kafkaScaler(
      parseKafkaTrigger({ ...metadata, excludePersistentLag: "true", allowIdleConsumers: "true" }),
    );
    expect(scaler.query([at(1, 51), at(7, 9, 1)])).toEqual({ lag: 52, active: true });
    expect(scaler.query([at(1, 61), at(8, 9, 1)])).toEqual({ lag: 1, active: true });
    expect(scaler.query([at(2, 61), at(8, 9, 1)])).toEqual({ lag: 59, active: true });
  });

  it("sees a group that has committed nothing", () => {
    const query = (extra: Readonly<Record<string, string>>) =>
      kafkaScaler(parseKafkaTrigger({ ...metadata, allowIdleConsumers: "true", ...extra })).query([at(-1, 150)]);
    expect(query({})).toEqual({ lag: 1, active: true });
    expect(query({ offsetResetPolicy: "earliest" })).toEqual({ lag: 150, active: true });
    expect(query({ offsetResetPolicy: "earliest", scaleToZeroOnInvalidOffset: "true" })).toEqual({
      lag: 0,
      active: false,
    });
    expect(query({ activationLagThreshold: "1" })).toEqual({ lag: 1, active: false });
  });

  it("lets the autoscaler make one replica more than there are partitions", () => {
    const replicas = (lag: number) => {
      const scaler = kafkaScaler(trigger);
      const metric = scaler.hpaMetric(scaler.query([at(0, lag), at(0, 0, 1), at(0, 0, 2)]).lag);
      const autoscaler = horizontalPodAutoscaler(hpaSettings({ maxReplicas: 100 }), { recommendations: [] });
      return autoscaler.reconcile(0, { specReplicas: 2, statusReplicas: 2, metrics: [metric] }).desired;
    };
    expect([30, 39, 40, 500].map(replicas)).toEqual([3, 4, 3, 3]);
  });

  it("names its metric after the topic, or after the group without one", () => {
    expect(kafkaScaler(trigger, 2).metricName).toBe("s2-kafka-t");
    const { topic: _, ...without } = metadata;
    expect(kafkaScaler(parseKafkaTrigger(without)).metricName).toBe("s0-kafka-g-topics");
  });

  it("gives the autoscaler a failed metric where the query failed", () => {
    expect(kafkaScaler(trigger).hpaMetric(null)).toEqual({ kind: "failed", of: "external" });
  });
});
