/**
 * The ways to keep tenants apart on one machine, in one table: start, memory, what a tenant reaches of another, and what its p99
 * becomes beside a neighbour that computes; as measured, and as the simulator answers the same scenario with what was measured of
 * each way when idle. About six minutes; wants the machine to itself, and root for the containers.
 *
 *   npm run bench:tenants [-- --seconds 20 --only instances --only processes]
 */
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { deploymentAt } from "../../src/live/deployment.ts";
import { replay } from "../../src/live/replay.ts";
import type { Answer, AvailableAnswer } from "../../src/scenario/answer.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { built, isHostBuilt, startServer } from "../e2e/hostProcess.ts";
import { asker, type Idle, idle, median, noise } from "./tenants/asking.ts";
import { type Reached, reachedByGuest, reachedByProgram } from "./tenants/isolation.ts";
import { type Way, ways } from "./tenants/ways.ts";

const { values: options } = parseArgs({
  options: { seconds: { type: "string", default: "20" }, only: { type: "string", multiple: true, default: [] } },
});
if (!isHostBuilt) {
  process.stderr.write("functions/build.sh component container && functions/host/build.sh\n");
  process.exit(1);
}
const document = parse(readFileSync(new URL("../../scenarios/tenants.yaml", import.meta.url), "utf8"));

interface Row {
  readonly way: string;
  readonly start: string;
  readonly bytes: number;
  readonly reached: Reached | null;
  /** Processes can also be of one user. */
  readonly reachedBySameUser: Reached | null;
  readonly idle: Idle;
  readonly measured: readonly number[];
  readonly simulated: readonly number[];
}

const out = (line: string): void => void process.stdout.write(`${line}\n`);
out(`${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`);
const native = await startServer(built("work"), [], { PORT: "0" });
const roundsPerSecond = Number((await native.ask("/coldcast/rounds")).headers["coldcast-rounds-per-second"]);
await native.end();

const rows: Row[] = [];
for (const way of ways) {
  if (options.only.length > 0 && !options.only.includes(way.name)) continue;
  if (way.missing !== null) out(`${way.name}: skipped, ${way.missing}`);
  else rows.push(await rowOf(way));
}
print(rows);

async function rowOf(way: Way): Promise<Row> {
  const start = await startOf(way);
  const bytes = await bytesOf(way);
  const two = await way.start(2, roundsPerSecond);
  try {
    const reached =
      way.name === "instances" || way.name === "composed"
        ? await reachedByGuest(way.name === "instances" ? "tenant.wasm" : "composed.wasm")
        : reachedByProgram(two, way.name === "containers" ? "container" : "other user");
    const reachedBySameUser = way.name === "processes" ? reachedByProgram(two, "same user") : null;
    const seen = await idle(two.all[0]!.url, document.work);
    const scenario = scenarioOf(way, seen, bytes);
    const measured: number[] = [];
    for (const target of scenario.targets) {
      const isBeside = target.name.endsWith("-beside");
      const neighbour = isBeside ? noise(two.all[1]!.url, { ratePerSecond: 12, workSeconds: 0.1 }) : undefined;
      const one: Scenario = { ...scenario, targets: [target] };
      const { answer } = await replay(one, schedule(one), deploymentAt({ [target.name]: two.all[0]!.url }));
      await neighbour?.end();
      measured.push(...p99s(answer));
    }
    return {
      way: way.name,
      start,
      bytes,
      reached,
      reachedBySameUser,
      idle: seen,
      measured,
      simulated: p99s(simulate(scenario)),
    };
  } finally {
    await two.end();
  }
}

/** From nothing to a first answer. For an instance that is every request: its own start as the host measured it. */
async function startOf(way: Way): Promise<string> {
  const took: number[] = [];
  for (let n = 0; n < 8; n++) {
    const began = performance.now();
    const one = await way.start(1, roundsPerSecond);
    const { ask } = asker();
    await ask(one.all[0]!.url, 0);
    took.push(performance.now() - began);
    if (way.name === "instances" || way.name === "composed") {
      const { startSeconds } = await idle(one.all[0]!.url, "0ms");
      await one.end();
      return `${(startSeconds * 1e6).toFixed(0)} µs`;
    }
    await one.end();
  }
  return `${median(took).toFixed(1)} ms`;
}

/** Of one tenant more, after a request to each. */
async function bytesOf(way: Way): Promise<number> {
  const held: number[] = [];
  const counts = way.name === "containers" ? [1, 9] : [1, 41];
  for (const count of counts) {
    const tenants = await way.start(count, roundsPerSecond);
    const { ask } = asker();
    for (const { url } of tenants.all) await ask(url, 0);
    held.push(way.bytes(tenants));
    await tenants.end();
  }
  return (held[1]! - held[0]!) / (counts[1]! - counts[0]!);
}

/** The scenario's two targets of this way, with what was seen of it idle in place of what the file says. */
function scenarioOf(way: Way, { workFactor, overheadSeconds, startSeconds }: Idle, bytes: number): Scenario {
  const targets = Object.entries(document.targets as Record<string, object>)
    .filter(([name]) => name.startsWith(`${way.name}-`))
    .map(([name, spec]) => [
      name,
      {
        ...spec,
        workFactor,
        requestOverhead: `${overheadSeconds}s`,
        instanceStart: `${startSeconds}s`,
        memory: `${Math.round(bytes / 1024)}KiB`,
      },
    ]);
  return parseScenario(
    JSON.stringify({ ...document, duration: `${options.seconds}s`, targets: Object.fromEntries(targets) }),
  );
}

function p99s({ targets }: Answer): number[] {
  return targets.map((target) => {
    const { latency } = target as AvailableAnswer;
    return latency.quantiles.find(({ q }) => q === 0.99)!.value.value;
  });
}

function print(all: readonly Row[]): void {
  const ms = (seconds: number): string => (seconds * 1e3).toFixed(1);
  out(
    "\np99 in ms, alone → beside a neighbour that asks for 1.2 cores of two; reached: what a tenant got of another's\n",
  );
  out(
    "| way | start | memory | per GiB | memory reached | files | network | work factor | p99 measured | inflation | p99 simulated | inflation |",
  );
  out(`|${" --- |".repeat(12)}`);
  for (const { way, start, bytes, reached, reachedBySameUser, idle: seen, measured, simulated } of all) {
    const word = (is: boolean): string => (is ? "yes" : "no");
    const yes = (of: keyof Reached): string =>
      (reached === null ? "not checked" : word(reached[of])) +
      (reachedBySameUser === null ? "" : ` (same user: ${word(reachedBySameUser[of])})`);
    const pair = ([alone, beside]: readonly number[]): string =>
      `${ms(alone!)} → ${ms(beside!)} | ${(beside! / alone!).toFixed(1)} ×`;
    out(
      `| ${way} | ${start} | ${(bytes / 1024).toFixed(0)} KiB | ${Math.floor(2 ** 30 / bytes)} | ${yes("memory")} | ${yes("files")} | ${yes("network")} | ${seen.workFactor.toFixed(2)} | ${pair(measured)} | ${pair(simulated)} |`,
    );
  }
}
