import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TargetError } from "../../base/check.ts";
import type { Broker } from "./broker.ts";
import { brokerAnswers } from "./brokerAnswers.ts";
import { brokerJars } from "./brokerJars.ts";
import { freePort } from "./freePort.ts";

export interface JarBroker extends Broker {
  readonly pid: number;
  /** Kills it as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on its own data, at the same address. */
  restart(): Promise<void>;
}

const readyLimitMs = 60_000;
const stopLimitMs = 10_000;
/** One small broker on a busy machine: slow compilers and collectors are not worth their threads. */
const javaFlags = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"];

/**
 * A broker of one node (KRaft) as a Java process, on free ports, with its data in a folder of its own.
 *
 * @param host the one address of this machine where clients find it, by default loopback; pods of a cluster on this
 * machine need their node's
 * @throws {TargetError} if it does not answer within a minute; its last words are in the message
 */
export async function jarBroker({ host = "127.0.0.1" }: { readonly host?: string } = {}): Promise<JarBroker> {
  const classPath = `${await brokerJars()}/*`;
  const folder = mkdtempSync(join(tmpdir(), "coldcast-kafka-"));
  const [port, controller] = [await freePort(host), await freePort("127.0.0.1")];
  const config = join(folder, "server.properties");
  const log = join(folder, "broker.log");
  mkdirSync(join(folder, "data"));
  writeFileSync(config, properties({ host, port, controller, data: join(folder, "data") }));
  const format = ["kafka.tools.StorageTool", "format", "--cluster-id", "AAAAAAAAAAAAAAAAAAAAAA", "--config", config];
  const formatted = spawnSync("java", [...javaFlags, "-cp", classPath, ...format], { encoding: "utf8" });
  if (formatted.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new TargetError("kafka", `cannot prepare a broker: ${formatted.stderr.trim().slice(-500)}`, {
      retriable: false,
    });
  }

  const args = ["-Xms64m", "-Xmx256m", ...javaFlags, "-cp", classPath, "kafka.Kafka", config];
  const start = () => startJava(args, { log, folder });
  let java = start();
  const end = async (signal: "SIGTERM" | "SIGKILL") => {
    java.process.kill(signal);
    const stopped = await Promise.race([java.gone.then(() => true), sleep(stopLimitMs, false, { ref: false })]);
    if (!stopped) java.process.kill("SIGKILL");
    await java.gone;
  };
  const stop = async () => {
    await end("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready(java, { host, port, log });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    bootstrap: `${host}:${port}`,
    origin: "Apache Kafka from its jars",
    get pid() {
      return java.process.pid!;
    },
    kill: () => end("SIGKILL"),
    restart: async () => {
      java = start();
      await ready(java, { host, port, log });
    },
    stop,
  };
}

function startJava(args: readonly string[], { log, folder }: { readonly log: string; readonly folder: string }) {
  const child = spawn("java", args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => appendFileSync(log, chunk));
  // A process that ends without an order of its own takes the broker along.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const guard = child.pid === undefined ? undefined : guardOf(child.pid, folder);
  const gone = new Promise<void>((resolve) => {
    const ended = () => {
      process.off("exit", kill);
      guard?.kill("SIGKILL");
      resolve();
    };
    child.once("exit", ended);
    child.once("error", ended);
  });
  return { process: child, gone };
}

/**
 * A process that outlives this one by a moment: when the pipe between them closes, however this process ended, it kills
 * the broker and removes its data.
 */
function guardOf(pid: number, folder: string) {
  const script = 'read -r _; kill -KILL "$1"; sleep 1; rm -rf "$2"';
  const guard = spawn("sh", ["-c", script, "sh", String(pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  // Without a shell the broker is merely unguarded.
  guard.on("error", () => {});
  guard.unref();
  return guard;
}

async function ready(
  { process: child, gone }: ReturnType<typeof startJava>,
  { host, port, log }: { readonly host: string; readonly port: number; readonly log: string },
) {
  let ended = false;
  void gone.then(() => {
    ended = true;
  });
  for (let waitedMs = 0; waitedMs < readyLimitMs && !ended; waitedMs += 100) {
    if (await brokerAnswers(port, host)) return;
    await sleep(100);
  }
  child.kill("SIGKILL");
  const words = readFileSync(log, { encoding: "utf8", flag: "a+" }).trim().slice(-500);
  throw new TargetError("kafka", `the broker does not answer at ${host}:${port}: ${words || "it said nothing"}`, {
    retriable: true,
  });
}

interface BrokerPlace {
  readonly host: string;
  readonly port: number;
  readonly controller: number;
  readonly data: string;
}

const properties = (place: BrokerPlace): string => `
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${place.controller}
listeners=CLIENT://${place.host}:${place.port},CONTROLLER://127.0.0.1:${place.controller}
advertised.listeners=CLIENT://${place.host}:${place.port}
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
log.dirs=${place.data}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
log.segment.bytes=67108864
log.index.size.max.bytes=1048576
log.cleaner.dedupe.buffer.size=4194304
num.network.threads=2
num.io.threads=2
`;
