/**
 * The Wasm host of functions/host by itself: starts, memory, compiling, rates beside a native server, time-outs, and what guests
 * that break do to their neighbours. About four minutes; wants the machine to itself.
 *
 *   npm run bench:host [-- --rounds 3 --only process,rates,limits,neighbours --write]
 *
 * `--write` puts what it finds into docs/functions.md.
 */
import { execFile } from "node:child_process";
import { parseArgs, promisify } from "node:util";
import { deploymentAt } from "../../src/live/deployment.ts";
import { replay } from "../../src/live/replay.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { built, isHostBuilt, type Served, startHost, startServer } from "../e2e/hostProcess.ts";
import { markdownTable } from "../validation/page.ts";
import { findings, spread } from "./findings.ts";
import { processorSeconds } from "./processor.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    only: { type: "string", default: "process,rates,limits,neighbours" },
    write: { type: "boolean", default: false },
  },
});
const rounds = Array.from({ length: Number(options.rounds) }, (_, n) => n);
const run = promisify(execFile);

if (!isHostBuilt) {
  process.stderr.write("functions/build.sh component container host\n");
  process.exit(1);
}
const { tell, end } = findings("host", options.write);
const parts = { process: inProcess, rates, limits, neighbours };
for (const name of options.only.split(",")) await parts[name as keyof typeof parts]();
end();

interface Law {
  readonly p50Seconds: number;
  readonly p99Seconds: number;
}

interface Laws {
  readonly start: Law;
  /** Of throwing it away again. */
  readonly end: Law;
  readonly request: Law;
}

interface Memory {
  readonly resident: number;
  readonly anonymous: number;
}

interface InProcess {
  readonly compileSeconds: number;
  readonly readyAheadSeconds: number;
  readonly readyJustInTimeSeconds: number;
  readonly pooled: Laws;
  readonly onDemand: Laws;
  readonly functions: {
    readonly count: number;
    readonly before: Memory;
    readonly loaded: Memory;
    readonly instancesAlive: Memory;
  };
}

/** In the host's process, without a network. */
async function inProcess(): Promise<void> {
  const all: InProcess[] = [];
  for (const _ of rounds) {
    const { stdout } = await run(built("host"), ["measure", built("work.wasm")]);
    all.push(JSON.parse(stdout) as InProcess);
  }
  const law = (pick: (one: InProcess) => Law): string[] => [
    spread(
      all.map((one) => pick(one).p50Seconds * 1e6),
      1,
    ),
    spread(
      all.map((one) => pick(one).p99Seconds * 1e6),
      1,
    ),
  ];
  tell(
    markdownTable(
      ["in the host's process, µs", "p50", "p99"],
      [
        ["instance start, pooled", ...law(({ pooled }) => pooled.start)],
        ["instance start, on demand", ...law(({ onDemand }) => onDemand.start)],
        ["instance end, pooled", ...law(({ pooled }) => pooled.end)],
        ["instance end, on demand", ...law(({ onDemand }) => onDemand.end)],
        ["whole request, pooled", ...law(({ pooled }) => pooled.request)],
        ["whole request, on demand", ...law(({ onDemand }) => onDemand.request)],
      ],
    ),
  );
  const ms = (pick: (one: InProcess) => number): string =>
    spread(
      all.map((one) => pick(one) * 1e3),
      2,
    );
  const mib = (pick: (one: InProcess) => Memory): string =>
    `${spread(
      all.map((one) => pick(one).resident / 2 ** 20),
      1,
    )} (anonymous ${spread(
      all.map((one) => pick(one).anonymous / 2 ** 20),
      1,
    )})`;
  tell(
    markdownTable(
      ["", ""],
      [
        ["compiling the component, ms", ms((one) => one.compileSeconds)],
        ["from the file to the first instance, compiled ahead of time, ms", ms((one) => one.readyAheadSeconds)],
        ["from the file to the first instance, compiled at start, ms", ms((one) => one.readyJustInTimeSeconds)],
        ["resident before any function, MiB", mib(({ functions }) => functions.before)],
        [`resident with ${all[0]!.functions.count} functions, MiB`, mib(({ functions }) => functions.loaded)],
        ["and with an instance of each alive, MiB", mib(({ functions }) => functions.instancesAlive)],
      ],
    ),
  );
}

/** What `host load` says, and the processor time of the server meanwhile. */
interface Loaded {
  readonly requests: number;
  readonly ratePerSecond: number;
  readonly p50Seconds: number;
  readonly p99Seconds: number;
  /** With those of the warm-up. */
  readonly asked: number;
  readonly failed: number;
  readonly clientSeconds: number;
  readonly serverSeconds: number;
}

/** As many requests as 50 connections bring, of no work, in turns. */
async function rates(): Promise<void> {
  const servers: Readonly<Record<string, () => Promise<Served>>> = {
    "host, pooled": () => startHost(built("work.wasm")),
    "host, on demand": () => startHost("--allocation", "on-demand", built("work.wasm")),
    native: () => startServer(built("work"), [], { PORT: "0" }),
  };
  const found = new Map<string, Loaded[]>(Object.keys(servers).map((name) => [name, []]));
  for (const _ of rounds)
    for (const [name, start] of Object.entries(servers)) found.get(name)!.push(await loaded(await start()));
  const rows = [...found].map(([name, all]) => {
    const of = (pick: (one: Loaded) => number, digits: number): string => spread(all.map(pick), digits);
    return [
      name,
      of((one) => one.ratePerSecond, 0),
      of((one) => (one.serverSeconds / one.asked) * 1e6, 1),
      of((one) => (one.clientSeconds / one.asked) * 1e6, 1),
      of((one) => one.p50Seconds * 1e3, 2),
      of((one) => one.p99Seconds * 1e3, 2),
      String(all.reduce((sum, one) => sum + one.failed, 0)),
    ];
  });
  tell(
    markdownTable(
      [
        "50 connections, no work",
        "requests/s",
        "processor a request, µs",
        "of the client besides, µs",
        "p50, ms",
        "p99, ms",
        "failed",
      ],
      rows,
    ),
  );
}

async function loaded(served: Served): Promise<Loaded> {
  const before = processorSeconds(served.child.pid!);
  const { stdout } = await run(built("host"), ["load", `127.0.0.1:${served.port}`, "/", "ce-workseconds: 0"]);
  const serverSeconds = processorSeconds(served.child.pid!) - before;
  await served.end();
  return { ...JSON.parse(stdout), serverSeconds };
}

/** How late a guest that never ends is ended: one at a time, and eight at once. */
async function limits(): Promise<void> {
  const served = await startHost("--timeout-ms", "100", built("tenant.wasm"));
  const rows: string[][] = [];
  for (const [name, atOnce] of [
    ["alone", 1],
    ["eight at once", 8],
  ] as const) {
    const took: number[] = [];
    for (let n = 0; n < 24; n += atOnce) {
      const answers = await Promise.all(Array.from({ length: atOnce }, () => served.ask("/loop")));
      if (answers.some(({ status }) => status !== 504)) throw new Error("a loop was not ended");
      took.push(...answers.map(({ tookMs }) => tookMs));
    }
    rows.push([name, spread(took, 1)]);
  }
  await served.end();
  tell(
    markdownTable(["a guest that never ends, limit of 100 ms", "answered 504 after, ms: median [least, most]"], rows),
  );
}

/** A tenant's p99 at 100 requests a second of 2 ms of work each, before and while others break, loop and eat. */
async function neighbours(): Promise<void> {
  const served = await startHost(
    ...["--timeout-ms", "200", "--memory-mib", "32", "--each", "4", "--queue", "1000"],
    ...[`good=${built("work.wasm")}`, `bad=${built("tenant.wasm")}`],
  );
  const paths = [null, "/bad/trap", "/bad/eat", "/bad/loop"];
  const found = new Map(paths.map((path) => [path, [] as Beside[]]));
  for (const _ of rounds) for (const path of paths) found.get(path)!.push(await besideOf(served, path));
  await served.end();
  const rows = [...found].map(([path, all]) => [
    path === null ? "none" : `two at once, ${path.slice(5)}`,
    String(all.reduce((sum, { asked }) => sum + asked, 0)),
    spread(
      all.map(({ p50 }) => p50 * 1e3),
      1,
    ),
    spread(
      all.map(({ p99 }) => p99 * 1e3),
      1,
    ),
    `${all.reduce((sum, { completed }) => sum + completed, 0)} of ${all.reduce((sum, { scheduled }) => sum + scheduled, 0)}`,
  ]);
  tell(
    markdownTable(
      ["a neighbour's guests", "requests of theirs", "p50 of 100 requests/s of 2 ms, ms", "p99, ms", "answered"],
      rows,
    ),
  );
}

interface Beside {
  readonly asked: number;
  readonly p50: number;
  readonly p99: number;
  readonly completed: number;
  readonly scheduled: number;
}

/** Those who break are asked for by a process of their own: two at once, as fast as they end. */
async function besideOf({ port }: Served, path: string | null): Promise<Beside> {
  const address = `127.0.0.1:${port}`;
  const bothering =
    path === null ? null : run(built("host"), ["load", "--connections", "2", "--seconds", "10", address, path]);
  const scenario = parseScenario(`
name: neighbours
duration: 10s
warmup: 1s
arrivals: { kind: poisson, rate: 100/s }
work: 2ms
targets: { good: { kind: server, live: { path: /good, headers: { ce-workis: cpu } } } }`);
  const { answer } = await replay(scenario, schedule(scenario), deploymentAt({ good: `http://${address}` }));
  const asked = bothering === null ? 0 : (JSON.parse((await bothering).stdout) as Loaded).requests;
  const { latency, counts } = answer.targets[0] as AvailableAnswer;
  const at = (level: number): number => latency.quantiles.find(({ q }) => q === level)!.value.value;
  return { asked, p50: at(0.5), p99: at(0.99), completed: counts!.completed, scheduled: counts!.scheduled };
}
