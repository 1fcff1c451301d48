import { InputError, type Issue } from "../../base/check.ts";
import { kedaConstants } from "./kedaConstants.ts";
import { parsePartitionLimitation } from "./kedaPartitions.ts";

/** What a Kafka trigger looks at and how it counts. */
export interface KafkaTrigger {
  readonly bootstrapServers: readonly string[];
  readonly consumerGroup: string;
  /** Empty: every topic the group has committed offsets of. */
  readonly topic: string;
  /** Null: every partition; always null without a topic. */
  readonly partitionLimitation: readonly number[] | null;
  /** Messages of lag one replica should have, ≥ 1. */
  readonly lagThreshold: number;
  /** Messages of lag above which the trigger is active, ≥ 0. */
  readonly activationLagThreshold: number;
  /** Where a group without a committed offset starts to read. */
  readonly offsetResetPolicy: "latest" | "earliest";
  /** More replicas than partitions. */
  readonly allowIdleConsumers: boolean;
  /** Leave out partitions whose committed offset has not moved since the last query. */
  readonly excludePersistentLag: boolean;
  /** A partition without a committed offset has no lag. */
  readonly scaleToZeroOnInvalidOffset: boolean;
  /** No more replicas than partitions that have lag. */
  readonly limitToPartitionsWithLag: boolean;
  /** Only counts of replicas that divide the partitions. */
  readonly ensureEvenDistributionOfPartitions: boolean;
  /** Of the Kafka protocol. */
  readonly version: string;
}

/** How the scaler connects: checked for its form, and of no influence on what it counts. */
const connection: Readonly<Record<string, readonly string[] | null>> = {
  sasl: ["none", "plaintext", "scram_sha256", "scram_sha512", "oauthbearer", "gssapi"],
  saslTokenProvider: ["bearer", "aws_msk_iam"],
  tls: ["enable", "disable"],
  unsafeSsl: ["true", "false"],
  awsRegion: null,
};

/**
 * A Kafka trigger from its `metadata`, a map from names to texts.
 *
 * A missing or blank text has its default. `bootstrapServers`, `consumerGroup` and `topic` may come from the environment, under the
 * name their `…FromEnv` says. Names KEDA does not know are not looked at, as KEDA does; `unknownTriggerKeys` finds them.
 *
 * @throws {InputError} with every issue at once
 * @see kedacore/keda pkg/scalers/kafka_scaler.go, kafkaMetadata and Validate (v2.20)
 * @example
 * parseKafkaTrigger({ bootstrapServers: "kafka:9092", consumerGroup: "g", topic: "t", lagThreshold: "5" }).lagThreshold // => 5
 */
export function parseKafkaTrigger(
  metadata: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): KafkaTrigger {
  const issues: Issue[] = [];
  const report = (path: string, message: string): void => {
    issues.push({ path, message });
  };
  const own = (key: string): string => textOf(metadata, key);
  const text = (key: string): string => own(key) || textOf(environment, own(`${key}FromEnv`));
  const required = (key: string): string => {
    const value = text(key);
    if (value === "") report(key, "is missing");
    return value;
  };
  const oneOf = <T extends string>(key: string, values: readonly T[], byDefault: T): T => {
    const value = own(key) || byDefault;
    if (!values.includes(value as T)) report(key, `must be one of ${values.join(", ")}, not ${JSON.stringify(value)}`);
    return value as T;
  };
  const flag = (key: string): boolean => oneOf(key, ["true", "false"], "false") === "true";
  const whole = (key: string, byDefault: number, min: number): number => {
    const value = own(key);
    if (value === "") return byDefault;
    const valid = /^(0|[1-9]\d*)$/.test(value) && Number.isSafeInteger(Number(value)) && Number(value) >= min;
    if (!valid) report(key, `must be a whole number ≥ ${min}, not ${JSON.stringify(value)}`);
    return Number(value);
  };

  const topic = text("topic");
  const trigger: KafkaTrigger = {
    bootstrapServers: required("bootstrapServers")
      .split(",")
      .map((server) => server.trim()),
    consumerGroup: required("consumerGroup"),
    topic,
    partitionLimitation: limitation(own("partitionLimitation"), topic, issues),
    lagThreshold: whole("lagThreshold", kedaConstants.lagThreshold, 1),
    activationLagThreshold: whole("activationLagThreshold", kedaConstants.activationLagThreshold, 0),
    offsetResetPolicy: oneOf("offsetResetPolicy", ["latest", "earliest"], "latest"),
    allowIdleConsumers: flag("allowIdleConsumers"),
    excludePersistentLag: flag("excludePersistentLag"),
    scaleToZeroOnInvalidOffset: flag("scaleToZeroOnInvalidOffset"),
    limitToPartitionsWithLag: flag("limitToPartitionsWithLag"),
    ensureEvenDistributionOfPartitions: flag("ensureEvenDistributionOfPartitions"),
    version: own("version") || "1.0.0",
  };
  for (const [key, values] of Object.entries(connection)) {
    if (values !== null && own(key) !== "") oneOf(key, values, own(key));
  }
  issues.push(...contradictions(trigger));
  if (issues.length > 0) throw new InputError("trigger metadata", issues);
  return trigger;
}

/** A text without the space around it; empty where there is none, which KEDA takes for the same. */
const textOf = (texts: Readonly<Record<string, string>>, key: string): string =>
  Object.hasOwn(texts, key) ? texts[key]!.trim() : "";

/** The keys of a trigger's metadata that KEDA's Kafka scaler never reads: most often a slip. */
export function unknownTriggerKeys(metadata: Readonly<Record<string, string>>): readonly string[] {
  const fromEnvironment = ["bootstrapServers", "consumerGroup", "topic"];
  const known = [
    ...fromEnvironment,
    ...fromEnvironment.map((key) => `${key}FromEnv`),
    ...["partitionLimitation", "lagThreshold", "activationLagThreshold", "offsetResetPolicy", "allowIdleConsumers"],
    ...["excludePersistentLag", "scaleToZeroOnInvalidOffset", "limitToPartitionsWithLag"],
    ...["ensureEvenDistributionOfPartitions", "version", "fullMetadata"],
    ...Object.keys(connection),
  ];
  return Object.keys(metadata).filter((key) => !known.includes(key));
}

/** What cannot be together, and what Kafka's client cannot read. */
function contradictions(trigger: KafkaTrigger): readonly Issue[] {
  const { allowIdleConsumers, limitToPartitionsWithLag, ensureEvenDistributionOfPartitions, topic, version } = trigger;
  const found: Issue[] = [];
  const not = (condition: boolean, path: string, message: string): void => {
    if (condition) found.push({ path, message });
  };
  const [limit, even] = ["limitToPartitionsWithLag", "ensureEvenDistributionOfPartitions"];
  not(limitToPartitionsWithLag && allowIdleConsumers, limit!, "cannot be set together with allowIdleConsumers");
  not(limitToPartitionsWithLag && ensureEvenDistributionOfPartitions, limit!, `cannot be set together with ${even}`);
  not(limitToPartitionsWithLag && topic === "", limit!, "needs a topic");
  not(ensureEvenDistributionOfPartitions && topic === "", even!, "needs a topic");
  // Four numbers before Kafka 1.0, three since.
  const readable = /^0\.\d+\.\d+\.\d+$|^[1-9]\d*\.\d+\.\d+$/.test(version);
  not(!readable, "version", `must be like 1.0.0 or 0.11.0.2, not ${JSON.stringify(version)}`);
  return found;
}

/** Read even without a topic, because what cannot be read is an error there too. */
function limitation(text: string, topic: string, issues: Issue[]): readonly number[] | null {
  if (text === "") return null;
  try {
    const partitions = parsePartitionLimitation(text);
    return topic === "" ? null : partitions;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    issues.push(...error.issues);
    return null;
  }
}
