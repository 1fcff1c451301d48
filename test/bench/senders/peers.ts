import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** What to send: so many a second, or as fast as 50 connections allow (null), for so long. */
export interface Load {
  readonly url: string;
  readonly rate: number | null;
  readonly seconds: number;
}

/** What a tool says of its own run, times in seconds. */
export interface Said {
  readonly requests: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Peer {
  readonly name: string;
  /** How to get it. */
  readonly install: string;
  readonly run: (load: Load, program: string) => Promise<Said> | Said;
}

const connections = 50;

/** The other tools; each is run where its program is on PATH or in $PEERS. */
export const peers: readonly Peer[] = [
  { name: "hey", install: "go install github.com/rakyll/hey@v0.1.4", run: hey },
  { name: "vegeta", install: "go install github.com/tsenart/vegeta/v12@v12.12.0", run: vegeta },
  { name: "oha", install: "cargo install oha --locked", run: oha },
  { name: "k6", install: "go install go.k6.io/k6@latest", run: k6 },
];

export function find(name: string): string | undefined {
  const folders = [process.env.PEERS ?? "", ...(process.env.PATH ?? "").split(delimiter)];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

function output(program: string, args: readonly string[], input = ""): string {
  const { stdout, stderr, status } = spawnSync(program, args, { input, maxBuffer: 2 ** 30, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.slice(-500)}`);
  return stdout;
}

/** Closed loop: a rate is shared by its workers, each of which waits for its answer first. */
function hey({ url, rate, seconds }: Load, program: string): Said {
  const limit = rate === null ? [] : ["-q", String(rate / connections)];
  const rows = output(program, ["-z", `${seconds}s`, "-c", String(connections), ...limit, "-o", "csv", url]);
  return summary(
    rows
      .trim()
      .split("\n")
      .slice(1)
      .map((row) => Number(row.split(",")[0])),
  );
}

function vegeta({ url, rate, seconds }: Load, program: string): Said {
  const pace = rate === null ? ["-rate=0", `-max-workers=${connections}`] : [`-rate=${rate}`];
  const folder = mkdtempSync(join(tmpdir(), "vegeta-"));
  const results = join(folder, "results.bin");
  output(program, ["attack", `-duration=${seconds}s`, ...pace, `-output=${results}`], `GET ${url}`);
  const rows = output(program, ["encode", "-to=csv", results]);
  rmSync(folder, { recursive: true });
  return summary(
    rows
      .trim()
      .split("\n")
      .map((row) => Number(row.split(",")[2]) / 1e9),
  );
}

function oha({ url, rate, seconds }: Load, program: string): Said {
  const limit = rate === null ? [] : ["-q", String(rate), "--latency-correction"];
  const text = output(program, [
    "--no-tui",
    "--output-format",
    "json",
    "-z",
    `${seconds}s`,
    "-c",
    String(connections),
    ...limit,
    url,
  ]);
  const { summary: all, latencyPercentiles, statusCodeDistribution } = JSON.parse(text);
  const requests = Object.values(statusCodeDistribution as Record<string, number>).reduce((sum, n) => sum + n, 0);
  return { requests, p50: latencyPercentiles.p50, p99: latencyPercentiles.p99, max: all.slowest };
}

function k6({ url, rate, seconds }: Load, program: string): Said {
  const folder = mkdtempSync(join(tmpdir(), "k6-"));
  const open = {
    executor: "constant-arrival-rate",
    rate,
    timeUnit: "1s",
    duration: `${seconds}s`,
    preAllocatedVUs: 200,
    maxVUs: 4000,
  };
  const closed = { executor: "constant-vus", vus: connections, duration: `${seconds}s` };
  const script = join(folder, "script.js");
  writeFileSync(
    script,
    `import http from "k6/http";
export const options = { scenarios: { all: ${JSON.stringify(rate === null ? closed : open)} }, discardResponseBodies: true,
  summaryTrendStats: ["med", "p(99)", "max", "count"] };
export default () => { http.get(${JSON.stringify(url)}); };
export const handleSummary = (data) => ({ ${JSON.stringify(join(folder, "summary.json"))}: JSON.stringify(data) });`,
  );
  output(program, ["run", "--quiet", "--no-usage-report", script]);
  const { metrics } = JSON.parse(readFileSync(join(folder, "summary.json"), "utf8"));
  rmSync(folder, { recursive: true });
  const { med, max, count, ...rest } = metrics.http_req_duration.values;
  return { requests: count, p50: med / 1e3, p99: rest["p(99)"] / 1e3, max: max / 1e3 };
}

export function summary(seconds: readonly number[]): Said {
  const sorted = Float64Array.from(seconds).sort();
  const at = (q: number): number => sorted[Math.max(Math.ceil(q * sorted.length) - 1, 0)] ?? Number.NaN;
  return { requests: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}
