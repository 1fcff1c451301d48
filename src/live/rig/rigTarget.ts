import { TargetError } from "../../base/check.ts";
import { distribution } from "../../distributions/index.ts";
import { source } from "../../random/source.ts";
import type { SpinkubeSpec, TargetSpec } from "../../scenario/scenario.ts";
import type { DeploymentContext } from "../deployment.ts";
import type { Occupancy } from "../occupancy.ts";
import { protocol } from "../protocol.ts";
import { requestBuilder } from "../targets/requestBuilder.ts";
import { type HttpRequest, type Sender, sender } from "../targets/sender.ts";
import type { Target, TargetReport } from "../targets/target.ts";
import { type Child, startChild, wasmFlags } from "./child.ts";
import type { FrontConfig, Order } from "./front.ts";
import { joinOccupancies } from "./joinOccupancies.ts";
import { builtNativeHost, type NativeHost, startNativeHost } from "./nativeHost.ts";
import type { WasmHostConfig } from "./wasmHost.ts";
import { calibrateRounds } from "./wasmModule.ts";

interface Message {
  readonly port?: number;
  readonly occupancy?: Occupancy;
  readonly notes?: readonly string[];
}

interface Process {
  readonly child: Child<Message>;
  readonly sender: Sender;
}

const startLimitMs = 60_000;

/**
 * A target on this machine: real processes and real WebAssembly, started when it opens and gone when it closes.
 *
 * A `spinkube` target is its hosts, each request going to a uniformly random one; any other kind is one front that
 * starts and stops pods. A scenario's `network` is waited for at the rig's edge, after the work; its `podStart`,
 * `coldStart`, `instanceStart` and `requestOverhead` are not imitated: here they are what they really take.
 */
export function rigTarget(spec: TargetSpec, context: DeploymentContext): Target {
  const workIs = workKind(spec);
  const native = spec.kind === "spinkube" ? nativeHostFor(spec) : null;
  const processes: Process[] = [];
  const uniform = source(context.seed, spec.name, "dispatch", "live");
  const network = distribution(spec.network);
  const nextNetwork = network.sampler(source(context.seed, spec.name, "network", "live"));
  const build = requestBuilder({
    url: "http://127.0.0.1/",
    live: null,
    workIs,
    source: `/coldcast/${encodeURIComponent(context.scenario.name)}`,
    startedAt: context.startedAt,
  });

  return {
    open: async () => {
      const roundsPerSecond = workIs === "cpu" ? calibrateRounds() : 0;
      const children =
        spec.kind === "spinkube"
          ? Array.from({ length: spec.replicas }, (_, n) => startHost(spec, n, roundsPerSecond, context.peak, native))
          : [startFront(spec, context.seed, workIs, roundsPerSecond)];
      const opened = await Promise.allSettled(children.map((child) => open(spec.name, child)));
      for (const each of opened) if (each.status === "fulfilled") processes.push(each.value);
      for (const each of opened) if (each.status === "rejected") throw each.reason;
      const connections = Math.min(Math.ceil(context.peak / processes.length) + 2, 64);
      const idle = { ...build({ index: 0, atSeconds: 0, workSeconds: 0 }), path: protocol.readyPath };
      for (const {
        sender: { warm },
      } of processes)
        await warm(idle, connections);
    },
    begin: (zero, span) => {
      for (const { child } of processes) child.tell({ kind: "begin", zero, ...span } satisfies Order);
    },
    prepare: (request) => {
      const built = build(request);
      if (network.mean > 0) built.headers[protocol.network] = String(nextNetwork());
      return built;
    },
    send: (prepared, done) => {
      const { length } = processes;
      return processes[length === 1 ? 0 : Math.floor(uniform() * length)]!.sender.send(prepared as HttpRequest, done);
    },
    close: async () => {
      const reports = await Promise.all(processes.map(({ child }) => askReport(child)));
      await Promise.all(processes.map(stop));
      const occupancies = reports.flatMap(({ occupancy }) => occupancy ?? []);
      const notes = reports.flatMap((report) => report.notes ?? []);
      if (spec.kind === "spinkube")
        notes.unshift(`each request's instance made by ${native === null ? "V8" : "Wasmtime"}`);
      return occupancies.length === 0 ? { notes } : { occupancy: joinOccupancies(occupancies), notes };
    },
  };
}

/** A server that shares its rate can only be shown by computing; every other kind without `workIs` waits. */
function workKind(spec: TargetSpec): "io" | "cpu" {
  if ("workIs" in spec) return spec.workIs;
  return spec.kind === "server" && spec.discipline === "processorSharing" ? "cpu" : "io";
}

/** Wasmtime where it is built, unless the scenario wants V8; null is V8. */
function nativeHostFor(spec: SpinkubeSpec): NativeHost | null {
  if (spec.live?.wasmHost === "v8") return null;
  const built = builtNativeHost();
  if (built === null && spec.live?.wasmHost === "wasmtime") {
    throw new TargetError(spec.name, "the Wasmtime host is not built: functions/host/build.sh", { retriable: false });
  }
  return built;
}

function startHost(
  spec: SpinkubeSpec,
  n: number,
  roundsPerSecond: number,
  peak: number,
  native: NativeHost | null,
): Child<Message> {
  // Enough threads for the busiest moment, if it fell unevenly on the hosts.
  const threads = Math.min(Math.max(8, Math.ceil((1.5 * peak) / spec.replicas) + 4), 128, spec.maxInstanceCount);
  const id = `${spec.name}-${n}`;
  const { workIs, maxInstanceCount } = spec;
  if (native !== null) return startNativeHost(native, { id, roundsPerSecond, maxInstanceCount });
  const config: WasmHostConfig = { id, workIs, roundsPerSecond, maxInstanceCount, threads };
  return startChild<Message>("wasmHost", config, wasmFlags);
}

function startFront(spec: TargetSpec, seed: number, workIs: "io" | "cpu", roundsPerSecond: number): Child<Message> {
  const infinite = Object.entries(spec).flatMap(([name, value]) => (value === Infinity ? [name] : []));
  // Arguments can be read by every user of the machine, and headers may hold a secret; the front sends to pods alone.
  const config: FrontConfig = { spec: { ...spec, live: null }, infinite, seed, workIs, roundsPerSecond };
  return startChild<Message>("front", config);
}

async function open(name: string, child: Child<Message>): Promise<Process> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.onMessage((message) => message.port !== undefined && resolve(message.port));
      const fail = (why: string): void =>
        reject(new TargetError(name, `the rig's process did not start: ${why}`, { retriable: false }));
      void child.gone.then((complaint) => fail(complaint.trim().slice(-500) || "it ended without a word"));
      timer = setTimeout(fail, startLimitMs, `nothing within ${startLimitMs / 1e3} s`);
    });
    return { child, sender: sender(`http://127.0.0.1:${port}`, { sharedClock: true }) };
  } catch (error) {
    child.kill();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Its counts, or nothing if it does not answer in time: a report must not hold up the end. */
function askReport(child: Child<Message>): Promise<TargetReport> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 500, {});
    const finish = (report: TargetReport): void => {
      clearTimeout(timer);
      resolve(report);
    };
    child.onMessage((message) => message.notes !== undefined && finish(message as TargetReport));
    void child.gone.then((complaint) =>
      finish({ notes: [`a process of the rig ended by itself: ${complaint.trim()}`] }),
    );
    child.tell({ kind: "report" } satisfies Order);
  });
}

async function stop({ child, sender: { close } }: Process): Promise<void> {
  await close();
  child.kill();
  await child.gone;
}
