import { InvalidArgumentError } from "commander";
import type { Kafka } from "../live/kafka/kafka.ts";
import { type Role, roles } from "../live/pipeline/pipeline.ts";
import { exitCodes, UsageError } from "./exit.ts";
import { interruptible } from "./interrupt.ts";
import { type KafkaOptions, withKafka } from "./kafka.ts";
import type { Listen } from "./listen.ts";

export interface RoleOptions extends KafkaOptions {
  readonly role?: readonly Role[];
  readonly run?: string;
  readonly stay?: boolean;
  readonly listen?: Listen;
  readonly out?: string;
}

/** The parts that run here; what they need is checked before any of them starts. */
export function partsOf({ role: chosen, kafka, out, listen, stay }: RoleOptions): readonly Role[] {
  const parts = chosen ?? roles;
  if (stay && listen === undefined) throw new UsageError("--stay needs --listen");
  if (chosen !== undefined && (kafka ?? "local") === "local" && (process.env.KAFKA_BOOTSTRAP ?? "") === "")
    throw new UsageError("--role needs a broker that the other parts reach too: --kafka HOST:PORT, or KAFKA_BOOTSTRAP");
  const collects = parts.includes("collector");
  if (collects && out === undefined) throw new UsageError("--out FOLDER is missing: the collector writes there");
  if (!collects && (out !== undefined || listen !== undefined))
    throw new UsageError("--out and --listen are the collector's, which is not among the roles here");
  return parts;
}

/** Parts that run until they are told to stop have then done all that they should. */
export async function serve(
  options: RoleOptions,
  work: (kafka: Kafka, signal: AbortSignal) => Promise<unknown>,
): Promise<number> {
  return interruptible(async (signal) => {
    await withKafka(options, (kafka) => work(kafka, signal));
    return signal.aborted && options.role?.includes("generator") ? exitCodes.interrupted : exitCodes.done;
  });
}

export function role(text: string, before: readonly Role[] = []): readonly Role[] {
  const chosen = roles.find((name) => name === text);
  if (chosen === undefined) throw new InvalidArgumentError(`Write ${roles.join(", ")}.`);
  return [...before, chosen];
}
