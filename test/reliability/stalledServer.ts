import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { deploymentAt } from "../../src/live/deployment.ts";
import { replay } from "../../src/live/replay.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { startServer } from "./startServer.ts";

/** A load with one pause of the server in its middle. */
export interface Stall {
  readonly rate: number;
  readonly seconds: number;
  readonly pauseSeconds: number;
}

/** What a tool says it saw, seconds. */
export interface Seen {
  readonly requests: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Tool {
  readonly name: string;
  /** How to get it. */
  readonly install: string;
  /** What its figures leave out, or make of it. */
  readonly note: string;
  /** Where it is; null where it is not. */
  readonly program: string | null;
  readonly run: (url: string, stall: Stall, program: string) => Promise<Seen>;
}

/** Connections that wait for their answers: what a closed loop does not send meanwhile is in none of its figures. */
const connections = 2;
const run = promisify(execFile);

function programOf(name: string): string | null {
  const folders = [process.env.PEERS ?? "", join(homedir(), "go", "bin"), ...(process.env.PATH ?? "").split(delimiter)];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

export const tools: readonly Tool[] = [
  { name: "coldcast", install: "", note: "", program: process.execPath, run: coldcast },
  {
    name: "hey",
    install: "go install github.com/rakyll/hey@v0.1.4",
    note: `${connections} requests waited; what was not sent meanwhile is in no figure`,
    program: programOf("hey"),
    run: hey,
  },
  {
    name: "wrk",
    install: "apt-get install wrk",
    note: `${connections} requests waited; version 4 makes up those that were not sent, at the mean rate of the run`,
    program: programOf("wrk"),
    run: wrk,
  },
];

/** One tool at a server of its own that pauses once. */
export async function stalledRun({ run: measure, program }: Tool, stall: Stall): Promise<Seen> {
  const server = await startServer("faultyServer.ts", "ok");
  const pause = setTimeout(() => void fetch(`${server.url}pause?for=${stall.pauseSeconds}`), (stall.seconds / 2) * 1e3);
  try {
    return await measure(server.url, stall, program!);
  } finally {
    clearTimeout(pause);
    server.process.kill();
  }
}

/** What a client sees that asks at its instants, and nothing but the pause takes time. */
export function truth({ rate, seconds, pauseSeconds }: Stall): Seen {
  const from = seconds / 2;
  return seen(
    Array.from({ length: rate * seconds - 1 }, (_, i) => {
      const at = (i + 1) / rate;
      return at >= from && at < from + pauseSeconds ? from + pauseSeconds - at : 0;
    }),
  );
}

async function coldcast(url: string, { rate, seconds }: Stall): Promise<Seen> {
  const scenario = toScenario({
    name: "stall",
    duration: `${seconds}s`,
    arrivals: { kind: "deterministic", interval: `${1e6 / rate}us` },
    work: 0,
    targets: { web: { kind: "server", concurrency: "unlimited" } },
  });
  const { outcomes } = await replay(scenario, schedule(scenario), deploymentAt({ web: url }));
  return seen(outcomes.get("web")!.latency);
}

async function hey(url: string, { rate, seconds }: Stall, program: string): Promise<Seen> {
  const pace = ["-z", `${seconds}s`, "-c", String(connections), "-q", String(rate / connections)];
  const { stdout } = await run(program, [...pace, "-o", "csv", url], { maxBuffer: 2 ** 28 });
  const rows = stdout.trim().split("\n").slice(1);
  return seen(rows.map((row) => Number(row.split(",")[0])));
}

async function wrk(url: string, { seconds }: Stall, program: string): Promise<Seen> {
  // It knows no rate: each connection asks as soon as it has its answer.
  const load = ["-t", "1", "-c", String(connections), "-d", `${Math.round(seconds)}s`, "--latency"];
  const { stdout } = await run(program, [...load, url]);
  const text = (pattern: RegExp): string => pattern.exec(stdout)?.[1] ?? "";
  return {
    requests: Number(text(/(\d+) requests in/)),
    p50: duration(text(/50%\s+(\S+)/)),
    p99: duration(text(/99%\s+(\S+)/)),
    max: duration(text(/Latency\s+\S+\s+\S+\s+(\S+)/)),
  };
}

/** As wrk writes them: 1.20ms, 95.00us, 1.01s. */
function duration(text: string): number {
  const unit = { us: 1e-6, ms: 1e-3, s: 1, m: 60 }[/[a-z]+$/.exec(text)?.[0] ?? ""] ?? Number.NaN;
  return Number.parseFloat(text) * unit;
}

function seen(latencies: ArrayLike<number>): Seen {
  const sorted = Float64Array.from(latencies).sort();
  const at = (q: number): number => sorted[Math.max(Math.ceil(q * sorted.length) - 1, 0)] ?? Number.NaN;
  return { requests: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}
