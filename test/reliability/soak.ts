/**
 * The pipeline at a constant rate for long: whether its memory, its handles or its lag grow.
 *
 *   npm run reliability:soak -- [--minutes 60] [--rate 500]
 *
 * Needs a Kafka broker, as `coldcast pipeline` does. The function is a server of its own that answers at once. The first fifth is
 * left out; then a line through the means of sixteen stretches says how each figure moved.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { localBroker } from "../../src/live/kafka/broker.ts";
import { isAccounted, measuredIn, startColdcast } from "./coldcast.ts";
import { lookAt } from "./processTree.ts";
import type { SoakLook } from "./soakProbe.ts";
import { startServer } from "./startServer.ts";
import { trend } from "./trend.ts";

const { values: options } = parseArgs({
  options: { minutes: { type: "string", default: "60" }, rate: { type: "string", default: "500" } },
});
const [minutes, rate] = [Number(options.minutes), Number(options.rate)];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const lookEveryMs = 5000;

interface Outside {
  readonly seconds: number;
  readonly handles: number;
  readonly threads: number;
  readonly lag: number;
}

const folder = mkdtempSync(join(tmpdir(), "coldcast-soak-"));
const server = await startServer("faultyServer.ts", "ok");
const broker = await localBroker();
try {
  report(...(await soak()));
} finally {
  await broker.stop();
  server.process.kill();
  rmSync(folder, { recursive: true, force: true });
}

async function soak(): Promise<[SoakLook[], Outside[]]> {
  const [file, looks] = [join(folder, "soak.json"), join(folder, "looks.ndjson")];
  writeFileSync(looks, "");
  const scenario = {
    name: "soak",
    seed: 9,
    duration: `${minutes}min`,
    arrivals: { kind: "poisson", rate: `${rate}/s` },
    work: "1ms",
    targets: { one: { kind: "spinkube", replicas: 1, timeout: "10s" } },
  };
  writeFileSync(file, JSON.stringify(scenario));
  const probe = new URL("soakProbe.ts", import.meta.url).href;
  const places = ["--kafka", broker.bootstrap, "--at", `one=${server.url}`, "--listen", "0"];
  const out = join(folder, "out");
  const { child, ended, err } = startColdcast(["pipeline", file, ...places, "--out", out], [], {
    env: { ...process.env, SOAK_FILE: looks, NODE_OPTIONS: `--import ${probe}` },
  });
  const outside: Outside[] = [];
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  let load = 0;
  while (!isOver) {
    await sleep(lookEveryMs);
    const url = /collector: (\S+)/.exec(err())?.[1];
    if (url === undefined || isOver) continue;
    const lag = await lagAt(url);
    const { handles, threads } = lookAt(child.pid!);
    if (lag !== null) outside.push({ seconds: performance.now() / 1e3, handles, threads, lag });
    load = Math.max(load, loadavg()[0]!);
  }
  const { code, err: said } = await ended;
  if (code !== 0) throw new Error(`the pipeline ended with ${code}: ${said.slice(-1000)}`);
  const [one] = measuredIn(out);
  const { scheduled, completed, failed, unsent } = one!.counts!;
  const p99 = one!.latency.quantiles.find(({ q }) => q === 0.99)!.value.value;
  say(
    `${cpus().length} × ${cpus()[0]?.model.trim()}, load up to ${load.toFixed(1)}, Node ${process.versions.node}; ${broker.origin}`,
  );
  say(
    `${minutes} min at ${rate}/s: ${scheduled} events, ${completed} completed, failed ${JSON.stringify(failed)}, unsent ${unsent}; end to end p99 ${(1e3 * p99).toFixed(1)} ms`,
  );
  if (!isAccounted(one!.counts!) || completed !== scheduled) process.exitCode = 1;
  const lines = readFileSync(looks, "utf8").trim().split("\n");
  return [lines.map((line) => JSON.parse(line) as SoakLook), outside];
}

/** Null where it is not known, or nobody answers any more. */
async function lagAt(url: string): Promise<number | null> {
  try {
    const { lag } = (await (await fetch(new URL("/api/state", url))).json()) as { lag: number | null };
    return lag;
  } catch {
    return null;
  }
}

/** Without the beginning, when everything still finds its size, and the end, when results are written. */
function middle<T extends { readonly seconds: number }>(looks: readonly T[]): readonly T[] {
  const from = looks[0]!.seconds + minutes * 12;
  const to = looks[0]!.seconds + minutes * 60 - 10;
  return looks.filter(({ seconds }) => seconds >= from && seconds <= to);
}

function report(inside: readonly SoakLook[], outside: readonly Outside[]): void {
  say("\n| | median [least, most] | change per hour, 95 % |\n| --- | --- | --- |");
  const mib = 2 ** 20;
  const row = <T extends { readonly seconds: number }>(
    name: string,
    looks: readonly T[],
    { pick, scale, most }: { pick: (look: T) => number; scale: number; most: (median: number) => number },
  ): void => {
    const used = middle(looks);
    const found = trend(
      used.map(({ seconds }) => seconds),
      used.map((look) => pick(look) / scale),
    );
    const [slope, low, high] = [found.slope, found.low, found.high].map((each) => (3600 * each).toFixed(1));
    const grows = 3600 * found.low > most(found.median);
    if (grows) process.exitCode = 1;
    const level = [found.median, found.least, found.most].map((each) => each.toFixed(scale === 1 ? 0 : 1));
    say(`| ${name} | ${level[0]} [${level[1]}, ${level[2]}] | ${slope} [${low}, ${high}]${grows ? " grows" : ""} |`);
  };
  const tenth = (median: number): number => median / 10;
  row("resident memory, MiB", inside, { pick: ({ rss }) => rss, scale: mib, most: tenth });
  row("heap in use, MiB", inside, { pick: ({ heapUsed }) => heapUsed, scale: mib, most: tenth });
  row("outside the heap, MiB", inside, { pick: ({ external }) => external, scale: mib, most: tenth });
  row("active resources", inside, { pick: ({ resources }) => resources, scale: 1, most: () => 1 });
  row("file descriptors", outside, { pick: ({ handles }) => handles, scale: 1, most: () => 1 });
  row("threads", outside, { pick: ({ threads }) => threads, scale: 1, most: () => 1 });
  row("lag, events", outside, { pick: ({ lag }) => lag, scale: 1, most: () => rate / 10 });
}
