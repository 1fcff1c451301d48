/**
 * The Wasm host of functions/host by itself: starts, memory, compiling, rates beside a native server, time-outs, and what guests
 * that break do to their neighbours. About two minutes; wants the machine to itself.
 *
 *   npm run bench:host [-- --rounds 3]
 */
import { execFile } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { parseArgs, promisify } from "node:util";
import { deploymentAt } from "../../src/live/deployment.ts";
import { replay } from "../../src/live/replay.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { built, isHostBuilt, startHost, startServer } from "../e2e/hostProcess.ts";

const { values: options } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const rounds = Number(options.rounds);
const run = promisify(execFile);
const out = (line: string): void => void process.stdout.write(`${line}\n`);
const us = (seconds: number): string => `${(seconds * 1e6).toFixed(1)} µs`;
const ms = (seconds: number): string => `${(seconds * 1e3).toFixed(1)} ms`;
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

if (!isHostBuilt) {
  process.stderr.write("functions/build.sh component container && functions/host/build.sh\n");
  process.exit(1);
}
out(`${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}\n`);
await inProcess();
await rates();
await timeouts();
await neighbours();

/** In the host's process, without a network. */
async function inProcess(): Promise<void> {
  const { stdout } = await run(built("host"), ["measure", built("work.wasm")]);
  const found = JSON.parse(stdout);
  const law = ({ p50Seconds, p99Seconds }: { p50Seconds: number; p99Seconds: number }): string =>
    `p50 ${us(p50Seconds)}, p99 ${us(p99Seconds)}`;
  out(`instance start      pooled ${law(found.pooled.start)} · on demand ${law(found.onDemand.start)}`);
  out(`whole request       pooled ${law(found.pooled.request)} · on demand ${law(found.onDemand.request)}`);
  out(
    `from file to ready  ahead of time ${ms(found.readyAheadSeconds)} · compiled at start ${ms(found.readyJustInTimeSeconds)}`,
  );
  const { count, before, loaded, instancesAlive } = found.functions;
  const memory = ({ resident, anonymous }: { resident: number; anonymous: number }): string =>
    `${mib(resident)} resident (${mib(anonymous)} anonymous)`;
  out(
    `${count} functions       ${memory(loaded)}, before them ${memory(before)}, with an instance of each ${memory(instancesAlive)}\n`,
  );
}

/** As many requests as 50 connections bring, of no work, in turns. */
async function rates(): Promise<void> {
  const servers = {
    "host, pooled": () => startHost(built("work.wasm")),
    "host, on demand": () => startHost("--allocation", "on-demand", built("work.wasm")),
    native: () => startServer(built("work"), [], { PORT: "0" }),
  };
  const found = new Map<string, { ratePerSecond: number; p50Seconds: number; p99Seconds: number; failed: number }[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, start] of Object.entries(servers)) {
      const { port, end } = await start();
      const { stdout } = await run(built("host"), ["load", `127.0.0.1:${port}`, "/", "ce-workseconds: 0"]);
      found.set(name, [...(found.get(name) ?? []), JSON.parse(stdout)]);
      await end();
    }
  }
  for (const [name, all] of found) {
    const of = (pick: (one: (typeof all)[number]) => number): number => median(all.map(pick));
    const failed = all.reduce((sum, one) => sum + one.failed, 0);
    out(
      `${name.padEnd(16)} ${of((one) => one.ratePerSecond)
        .toFixed(0)
        .padStart(
          7,
        )} requests/s, p50 ${us(of((one) => one.p50Seconds))}, p99 ${us(of((one) => one.p99Seconds))}, failed ${failed}`,
    );
  }
  out("");
}

/** How late a guest that never ends is ended: one at a time, and eight at once. */
async function timeouts(): Promise<void> {
  const { ask, end } = await startHost("--timeout-ms", "100", built("tenant.wasm"));
  for (const [name, atOnce] of [
    ["alone", 1],
    ["eight at once", 8],
  ] as const) {
    const took: number[] = [];
    for (let n = 0; n < 24; n += atOnce) {
      const answers = await Promise.all(Array.from({ length: atOnce }, () => ask("/loop")));
      if (answers.some(({ status }) => status !== 504)) throw new Error("a loop was not ended");
      took.push(...answers.map(({ tookMs }) => tookMs));
    }
    out(
      `limit of 100 ms      ${name}: ended after ${median(took).toFixed(1)} ms (median), ${Math.max(...took).toFixed(1)} ms (latest)`,
    );
  }
  await end();
  out("");
}

/** A tenant's p99 at 100 requests a second of 2 ms of work each, before and while others break, loop and eat. */
async function neighbours(): Promise<void> {
  const { port, ask, end } = await startHost(
    ...["--timeout-ms", "200", "--memory-mib", "32", "--each", "4", "--queue", "1000"],
    ...[`good=${built("work.wasm")}`, `bad=${built("tenant.wasm")}`],
  );
  for (const path of [null, "/bad/trap", "/bad/eat", "/bad/loop"]) {
    let isOver = false;
    let asked = 0;
    const bother = async (): Promise<void> => {
      for (; path !== null && !isOver; asked++) await ask(path);
    };
    const bothering = [bother(), bother()];
    const scenario = parseScenario(`
name: neighbours
duration: 10s
warmup: 1s
arrivals: { kind: poisson, rate: 100/s }
work: 2ms
targets: { good: { kind: server, live: { path: /good, headers: { ce-workis: cpu } } } }`);
    const { answer } = await replay(scenario, schedule(scenario), deploymentAt({ good: `http://127.0.0.1:${port}` }));
    isOver = true;
    await Promise.all(bothering);
    const { latency, counts } = answer.targets[0] as AvailableAnswer;
    const at = (level: number): string => ms(latency.quantiles.find(({ q }) => q === level)!.value.value);
    const beside = path === null ? "alone" : `beside ${asked} × ${path.slice(5)}`;
    out(
      `a neighbour ${beside.padEnd(22)} p50 ${at(0.5)}, p99 ${at(0.99)}, ${counts!.completed} of ${counts!.scheduled} answered`,
    );
  }
  await end();
}
