import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { TargetError } from "../../base/check.ts";
import type { Broker } from "./broker.ts";
import { brokerAnswers } from "./brokerAnswers.ts";
import { freePort } from "./freePort.ts";

const run = promisify(execFile);
const image = "apache/kafka:4.1.0";
const readyLimitMs = 60_000;

/**
 * A broker in a container of its own, on loopback and a free port. Unlike one from the jars it outlives a process that is
 * killed, and this way was never run.
 *
 * @throws {TargetError} if the image cannot be had or the broker does not answer within a minute
 */
export async function dockerBroker(): Promise<Broker> {
  const name = `coldcast-kafka-${randomUUID().slice(0, 8)}`;
  const port = await freePort("127.0.0.1");
  const settings = {
    KAFKA_NODE_ID: "1",
    KAFKA_PROCESS_ROLES: "broker,controller",
    KAFKA_CONTROLLER_QUORUM_VOTERS: "1@localhost:9093",
    KAFKA_LISTENERS: `PLAINTEXT://:${port},CONTROLLER://:9093`,
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "1",
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: "1",
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: "1",
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: "0",
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: "false",
  };
  const environment = Object.entries(settings).flatMap(([key, value]) => ["-e", `${key}=${value}`]);
  const stop = async () => void (await run("docker", ["rm", "-f", name]).catch(() => {}));
  try {
    await run("docker", ["run", "-d", "--name", name, "-p", `127.0.0.1:${port}:${port}`, ...environment, image]);
    for (let waitedMs = 0; waitedMs < readyLimitMs; waitedMs += 200) {
      if (await brokerAnswers(port)) return { bootstrap: `127.0.0.1:${port}`, origin: `Docker image ${image}`, stop };
      await sleep(200);
    }
    throw new Error(`nothing answers on port ${port}`);
  } catch (error) {
    await stop();
    throw new TargetError("kafka", `no broker from ${image}: ${(error as Error).message.slice(-300)}`, {
      retriable: true,
      cause: error,
    });
  }
}
