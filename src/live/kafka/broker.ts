import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { TargetError } from "../../base/check.ts";
import { dockerBroker } from "./dockerBroker.ts";
import { jarBroker } from "./jarBroker.ts";

const run = promisify(execFile);

/** A Kafka broker to work with. */
export interface Broker {
  /** HOST:PORT, several separated by commas. */
  readonly bootstrap: string;
  /** Where it came from, in words. */
  readonly origin: string;
  /** Ends it if it was started here, and removes its data. */
  stop(): Promise<void>;
}

/**
 * A broker: the one named by `KAFKA_BOOTSTRAP`; else one started here for this purpose alone, by Docker where its daemon
 * answers, or else from Apache Kafka's jars, which need Java 17 and, the first time, Maven.
 *
 * @throws {TargetError} where none of the three is to be had
 */
export async function localBroker(): Promise<Broker> {
  const given = process.env.KAFKA_BOOTSTRAP;
  if (given !== undefined && given !== "")
    return { bootstrap: given, origin: "KAFKA_BOOTSTRAP", stop: () => Promise.resolve() };
  if (await answers("docker", ["info"])) return dockerBroker();
  if (await answers("java", ["-version"])) return jarBroker();
  const message = "none to be had: set KAFKA_BOOTSTRAP=HOST:PORT, or install Docker, or Java 17 and Maven";
  throw new TargetError("kafka", message, { retriable: false });
}

async function answers(command: string, args: readonly string[]): Promise<boolean> {
  return run(command, args, { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}
