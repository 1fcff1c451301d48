import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { find, run } from "./programs.ts";
import { type Arrival, recordingServer } from "./recording.ts";

// Runs what `coldcast schedule --for` writes with the tools themselves against a server that remembers, and holds the
// requests that came to those of the schedule: npm run formats:replayed

const scenario = (arrivals: string): string => `name: replayed
duration: 6s
arrivals: ${arrivals}
work: { kind: exponential, mean: 10ms }
targets: { one: { kind: server } }
`;
const poisson = "{ kind: poisson, rate: 50/s }";
const even = "{ kind: deterministic, interval: 20ms }";
const coldcast = join(import.meta.dirname, "../../bin/coldcast.js");

interface Row {
  readonly tool: string;
  readonly arrivals: string;
  readonly script: (name: string) => readonly [program: string, ...args: string[]];
}

const rows: readonly Row[] = [
  { tool: "k6", arrivals: poisson, script: (name) => ["k6", "run", "--quiet", "--no-usage-report", `${name}.k6.js`] },
  { tool: "k6", arrivals: even, script: (name) => ["k6", "run", "--quiet", "--no-usage-report", `${name}.k6.js`] },
  { tool: "vegeta", arrivals: even, script: (name) => ["sh", `${name}.vegeta.sh`] },
  { tool: "fortio", arrivals: even, script: (name) => ["sh", `${name}.fortio.sh`] },
];

const folder = mkdtempSync(join(tmpdir(), "coldcast-replayed-"));
const milliseconds = (seconds: number): string => `${(1e3 * seconds).toFixed(2)} ms`;

for (const { tool, arrivals, script } of rows) {
  const file = find(tool);
  if (file === undefined) {
    process.stdout.write(`${tool}: not installed; node test/formats/real.ts ${tool} installs it\n`);
    continue;
  }
  process.env.PATH = `${dirname(file)}${delimiter}${process.env.PATH}`;
  const server = await recordingServer();
  writeFileSync(join(folder, "scenario.yaml"), scenario(arrivals));
  const url = `${server.url}/?ms=5`;
  const make = ["schedule", "scenario.yaml", "--out", "schedule.csv", "--for", tool, "--url", url];
  await run(process.execPath, [coldcast, ...make], { cwd: folder });
  const [program, ...args] = script("schedule");
  await run(program, args, { cwd: folder });
  server.close();
  if (!isSame(tool, arrivals, server.arrivals)) process.exitCode = 1;
}
rmSync(folder, { recursive: true, force: true });

/** Prints how far the instants are off, which is the machine's doing too; whether the very requests of the schedule came. */
function isSame(tool: string, arrivals: string, seen: readonly Arrival[]): boolean {
  const scheduled = readFileSync(join(folder, "schedule.csv"), "utf8").trimEnd().split("\n").slice(1);
  const wanted = scheduled.map((line) => Number(line.split(",")[0]));
  const offsets = seen.slice(0, wanted.length).map(({ at }, i) => at - seen[0]!.at - (wanted[i]! - wanted[0]!));
  const sorted = offsets.map(Math.abs).sort((a, b) => a - b);
  const [middle, most] = [sorted[sorted.length >> 1] ?? Number.NaN, sorted.at(-1) ?? Number.NaN];
  const span = (seen.at(-1)?.at ?? 0) - (seen[0]?.at ?? 0) - (wanted.at(-1)! - wanted[0]!);
  process.stdout.write(
    `${tool}, ${arrivals}: ${seen.length} requests of ${wanted.length}; off by ${milliseconds(middle)} in the middle, ${milliseconds(most)} at most; the whole ${milliseconds(span)} longer\n`,
  );
  return seen.length === wanted.length && seen.every(({ method, path }) => method === "POST" && path === "/?ms=5");
}
