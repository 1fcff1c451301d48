import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { source } from "../../src/random/source.ts";
import { coldcast, isAccounted, measuredIn, startColdcast } from "./coldcast.ts";
import { startServer } from "./startServer.ts";

/** What came of killing a verb at so many moments and asking it the same again. */
export interface Tally {
  readonly verb: string;
  readonly moments: number;
  /** How often it was killed before it had ended. */
  readonly broken: number;
  /** How often something of the killed one was taken up, or recovered. */
  readonly takenUp: number;
  /** What was not as promised, one line each. */
  readonly wrong: readonly string[];
}

/** How often, from which seed the moments are drawn, and where to tell how far it is. */
export interface Crashing {
  readonly moments: number;
  readonly seed: number;
  readonly onMoment?: (done: number) => void;
}

interface Moment {
  /** A fresh folder of its own. */
  readonly out: string;
  readonly broken: boolean;
}

interface Case {
  readonly verb: string;
  readonly args: (out: string) => readonly string[];
  /** What an unbroken run into a folder has left. */
  readonly learn?: (out: string) => void | Promise<void>;
  /** Looks at what the killed one left and asks again; says whether something was taken up, and what is wrong. */
  readonly resume: (moment: Moment) => Promise<{ readonly takenUp: boolean; readonly wrong: readonly string[] }>;
}

async function crash(each: Case, folder: string, { moments, seed, onMoment }: Crashing): Promise<Tally> {
  const uniform = source(seed, "crash", each.verb);
  const unbroken = join(folder, "unbroken");
  const { code, seconds, err } = await coldcast(each.args(unbroken));
  if (code !== 0) throw new Error(`${each.verb}, unbroken, ended with ${code}: ${err}`);
  await each.learn?.(unbroken);
  const tally = { broken: 0, takenUp: 0, wrong: [] as string[] };
  for (let k = 0; k < moments; k++) {
    const out = join(folder, String(k));
    const afterSeconds = uniform() * seconds;
    const broken = await killedAfter(each.args(out), afterSeconds);
    const { takenUp, wrong } = await each.resume({ out, broken });
    if (broken) tally.broken++;
    if (takenUp) tally.takenUp++;
    tally.wrong.push(...wrong.map((what) => `${each.verb}, killed after ${afterSeconds.toFixed(3)} s: ${what}`));
    rmSync(out, { recursive: true, force: true });
    onMoment?.(k + 1);
  }
  return { verb: each.verb, moments, ...tally };
}

/** Whether it was still running when it was killed. */
async function killedAfter(args: readonly string[], seconds: number): Promise<boolean> {
  const { child, ended } = startColdcast(args);
  const over = new AbortController();
  await Promise.race([
    ended.then(() => over.abort()),
    sleep(seconds * 1e3, null, { signal: over.signal }).catch(() => {}),
  ]);
  child.kill("SIGKILL");
  return (await ended).signal === "SIGKILL";
}

async function within<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "coldcast-crash-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const drawn = `name: crash
seed: 5
duration: 400s
arrivals: { kind: poisson, rate: 100/s }
work: { kind: exponential, mean: 8ms }
targets:
  one: { kind: server, coldStart: 100ms, keepAlive: 200ms }
  two: { kind: perRequest, coldStart: 200ms, keepAlive: 5s }
`;

/** A verb that is deterministic: the files it is asked for must come out the same to the last byte. */
function sameBytes(
  verb: string,
  folder: string,
  args: (out: string) => readonly string[],
  { files, pieces }: { readonly files: readonly string[]; readonly pieces: (out: string) => number },
): Case {
  const wanted = new Map<string, string>();
  return {
    verb,
    args,
    learn: (out) => {
      for (const name of files) wanted.set(name, readFileSync(join(out, name), "latin1"));
    },
    resume: async ({ out, broken }) => {
      const takenUp = broken && pieces(out) > 0;
      const { code, err } = await coldcast(args(out));
      const wrong = files
        .filter((name) => code !== 0 || readFileSync(join(out, name), "latin1") !== wanted.get(name))
        .map((name) => `${name} is not that of an unbroken run (exit ${code}: ${err.trim()})`);
      const more = readdirSync(out).filter((name) => !files.includes(name));
      return { takenUp, wrong: [...wrong, ...more.map((name) => `${name} is left over in ${folder}`)] };
    },
  };
}

const count = (folder: string, suffix: string): number =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(suffix)).length : 0;

/** `sweep`: its lines and its page. */
export const crashSweep = (how: Crashing): Promise<Tally> =>
  within((folder) => {
    const file = join(folder, "s.yaml");
    writeFileSync(file, drawn);
    const vary = ["--vary", "targets.one.coldStart=0,50ms,100ms,150ms", "--vary", "arrivals.rate=20/s,60/s,100/s"];
    const args = (out: string) => ["sweep", file, ...vary, "--replications", "2", "--out", out];
    const lines = (out: string): number =>
      existsSync(join(out, "sweep.ndjson"))
        ? readFileSync(join(out, "sweep.ndjson"), "utf8").split("\n").length - 1
        : 0;
    const files = ["sweep.html", "sweep.ndjson"];
    return crash(sameBytes("sweep", folder, args, { files, pieces: lines }), folder, how);
  });

/** `simulate --replications --resume`: its answer. */
export const crashSimulate = (how: Crashing): Promise<Tally> =>
  within((folder) => {
    const file = join(folder, "s.yaml");
    writeFileSync(file, drawn);
    const args = (out: string) => {
      const kept = ["--resume", join(out, "kept")];
      return ["simulate", file, "--replications", "24", ...kept, "--json", join(out, "sim.json")];
    };
    const pieces = (out: string): number => count(join(out, "kept"), ".replication");
    return crash(sameBytes("simulate", folder, args, { files: ["sim.json"], pieces }), folder, how);
  });

const rate = 100;
/** What is recorded a tenth of a second late at the latest, and what the machine's other work adds to that. */
const lostMax = rate * 0.5;

const sent = (targets: object) =>
  JSON.stringify({
    name: "crash",
    seed: 6,
    duration: "1.5s",
    arrivals: { kind: "poisson", rate: `${rate}/s` },
    work: "1ms",
    targets,
  });

/**
 * Whether what a killed run left can be read, and says of every scheduled request what became of it. Looked at in a copy, as
 * recovering takes it away.
 */
async function recovers(
  { out }: Moment,
  args: (out: string) => readonly string[],
  answered: number,
): Promise<{ readonly found: boolean; readonly wrong: readonly string[] }> {
  if (!existsSync(join(out, "unfinished", "asked.json"))) return { found: false, wrong: [] };
  const copy = `${out}-copy`;
  cpSync(out, copy, { recursive: true });
  const { code, err } = await coldcast([...args(copy), "--recover"]);
  if (code !== 0) return { found: true, wrong: [`--recover ended with ${code}: ${err}`] };
  const counts = measuredIn(copy).map((target) => target.counts!);
  rmSync(copy, { recursive: true });
  const wrong = counts.every(isAccounted) ? [] : ["a request is in no counter, or in two"];
  const known = counts.reduce((sum, { scheduled, unsent }) => sum + scheduled - unsent, 0);
  if (answered - known > lostMax) wrong.push(`${answered} were answered, ${known} are known`);
  return { found: true, wrong };
}

/** What a run that went on must come to: everything counted, nothing unsent, and nothing of the broken one left. */
async function goesOn(out: string, args: (out: string) => readonly string[]): Promise<string[]> {
  const { code, err } = await coldcast(args(out));
  if (code !== 0) return [`going on ended with ${code}: ${err.trim().slice(-500)}`];
  const wrong = measuredIn(out).flatMap(({ name, counts }) =>
    counts!.completed === counts!.scheduled ? [] : [`${name}: ${JSON.stringify(counts)}`],
  );
  if (existsSync(join(out, "unfinished"))) wrong.push("unfinished is left over");
  return wrong;
}

/** `replay` of two targets, which a server answers that is not killed. */
export const crashReplay = (how: Crashing): Promise<Tally> =>
  within(async (folder) => {
    const server = await startServer("faultyServer.ts", "ok");
    const file = join(folder, "s.json");
    writeFileSync(
      file,
      sent({ one: { kind: "server", concurrency: "unlimited" }, two: { kind: "spinkube", replicas: 1 } }),
    );
    const places = ["--at", `one=${server.url}`, "--at", `two=${server.url}`];
    const args = (out: string) => ["replay", file, ...places, "--out", out];
    const answered = async (): Promise<number> => Number(await (await fetch(`${server.url}count`)).text());
    let before = 0;
    const learn = async () => {
      before = await answered();
    };
    const resume = async (moment: Moment) => {
      const { out, broken } = moment;
      const { found, wrong } = await recovers(moment, args, (await answered()) - before);
      const log = join(out, "unfinished", "one.outcomes.csv");
      const done = broken && existsSync(log) ? readFileSync(log, "latin1") : null;
      const more = await goesOn(out, args);
      if (done !== null && readFileSync(join(out, "one.outcomes.csv"), "latin1") !== done)
        more.push("a target that was done was measured again");
      before = await answered();
      return { takenUp: broken && found, wrong: [...wrong, ...more] };
    };
    try {
      return await crash({ verb: "replay", args, learn, resume }, folder, how);
    } finally {
      server.process.kill();
    }
  });

/** `pipeline`, by name, at a broker and a function that are not killed. */
export const crashPipeline = (bootstrap: string, how: Crashing): Promise<Tally> =>
  within(async (folder) => {
    const server = await startServer("faultyServer.ts", "ok");
    const file = join(folder, "s.json");
    writeFileSync(file, sent({ one: { kind: "spinkube", replicas: 1 } }));
    const run = `crash-${how.seed}-${process.pid}`;
    const args = (out: string) => {
      const name = out.split("/").at(-1)!.replace("-copy", "");
      return [
        "pipeline",
        file,
        "--kafka",
        bootstrap,
        "--at",
        `one=${server.url}`,
        "--run",
        `${run}-${name}`,
        "--out",
        out,
      ];
    };
    try {
      // The first run makes the topics, which takes longer than what the moments are drawn over.
      await coldcast(args(join(folder, "first")));
      return await crash(
        {
          verb: "pipeline",
          args,
          resume: async (moment) => {
            const { found, wrong } = await recovers(moment, args, 0);
            return { takenUp: moment.broken && found, wrong: [...wrong, ...(await goesOn(moment.out, args))] };
          },
        },
        folder,
        how,
      );
    } finally {
      server.process.kill();
    }
  });
