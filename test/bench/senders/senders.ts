/**
 * Senders on one server in one run: the rate each reaches, what each says of the latency beside the server's own log, and
 * what each reports of a stall of one second.
 *
 *   node test/bench/senders/senders.ts [--seconds 10] [--rounds 3] [--rate 2000] [--senders 2 (for the highest rate)] [--only coldcast,hey] [--sections fastest,rate,stall]
 *
 * Needs Go for the server; other tools are run where they are on PATH or in $PEERS.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { deploymentAt } from "../../../src/live/deployment.ts";
import { replay } from "../../../src/live/replay.ts";
import { parseScenario } from "../../../src/scenario/parse.ts";
import { schedule } from "../../../src/scenario/schedule.ts";
import { find, type Load, type Peer, peers, type Said, summary } from "./peers.ts";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    rate: { type: "string", default: "2000" },
    senders: { type: "string", default: "2" },
    offered: { type: "string", default: "20000" },
    only: { type: "string" },
    sections: { type: "string", default: "fastest,rate,stall" },
  },
});
const [seconds, rounds, rate, senders, offered] = [
  options.seconds,
  options.rounds,
  options.rate,
  options.senders,
  options.offered,
].map(Number) as [number, number, number, number, number];

/** Lateness beside what every tool says. */
interface Row extends Said {
  readonly lateness?: readonly [p50: number, p99: number];
  /** Sent in the time asked for, a second. */
  readonly perSecond: number;
}

async function coldcast({ url, rate: wanted, seconds: lasts }: Load): Promise<Row> {
  // What is fastest is what an overload lets through: requests are sent late, but all the time.
  const scenario = parseScenario(`
name: senders
duration: ${lasts}s
arrivals: { kind: deterministic, interval: "${1e6 / (wanted ?? offered)}us" }
work: 0
targets: { web: { kind: server, concurrency: unlimited, timeout: 60s } }
`);
  const { outcomes } = await replay(scenario, schedule(scenario), deploymentAt({ web: url }), {
    senders: wanted === null ? senders : 1,
  });
  const log = outcomes.get("web")!;
  const done = [...log.latency].filter((latency) => !Number.isNaN(latency));
  const late = summary([...log.lateness].filter((value) => !Number.isNaN(value)));
  const sentFor = log.at.reduce(
    (last, at, i) => (Number.isNaN(log.lateness[i]!) ? last : Math.max(last, at + log.lateness[i]!)),
    0,
  );
  return { ...summary(done), lateness: [late.p50, late.p99], perSecond: done.length / Math.max(sentFor, lasts) };
}

const all: readonly Peer[] = [{ name: "coldcast", install: "", run: coldcast }, ...peers];
const chosen = all.filter(({ name }) => options.only?.split(",").includes(name) ?? true);

let server: ChildProcess | undefined;
try {
  const program = join(tmpdir(), `senders-server-${process.pid}`);
  const built = spawnSync("go", ["build", "-o", program, "server.go"], { cwd: import.meta.dirname, stdio: "inherit" });
  if (built.status !== 0) throw new Error("the server needs Go");
  server = spawn(program, { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<string>((resolve) =>
    server!.stdout!.once("data", (text) => resolve(String(text).trim())),
  );
  const url = `http://127.0.0.1:${port}/`;
  print(
    `${cpus().length} × ${cpus()[0]?.model.trim()}, load ${loadavg()[0]!.toFixed(1)}, Node ${process.versions.node}; ${rounds} rounds of ${seconds} s, median [least, most]`,
  );

  const wants = (part: string): boolean => options.sections.split(",").includes(part);
  if (wants("fastest"))
    await section("as fast as possible", url, { rate: null }, (row) => [
      `${spread(row, (r) => r.perSecond, 1, 0)} req/s`,
    ]);
  if (wants("rate"))
    await section(`${rate}/s`, url, { rate }, (rows) => [
      `${spread(rows, (r) => r.perSecond, 1, 0)} req/s`,
      `p50 ${spread(rows, (r) => r.p50 - r.held.p50)} p99 ${spread(rows, (r) => r.p99 - r.held.p99)} ms more than the server held`,
      ...(rows[0]!.lateness === undefined
        ? []
        : [`lateness p50 ${spread(rows, (r) => r.lateness![0])} p99 ${spread(rows, (r) => r.lateness![1])} ms`]),
    ]);
  if (wants("stall")) await stall(url);
} finally {
  server?.kill();
}

async function stall(url: string): Promise<void> {
  const third = Math.max(seconds / 3, 1);
  const stalled = truth(third);
  print(
    `\n500/s with a stall of 1 s after ${third.toFixed(1)} s; a client that asks at its instants sees p50 ${ms(stalled.p50)} p99 ${ms(stalled.p99)} max ${ms(stalled.max)} ms`,
  );
  await section("", url, { rate: 500, stallAfter: third }, (rows) => [
    `${spread(rows, (r) => r.requests, 1, 0)} requests`,
    `p50 ${spread(rows, (r) => r.p50)} p99 ${spread(rows, (r) => r.p99)} max ${spread(rows, (r) => r.max)} ms`,
  ]);
}

type Measured = Row & { readonly held: Said };

async function section(
  title: string,
  url: string,
  { rate: wanted, stallAfter }: { readonly rate: number | null; readonly stallAfter?: number },
  describe: (rows: readonly Measured[]) => readonly string[],
): Promise<void> {
  if (title !== "") print(`\n${title}`);
  for (const { name, install, run } of chosen) {
    const program = name === "coldcast" ? name : find(name);
    if (program === undefined) {
      print(`  ${name.padEnd(9)} not here: ${install}`);
      continue;
    }
    const rows: Measured[] = [];
    for (let round = 0; round < rounds; round++) {
      await fetch(`${url}reset`);
      if (stallAfter !== undefined) await fetch(`${url}stall?after=${stallAfter}s&for=1s`);
      const said = await run({ url, rate: wanted, seconds }, program);
      const lines = (await (await fetch(`${url}log`)).text())
        .trim()
        .split("\n")
        .map((line) => line.split(" ").map(Number));
      const held = summary(lines.map(([, each]) => each! / 1e9));
      rows.push({ perSecond: said.requests / seconds, ...said, held });
    }
    print(`  ${name.padEnd(9)} ${describe(rows).join(", ")}`);
  }
}

/** 500 requests a second at their instants, of which those of one second wait for its end. */
function truth(after: number): Said {
  const latencies = Array.from({ length: 500 * seconds }, (_, i) => {
    const at = i / 500;
    return at > after && at < after + 1 ? after + 1 - at : 0;
  });
  return summary(latencies);
}

function spread(rows: readonly Measured[], of: (row: Measured) => number, scale = 1e3, digits = 2): string {
  const sorted = rows.map((row) => of(row) * scale).sort((a, b) => a - b);
  const text = (value: number | undefined): string => (value ?? Number.NaN).toFixed(digits);
  return `${text(sorted[sorted.length >> 1])} [${text(sorted[0])}, ${text(sorted.at(-1))}]`;
}

function ms(value: number): string {
  return (value * 1e3).toFixed(1);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
