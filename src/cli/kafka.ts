import { type Command, InvalidArgumentError, Option } from "commander";
import { TargetError } from "../base/check.ts";
import { localBroker } from "../live/kafka/broker.ts";
import type { Kafka } from "../live/kafka/kafka.ts";
import { kafkajsClient } from "../live/kafka/kafkajsClient.ts";
import { platformaticClient } from "../live/kafka/platformaticClient.ts";

export interface KafkaOptions {
  /** Default `local`. */
  readonly kafka?: string;
  /** Default `kafkajs`. */
  readonly client?: keyof typeof clients;
}

const clients = { kafkajs: kafkajsClient, platformatic: platformaticClient };

/** Which broker, and by which client. */
export function addKafka(command: Command): Command {
  const where = "HOST:PORT, or local: KAFKA_BOOTSTRAP, Docker, or Kafka's own jars (default: local)";
  return command
    .option("--kafka <where>", where, parseKafka)
    .addOption(new Option("--client <name>", "Kafka client (default: kafkajs)").choices(Object.keys(clients)));
}

/** Works with a broker, which is started for this and ended again where none is there. */
export async function withKafka<T>(
  { kafka: where = "local", client = "kafkajs" }: KafkaOptions,
  work: (kafka: Kafka) => Promise<T>,
): Promise<T> {
  quietNegativeDelays();
  const broker = where === "local" ? await localBroker() : null;
  try {
    const kafka = await clients[client](broker?.bootstrap ?? where);
    try {
      return await work(kafka);
    } finally {
      await kafka.close();
    }
  } catch (error) {
    throw ofBroker(error);
  } finally {
    await broker?.stop();
  }
}

/** What a client has given up on, after its own retries, is the broker's trouble and no bug. */
function ofBroker(error: unknown): unknown {
  const isOfClient =
    error instanceof Error &&
    (error.name.startsWith("KafkaJS") || ("code" in error && /^PLT_KFK/.test(`${error.code}`)));
  return isOfClient ? new TargetError("kafka", error.message, { retriable: true, cause: error }) : error;
}

/** kafkajs computes some delays below zero, which Node says on stderr; harmless, and nothing a user could do about. */
function quietNegativeDelays(): void {
  const emit = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]) => {
    if (args[1] !== "TimeoutNegativeWarning") emit(...args);
  };
}

function parseKafka(text: string): string {
  if (text === "local" || /^[^\s:,]+:\d+(,[^\s:,]+:\d+)*$/.test(text)) return text;
  throw new InvalidArgumentError("Write local, or HOST:PORT.");
}
