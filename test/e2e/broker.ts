import { spawnSync } from "node:child_process";
import { afterAll, beforeAll } from "vitest";
import { type JarBroker, jarBroker } from "../../src/live/kafka/jarBroker.ts";
import type { Kafka } from "../../src/live/kafka/kafka.ts";
import { kafkajsClient } from "../../src/live/kafka/kafkajsClient.ts";

const works = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { timeout: 20_000 }).status === 0;

/** Why Kafka cannot be started from its jars here, or null. */
export const whyNoJars: string | null =
  works("java", "-version") && works("mvn", "-version") ? null : "not both Java and Maven";

/** Why no Kafka broker of any kind can be had here, or null. */
export const whyNoBroker: string | null =
  (process.env.KAFKA_BOOTSTRAP ?? "") !== "" || whyNoJars === null || works("docker", "info")
    ? null
    : `no KAFKA_BOOTSTRAP, no Docker, and ${whyNoJars}`;

/** A broker that no other suite writes to, and a client of it: there from the first test to the last. */
export interface OwnBroker {
  readonly broker: JarBroker;
  readonly kafka: Kafka;
}

/** Starts a broker before the tests of the `describe` that calls it, and stops it after them. */
export function ownBroker(): OwnBroker {
  const own = {} as { broker: JarBroker; kafka: Kafka };
  beforeAll(async () => {
    own.broker = await jarBroker();
    own.kafka = await kafkajsClient(own.broker.bootstrap);
  }, 400_000);
  afterAll(async () => {
    await own.kafka.close();
    await own.broker.stop();
  });
  return own;
}
