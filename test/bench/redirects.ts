/**
 * A million redirects, beside the talk's figures: what building takes, how big the module is, the first answer with Wizer and without, a
 * lookup, the talk's load on a Wasm host and on a native server, and every source asked for.
 *
 *   npm run bench:redirects [-- --rounds 3 --count 1000000 --only build,lookup,first,load,every --write]
 *
 * `--write` puts what it finds into docs/functions.md, and a request's time into scenarios/edge-redirects.yaml. Wants the machine to
 * itself; about six minutes. WASM_HOST=wasmtime takes Wasmtime's own host. The load is `hey -disable-redirects -c 200 -n 50000` (HEY names it; `go install
 * github.com/rakyll/hey@v0.1.4`), and says so where it is missing.
 */
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs, promisify } from "node:util";
import { parseDocument } from "yaml";
import { built, type Served, startServer } from "../e2e/hostProcess.ts";
import { compileAhead, hostName, redirectsHost, toolsFor } from "../e2e/redirectsHost.ts";
import { markdownTable } from "../validation/page.ts";
import { findings, median, spread } from "./findings.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    count: { type: "string", default: "1000000" },
    only: { type: "string", default: "build,lookup,first,load,every" },
    write: { type: "boolean", default: false },
  },
});
const rounds = Number(options.rounds);
const only = options.only.split(",");
const run = promisify(execFile);
const tool = built("redirects");
const guest = built("redirects-guest.wasm");
const folder = "out/redirects";
const file = (name: string): string => join(folder, name);
const rules = file("redirects.txt");

/** Every instance indexes the million by itself, which takes seconds: asked fewer times. */
const withoutWizer = "Wasm, no Wizer, compiled ahead";
const rows: string[][] = [];
const row = (what: string, here: string, talk = ""): void => {
  rows.push([what, here, talk]);
  process.stderr.write(`${what}: ${here}\n`);
};
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const tools = toolsFor();
if (!existsSync(tool) || tools === null) {
  process.stderr.write("functions/redirects/build.sh\n");
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
execFileSync(tool, ["generate", options.count], { stdio: ["ignore", openSync(rules, "w"), "inherit"] });
const { tell, end } = findings("redirects", options.write);
tell(
  `${options.count} rules of seed 1, ${mb(statSync(rules).size)}, SHA-256 \`${await sha256(rules)}\`; Wasm on ${hostName}; median [least, most] of ${rounds}.`,
);
const first = firstSources(200);
await build();
if (only.includes("lookup")) await lookup();
if (only.includes("first")) await firstAnswers();
if (only.includes("load")) await load();
if (only.includes("every")) await every();
tell(markdownTable(["", "here", "the talk"], rows));
end();

interface Built {
  readonly sourceBytes: number;
  readonly targetBytes: number;
  readonly moduleBytes: number;
  readonly seconds: { readonly read: number; readonly index: number; readonly check: number; readonly write: number };
}

/** Always at least once: the other sections need what it makes. */
async function build(): Promise<void> {
  const seconds: number[] = [];
  const parts: Built["seconds"][] = [];
  let last: Built | undefined;
  for (let round = 0; round < (only.includes("build") ? rounds : 1); round++) {
    const began = performance.now();
    const { stdout } = await run(tool, ["build", rules, guest, file("core.wasm")]);
    await run(tools!, ["component", "new", file("core.wasm"), "-o", file("redirects.wasm")]);
    seconds.push((performance.now() - began) / 1e3);
    last = JSON.parse(stdout) as Built;
    parts.push(last.seconds);
  }
  await run(tool, ["build", "--text", rules, guest, file("text.core.wasm")]);
  await run(tools!, ["component", "new", file("text.core.wasm"), "-o", file("text.wasm")]);
  for (const name of ["redirects", "text"]) compileAhead(file(`${name}.wasm`), file(`${name}.cwasm`));
  if (!only.includes("build") || last === undefined) return;
  row("component, bytes", mb(statSync(file("redirects.wasm")).size), "35 MB");
  row("… of it FST of sources", mb(last.sourceBytes));
  row("… of it front-coded targets", mb(last.targetBytes));
  row("build, rules to component, s", spread(seconds, 2), "1.25");
  for (const part of ["read", "index", "check", "write"] as const)
    row(
      `… ${part}, s`,
      spread(
        parts.map((each) => each[part]),
        2,
      ),
    );
}

async function lookup(): Promise<void> {
  const found: number[] = [];
  const absent: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { stdout } = await run(tool, ["time", rules]);
    const { foundNanoseconds, absentNanoseconds } = JSON.parse(stdout);
    found.push(foundNanoseconds);
    absent.push(absentNanoseconds);
  }
  row("lookup, native, ns", spread(found, 0));
  row("… of a path without a rule, ns", spread(absent, 0));
  const served = await redirectsHost(file("redirects.cwasm"));
  const within: number[] = [];
  for (const source of first) within.push(Number((await served.ask(source)).headers["coldcast-work"]) * 1e9);
  row("lookup, in a fresh Wasm instance, p50, ns", median(within).toFixed(0));
  await wholeRequests(served);
  await served.end();
}

/** What a request takes in the host, from its arrival to its answer's head: the scenario's work, and the start before it. */
async function wholeRequests(served: Served): Promise<void> {
  const computing: number[] = [];
  const starting: number[] = [];
  for (let n = 0; n < 2000; n++) {
    const timing = String((await served.ask(first[n % first.length]!)).headers["server-timing"]);
    // Wasmtime's own host does not tell.
    if (!timing.includes("compute")) return;
    computing.push(Number(/compute;dur=([\d.]+)/.exec(timing)![1]));
    starting.push(Number(/start;dur=([\d.]+)/.exec(timing)![1]) * 1e3);
  }
  const mean = computing.reduce((sum, each) => sum + each, 0) / computing.length;
  const variance = computing.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (computing.length - 1);
  row("instance start within a request, p50, µs", median(starting).toFixed(1));
  row("the rest of a request in the host, p50, µs", (median(computing) * 1e3).toFixed(1));
  if (!options.write) return;
  const scenario = new URL("../../scenarios/edge-redirects.yaml", import.meta.url);
  const document = parseDocument(readFileSync(scenario, "utf8"));
  document.setIn(["work", "mean"], `${Number(mean.toPrecision(3))}ms`);
  document.setIn(["work", "scv"], Number((variance / mean ** 2).toPrecision(2)));
  writeFileSync(scenario, document.toString({ lineWidth: 0 }));
}

/** From the start of the server's process to its first answer; then of a later request. */
async function firstAnswers(): Promise<void> {
  const ways: readonly (readonly [string, () => Promise<Served>])[] = [
    ["Wasm, Wizer, compiled ahead", () => redirectsHost(file("redirects.cwasm"))],
    ["Wasm, Wizer, compiled at start", () => redirectsHost(file("redirects.wasm"))],
    [withoutWizer, () => redirectsHost(file("text.cwasm"))],
    ["native, index read at start", () => startServer(tool, ["serve", file("core.index")])],
    ["native, indexed at start", () => startServer(tool, ["serve", "--text", rules])],
  ];
  for (const [name, start] of ways) {
    const firsts: number[] = [];
    const later: number[] = [];
    const isSlow = name === withoutWizer;
    for (let round = 0; round < (isSlow ? 1 : rounds); round++) {
      const began = performance.now();
      const served = await start();
      await asked(served, first[round]!);
      firsts.push(performance.now() - began);
      for (let n = 0; n < (isSlow ? 1 : 3); n++) later.push(await asked(served, first[10 + n]!));
      await served.end();
    }
    row(`first answer: ${name}, ms`, spread(firsts, 1));
    row("… a later one, ms", spread(later, 2));
  }
}

async function asked(served: Served, path: string): Promise<number> {
  const { status, tookMs } = await served.ask(path);
  if (status !== 302) throw new Error(`${path}: ${status}`);
  return tookMs;
}

/** The talk's load; one path, as hey can ask for no other. */
async function load(): Promise<void> {
  const hey = process.env.HEY ?? [join(homedir(), "go/bin/hey")].find(existsSync) ?? "hey";
  if (spawnSync(hey, ["-h"]).error !== undefined) {
    row("load by hey", "not run: there is no hey", "17,507/s");
    return;
  }
  const servers: readonly (readonly [string, () => Promise<Served>])[] = [
    [`Wasm on ${hostName}`, () => redirectsHost(file("redirects.cwasm"))],
    ["native", () => startServer(tool, ["serve", file("core.index")])],
  ];
  const said = new Map<string, Record<string, number>[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, start] of servers) {
      const served = await start();
      const url = `http://127.0.0.1:${served.port}${first[0]}`;
      const { stdout } = await run(hey, ["-disable-redirects", "-c", "200", "-n", "50000", url]);
      await served.end();
      said.set(name, [...(said.get(name) ?? []), heySaid(stdout)]);
    }
  }
  for (const [name, all] of said) {
    const of = (key: string): number[] => all.map((each) => each[key]!);
    row(`hey -c 200 -n 50000, ${name}: requests/s`, spread(of("rate"), 0), "17,507");
    row("… total, s", spread(of("total"), 2), "2.86");
    row(
      "… average / fastest / slowest, ms",
      `${median(of("average")).toFixed(1)} / ${median(of("fastest")).toFixed(1)} / ${median(of("slowest")).toFixed(0)}`,
      "10.4 / 5.2 / 163",
    );
    row("… answers that were 302", String(Math.min(...of("found"))), "50,000");
  }
}

function heySaid(text: string): Record<string, number> {
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? Number.NaN);
  return {
    total: number(/Total:\s+([\d.]+)/),
    slowest: number(/Slowest:\s+([\d.]+)/) * 1e3,
    fastest: number(/Fastest:\s+([\d.]+)/) * 1e3,
    average: number(/Average:\s+([\d.]+)/) * 1e3,
    rate: number(/Requests\/sec:\s+([\d.]+)/),
    found: number(/\[302\]\s+(\d+)/),
  };
}

/** Each source once, and each with something behind it that makes it none. */
async function every(): Promise<void> {
  const servers: readonly (readonly [string, () => Promise<Served>])[] = [
    [hostName, () => redirectsHost(file("redirects.cwasm"))],
    ["native", () => startServer(tool, ["serve", file("core.index")])],
  ];
  for (const [name, start] of servers) {
    const served = await start();
    const { stdout } = await run(tool, ["check", rules, `127.0.0.1:${served.port}`]);
    await served.end();
    const { found, absent, seconds } = JSON.parse(stdout);
    row(`every rule asked for, ${name}`, `${found} × 302, ${absent} × 404 (${seconds} s)`);
  }
}

function firstSources(count: number): string[] {
  const text = readFileSync(rules, { encoding: "utf8" }).slice(0, 1 << 16);
  return text.split("\n", count).map((line) => line.split(" ")[0]!);
}

async function sha256(name: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(name)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
