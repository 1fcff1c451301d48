/**
 * The ways to keep tenants apart on one machine, in one table: start, memory, what a tenant reaches of another, and what its p99
 * becomes beside a neighbour that computes; as measured, and as the simulator answers the same scenario with what was measured of
 * each way when idle. About seven minutes; wants the machine to itself, and root for the containers.
 *
 *   npm run bench:tenants [-- --seconds 20 --rounds 2 --only instances --only processes --write]
 *
 * `--write` puts what it finds into docs/functions.md.
 */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
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
import { markdownTable } from "../validation/page.ts";
import { findings, median, spread } from "./findings.ts";
import { machineTime } from "./processor.ts";
import { asker, coreShare, type Idle, idle, noise } from "./tenants/asking.ts";
import { type Reached, reachedByGuest, reachedByProgram } from "./tenants/isolation.ts";
import { type Tenants, type Way, ways } from "./tenants/ways.ts";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    rounds: { type: "string", default: "2" },
    only: { type: "string", multiple: true, default: [] },
    write: { type: "boolean", default: false },
  },
});
if (!isHostBuilt) {
  process.stderr.write("functions/build.sh component container host\n");
  process.exit(1);
}
const document = parse(readFileSync(new URL("../../scenarios/tenants.yaml", import.meta.url), "utf8"));

/** Of one replay. */
interface Replayed {
  readonly p99: number;
  /** Cores of the machine that somebody used, the sender's among them. */
  readonly cores: number;
}

interface Row {
  readonly way: string;
  readonly start: string;
  readonly bytes: number;
  readonly reached: Reached | null;
  /** Processes can also be of one user. */
  readonly reachedBySameUser: Reached | null;
  readonly share: number;
  readonly idle: Idle;
  readonly alone: readonly Replayed[];
  readonly beside: readonly Replayed[];
  readonly simulated: readonly [alone: number, beside: number];
}

const { tell, end } = findings("tenants", options.write);
const native = await startServer(built("work"), [], { PORT: "0" });
const roundsPerSecond = Number((await native.ask("/coldcast/rounds")).headers["coldcast-rounds-per-second"]);
await native.end();

const rows: Row[] = [];
for (const way of ways) {
  if (options.only.length > 0 && !options.only.includes(way.name)) continue;
  if (way.missing !== null) tell(`${way.name}: skipped, ${way.missing}.`);
  else rows.push(await rowOf(way));
}
tellRows(rows);
end();

async function rowOf(way: Way): Promise<Row> {
  process.stderr.write(`${way.name}\n`);
  const start = await startOf(way);
  const bytes = await bytesOf(way);
  const two = await way.start(2, roundsPerSecond);
  try {
    const reached =
      way.name === "instances" || way.name === "composed"
        ? await reachedByGuest(way.name === "instances" ? "tenant.wasm" : "composed.wasm")
        : reachedByProgram(two, way.name === "containers" ? "container" : "other user");
    const reachedBySameUser = way.name === "processes" ? reachedByProgram(two, "same user") : null;
    const share = await coreShare(two.all[0]!.url, two.all[1]!.url);
    const seen = await idle(two.all[0]!.url, document.work);
    const scenario = scenarioOf(way, seen, bytes);
    const [alone, beside]: [Replayed[], Replayed[]] = [[], []];
    for (let round = 0; round < Number(options.rounds); round++) {
      alone.push(await replayed(scenario, `${way.name}-alone`, two));
      beside.push(await replayed(scenario, `${way.name}-beside`, two));
    }
    const answer = simulate(scenario);
    const simulated = [p99(answer, 0), p99(answer, 1)] as const;
    return { way: way.name, start, bytes, reached, reachedBySameUser, share, idle: seen, alone, beside, simulated };
  } finally {
    await two.end();
  }
}

/** One of the scenario's targets, with its neighbour's requests where it has one. */
async function replayed(scenario: Scenario, name: string, { all }: Tenants): Promise<Replayed> {
  const one: Scenario = { ...scenario, targets: scenario.targets.filter((target) => target.name === name) };
  const [own, neighbour] = all.map(({ url }) => url) as [string, string];
  const before = machineTime();
  const beside = name.endsWith("-beside") ? noise(neighbour, { ratePerSecond: 12, workSeconds: 0.1 }) : undefined;
  const { answer } = await replay(one, schedule(one), deploymentAt({ [name]: own }));
  const after = machineTime();
  await beside?.end();
  const cores = ((after.busy - before.busy) / (after.all - before.all)) * cpus().length;
  return { p99: p99(answer, 0), cores };
}

/** From nothing to a first answer. For an instance that is every request: its own start as the host measured it. */
async function startOf(way: Way): Promise<string> {
  const took: number[] = [];
  for (let n = 0; n < 8; n++) {
    const began = performance.now();
    const one = await way.start(1, roundsPerSecond);
    const { ask, end: close } = asker();
    await ask(one.all[0]!.url, 0);
    took.push(performance.now() - began);
    await close();
    if (way.name === "instances" || way.name === "composed") {
      const { startSeconds } = await idle(one.all[0]!.url, "0ms");
      await one.end();
      return `${(startSeconds * 1e6).toFixed(0)} µs`;
    }
    await one.end();
  }
  return `${spread(took, 1)} ms`;
}

/** Of one tenant more, after a request to each. */
async function bytesOf(way: Way): Promise<number> {
  const held: number[] = [];
  const counts = way.name === "containers" ? [1, 9] : [1, 41];
  for (const count of counts) {
    const tenants = await way.start(count, roundsPerSecond);
    const { ask, end: close } = asker();
    for (const { url } of tenants.all) await ask(url, 0);
    held.push(way.bytes(tenants));
    await close();
    await tenants.end();
  }
  return (held[1]! - held[0]!) / (counts[1]! - counts[0]!);
}

/** The scenario's two targets of this way, with what was seen of it idle in place of what the file says, and the sender on the cores, too. */
function scenarioOf(way: Way, seen: Idle, bytes: number): Scenario {
  // A target's factor goes for its neighbours, too.
  const sender = { arrivals: document.arrivals, work: `${seen.senderSeconds / seen.workFactor}s` };
  const targets = Object.entries(document.targets as Record<string, { neighbours?: object[] }>)
    .filter(([name]) => name.startsWith(`${way.name}-`))
    .map(([name, spec]) => [
      name,
      {
        ...spec,
        neighbours: [...(spec.neighbours ?? []), sender],
        workFactor: seen.workFactor,
        requestOverhead: `${seen.overheadSeconds}s`,
        instanceStart: `${seen.startSeconds}s`,
        memory: `${Math.round(bytes / 1024)}KiB`,
      },
    ]);
  return parseScenario(
    JSON.stringify({ ...document, duration: `${options.seconds}s`, targets: Object.fromEntries(targets) }),
  );
}

function p99({ targets }: Answer, n: number): number {
  const { latency } = targets[n] as AvailableAnswer;
  return latency.quantiles.find(({ q }) => q === 0.99)!.value.value;
}

function tellRows(all: readonly Row[]): void {
  const word = (is: boolean): string => (is ? "yes" : "no");
  tell(
    markdownTable(
      ["way", "start", "memory of one more", "per GiB", "memory reached", "files", "network", "of a core beside eight"],
      all.map(({ way, start, bytes, reached, reachedBySameUser, share }) => {
        const yes = (of: keyof Reached): string =>
          (reached === null ? "not checked" : word(reached[of])) +
          (reachedBySameUser === null ? "" : ` (same user: ${word(reachedBySameUser[of])})`);
        const memory = [`${(bytes / 1024).toFixed(0)} KiB`, String(Math.floor(2 ** 30 / bytes))];
        return [way, start, ...memory, yes("memory"), yes("files"), yes("network"), share.toFixed(2)];
      }),
    ),
  );
  const ms = (of: readonly Replayed[]): string =>
    spread(
      of.map((one) => one.p99 * 1e3),
      1,
    );
  const middle = (of: readonly Replayed[], pick: (one: Replayed) => number): number => median(of.map(pick));
  tell(
    markdownTable(
      [
        "way",
        "work factor",
        "p99 alone, ms",
        "beside, ms",
        "times",
        "simulated alone, ms",
        "beside, ms",
        "times",
        "cores in use beside",
      ],
      all.map(({ way, idle: seen, alone, beside, simulated: [one, other] }) => [
        way,
        seen.workFactor.toFixed(2),
        ms(alone),
        ms(beside),
        (middle(beside, (each) => each.p99) / middle(alone, (each) => each.p99)).toFixed(1),
        (one * 1e3).toFixed(1),
        (other * 1e3).toFixed(1),
        (other / one).toFixed(1),
        middle(beside, (each) => each.cores).toFixed(2),
      ]),
    ),
  );
}
