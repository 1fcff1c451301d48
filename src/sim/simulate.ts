import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { type ArrivalsSpec, arrivals } from "../arrivals/index.ts";
import { check } from "../base/check.ts";
import { version } from "../base/version.ts";
import type { Answer } from "../scenario/answer.ts";
import type { Scenario, ServerSpec } from "../scenario/scenario.ts";
import { type Schedule, schedule as scheduleOf } from "../scenario/schedule.ts";
import { ClosedRun } from "./closedRun.ts";
import { combineReplications } from "./combine.ts";
import { pairedDifferences } from "./differences.ts";
import { isLindley, LindleyRun } from "./lindleyRun.ts";
import { playSchedule, type RunInput } from "./run.ts";
import { type Recorder, type ReplicationResult, RunRecorder } from "./runRecorder.ts";
import { answeringStationOf, stationOf } from "./stationOf.ts";

export interface ReplicationOptions {
  /** Replayed instead of the scenario's own arrivals; then replications differ in the platform's draws only. */
  readonly schedule?: Schedule | undefined;
  /** Default: the scenario's. */
  readonly seed?: number | undefined;
  /** The first so many requests, in place of the scenario's duration. */
  readonly requests?: number | undefined;
  /** Split the run into batches from which it can tell its own error; for a single replication. */
  readonly batches?: boolean | undefined;
  /** Event by event even where a recursion gives the same, to compare the two. */
  readonly eventByEvent?: boolean | undefined;
  /** Who hears of everything in the recorder's place, and passes it on to it. */
  readonly watch?: ((recorder: RunRecorder) => Recorder) | undefined;
}

export interface SimulateOptions extends Omit<ReplicationOptions, "batches" | "watch"> {
  /** Default 8. One is one long run, whose intervals come from its batches. */
  readonly replications?: number | undefined;
  /** Only these targets. */
  readonly targets?: readonly string[] | undefined;
  /** Called with the share that is done, in (0, 1]. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** How many replications give an interval of useful width at little cost. */
export const replicationsByDefault = 8;

/**
 * A scenario's answer by discrete-event simulation: every target, several replications, 95 % intervals.
 *
 * Without a schedule, replication r draws its own arrivals (replication 0 those that live replays); with one, all replay it. Same
 * scenario, seed and options: same answer, to the last bit. Memory does not grow with the number of requests.
 *
 * @throws {RangeError} when nothing bounds the run (arrivals without end, no duration, no number of requests), or a target is not the scenario's
 */
export function simulate(scenario: Scenario, options: SimulateOptions = {}): Answer {
  const { replications = replicationsByDefault, onProgress } = options;
  check(
    Number.isInteger(replications) && replications >= 1,
    "simulate",
    "replications must be an integer ≥ 1",
    replications,
  );
  const names = scenario.targets.map(({ name }) => name).filter((name) => options.targets?.includes(name) ?? true);
  const strange = options.targets?.find((name) => !names.includes(name));
  check(strange === undefined, "simulate", "targets must name targets of the scenario", strange);
  let done = 0;
  const results = names.map((name) =>
    Array.from({ length: replications }, (_, replication) => {
      const result = simulateReplication(scenario, name, replication, { ...options, batches: replications === 1 });
      onProgress?.(++done / (names.length * replications));
      return result;
    }),
  );
  const differences = replications === 1 ? [] : pairedDifferences(results, scenario.report.quantiles);
  return {
    coldcast: 1,
    from: "sim",
    scenario: scenario.name,
    seed: options.seed ?? scenario.seed,
    provenance: {
      version,
      scenarioSha256: scenario.sha256,
      scheduleSha256: options.schedule === undefined ? null : scheduleSha256(options.schedule),
      calibration: scenario.calibration,
    },
    targets: names.map((name, i) => combineReplications(scenario, name, results[i]!)),
    ...(differences.length > 0 && { differences }),
  };
}

/**
 * One replication of one target, as plain data that a worker thread can send; `combineReplications` makes the answer.
 *
 * @throws {RangeError} when the scenario has no such target, or nothing bounds the run
 */
export function simulateReplication(
  scenario: Scenario,
  targetName: string,
  replication: number,
  options: ReplicationOptions = {},
): ReplicationResult {
  const target = scenario.targets.find(({ name }) => name === targetName);
  check(target !== undefined, "simulateReplication", "the scenario must have the target", targetName);
  check(
    options.schedule !== undefined ||
      options.requests !== undefined ||
      scenario.duration < Infinity ||
      arrivals(scenario.arrivals).finite,
    "simulate",
    "endless arrivals need a duration or a number of requests",
    scenario.duration,
  );
  const seed = options.seed ?? scenario.seed;
  const isClosed = scenario.arrivals.kind === "closed" && options.schedule === undefined;
  const requests = options.requests;
  const played = isClosed ? nothing : (options.schedule ?? scheduleOf(scenario, { seed, replication, requests }));
  const known = options.schedule === undefined ? scenario.duration : Math.max(played.duration, scenario.duration);
  const duration = requests === undefined ? known : Infinity;
  const recorder = new RunRecorder({
    report: scenario.report,
    warmup: scenario.warmup,
    duration,
    timeout: target.timeout,
    batches: options.batches ?? false,
    splits: target.kind === "edge",
  });
  const faults = scenario.faults?.filter(({ targets }) => targets === undefined || targets.includes(targetName)) ?? [];
  const heard = options.watch?.(recorder) ?? recorder;
  const load = isClosed ? {} : { load: { arrivals: scenario.arrivals, work: scenario.work } };
  const common = { target, cursor: played.open(), duration, seed, replication, recorder: heard, ...load };
  const input: RunInput = faults.length === 0 ? common : { ...common, faults };
  if (isClosed) {
    const { clients, thinkTime } = scenario.arrivals as ArrivalsSpec & { kind: "closed" };
    const loop = { clients, thinkTime, work: scenario.work, requests: requests ?? Infinity };
    new ClosedRun(input, loop, answeringStationOf).run();
  } else if (options.eventByEvent !== true && heard === recorder && faults.length === 0 && isLindley(target)) {
    new LindleyRun(input as RunInput<ServerSpec>).run();
  } else {
    playSchedule(stationOf(input), input);
  }
  return recorder.result(targetName, replication);
}

/** Clients that wait for their answers follow no schedule. */
const nothing: Schedule = {
  name: "",
  seed: 0,
  duration: Infinity,
  open: () => ({ next: () => false, atSeconds: 0, workSeconds: 0, origin: 0 }),
};

/** As `collectSchedule` has it: the pairs (at, work) as little-endian doubles, without holding them. */
function scheduleSha256(played: Schedule): string {
  const hash = sha256.create();
  const block = new DataView(new ArrayBuffer(16 * 1024));
  const cursor = played.open();
  let filled = 0;
  while (cursor.next()) {
    block.setFloat64(filled, cursor.atSeconds, true);
    block.setFloat64(filled + 8, cursor.workSeconds, true);
    filled += 16;
    if (filled === block.byteLength) {
      hash.update(new Uint8Array(block.buffer));
      filled = 0;
    }
  }
  return bytesToHex(hash.update(new Uint8Array(block.buffer, 0, filled)).digest());
}
