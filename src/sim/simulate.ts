import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { arrivals } from "../arrivals/index.ts";
import { check } from "../base/check.ts";
import { version } from "../base/version.ts";
import type { Answer } from "../scenario/answer.ts";
import type { Scenario, TargetSpec } from "../scenario/scenario.ts";
import { type Schedule, schedule as scheduleOf } from "../scenario/schedule.ts";
import { combineReplications } from "./combine.ts";
import { KnativeRun } from "./knativeRun.ts";
import { isLindley, LindleyRun } from "./lindleyRun.ts";
import { refuseNotSimulated } from "./notSimulated.ts";
import { PerRequestRun } from "./perRequestRun.ts";
import { playSchedule, type RunInput } from "./run.ts";
import { type ReplicationResult, RunRecorder } from "./runRecorder.ts";
import { ServerRun } from "./serverRun.ts";
import { SpinkubeRun } from "./spinkubeRun.ts";

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
}

export interface SimulateOptions extends Omit<ReplicationOptions, "batches"> {
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
  const targets = names.map((name) => {
    const results: ReplicationResult[] = [];
    for (let replication = 0; replication < replications; replication++) {
      results.push(simulateReplication(scenario, name, replication, { ...options, batches: replications === 1 }));
      onProgress?.(++done / (names.length * replications));
    }
    return combineReplications(scenario, name, results);
  });
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
    targets,
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
  refuseNotSimulated(scenario, target);
  const seed = options.seed ?? scenario.seed;
  const played = options.schedule ?? scheduleOf(scenario, { seed, replication, requests: options.requests });
  check(
    options.schedule !== undefined ||
      options.requests !== undefined ||
      scenario.duration < Infinity ||
      arrivals(scenario.arrivals).finite,
    "simulate",
    "endless arrivals need a duration or a number of requests",
    scenario.duration,
  );
  const known = options.schedule === undefined ? played.duration : Math.max(played.duration, scenario.duration);
  const duration = options.requests === undefined ? known : Infinity;
  const recorder = new RunRecorder({
    report: scenario.report,
    warmup: scenario.warmup,
    duration,
    timeout: target.timeout,
    batches: options.batches ?? false,
  });
  const input = { target, cursor: played.open(), duration, seed, replication, recorder };
  play(input, options.eventByEvent ?? false);
  return recorder.result(targetName, replication);
}

function play(input: RunInput, eventByEvent: boolean): void {
  const { target } = input;
  switch (target.kind) {
    case "server":
      if (!eventByEvent && isLindley(target)) new LindleyRun(input as RunInput<typeof target>).run();
      else playSchedule(new ServerRun(input as RunInput<typeof target>), input);
      break;
    case "perRequest":
      playSchedule(new PerRequestRun(input as RunInput<typeof target>), input);
      break;
    case "spinkube":
      playSchedule(new SpinkubeRun(input as RunInput<typeof target>), input);
      break;
    case "knative":
      playSchedule(new KnativeRun(input as RunInput<typeof target>), input);
      break;
    case "edge":
    case "pipeline":
    case "node":
      throw new RangeError(`simulate: there is no simulator for kind ${target.kind}`);
    default:
      unknownKind(target);
  }
}

function unknownKind(target: never): never {
  throw new RangeError(`simulate: there is no simulator for kind ${(target as TargetSpec).kind}`);
}

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
