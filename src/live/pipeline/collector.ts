import type { Seconds } from "../../base/units.ts";
import { Histogram } from "../../stats/histogram.ts";
import { joined } from "../kafka/joined.ts";
import type { Kafka } from "../kafka/kafka.ts";
import { outcomeRecord } from "../outcomeRecords.ts";
import { OutcomeLog, outcomeKinds } from "../outcomes.ts";
import { type Result, readMetric } from "./result.ts";
import { groups, topics } from "./topics.ts";
import { unixSeconds } from "./unixClock.ts";

/** Where an event's time goes between its scheduled instant and the answer, in its order. */
export const stageNames = ["produce", "aggregate", "publish", "trigger", "function"] as const;
export type StageName = (typeof stageNames)[number];

/** What is known so far of one target. */
export interface Collected {
  readonly log: OutcomeLog;
  /** From the scheduled instant to the answer. */
  readonly latency: Histogram;
  readonly stages: Readonly<Record<StageName, Histogram>>;
  /** Seconds by event; NaN where it did not get so far. */
  readonly stageColumns: Readonly<Record<StageName, Float64Array>>;
  /** The last answers, oldest first. */
  readonly recent: readonly Recent[];
  counted: number;
  cold: number;
  failed: number;
  /** Sums over the completed, for the overhead. */
  latencySeconds: Seconds;
  workSeconds: Seconds;
}

export interface Recent {
  /** Unix seconds of the answer. */
  readonly at: Seconds;
  readonly latency: Seconds;
  readonly cold: boolean;
  /** Index of the instance in the log; −1 where it does not tell. */
  readonly instance: number;
}

export interface Collector {
  readonly targets: ReadonlyMap<string, Collected>;
  /** Second deliveries, at the aggregator and here, that were not counted again. */
  readonly duplicates: number;
  /** Results so far, over all targets. */
  readonly counted: number;
  close(): Promise<void>;
}

const recentMax = 2000;

/**
 * Reads `metrics` and keeps, per target, what became of every event of one run: each once, however often it is told.
 *
 * @param arrivals of the run's schedule, to which results belong by their index
 */
export async function startCollector(
  kafka: Kafka,
  {
    run,
    names,
    arrivals,
    onResult,
    onRecord,
    onFailed,
  }: {
    readonly run: string;
    readonly names: readonly string[];
    readonly arrivals: { readonly at: Float64Array; readonly work: Float64Array };
    /** Called once for each result that counts, with the Unix time of its collection. */
    readonly onResult?: ((result: Result, collected: Seconds) => void) | undefined;
    /** Called with each event of a target that counts, as a line that `fillFromRecords` reads. */
    readonly onRecord?: ((target: string, record: string) => void) | undefined;
    readonly onFailed: (error: Error) => void;
  },
): Promise<Collector> {
  const targets = new Map(names.map((name) => [name, fresh(new OutcomeLog(arrivals))]));
  let duplicates = 0;
  const unsent = outcomeKinds.indexOf("unsent");
  const consumer = await joined(kafka, {
    group: `${groups.collector}-${run}`,
    topics: [topics.metrics],
    from: "earliest",
    onBatch: async ({ records }) => {
      for (const { value } of records) {
        const metric = readMetric(value);
        if (metric === undefined || metric.run !== run || metric.index >= arrivals.at.length) continue;
        const collected = metric.kind === "result" ? targets.get(metric.target) : undefined;
        if (metric.kind === "duplicate" || collected?.log.outcome[metric.index] !== unsent) duplicates++;
        else {
          count(collected, metric);
          onResult?.(metric, unixSeconds());
          onRecord?.(metric.target, outcomeRecord(collected.log, metric.index));
        }
      }
    },
    onFailed,
  });
  return {
    targets,
    get duplicates() {
      return duplicates;
    },
    get counted() {
      return [...targets.values()].reduce((sum, target) => sum + target.counted, 0);
    },
    close: () => consumer.close(),
  };
}

function fresh(log: OutcomeLog): Collected {
  const perStage = <T>(make: () => T) =>
    Object.fromEntries(stageNames.map((name) => [name, make()])) as Record<StageName, T>;
  return {
    log,
    latency: new Histogram(),
    stages: perStage(() => new Histogram()),
    stageColumns: perStage(() => new Float64Array(log.length).fill(Number.NaN)),
    recent: [],
    counted: 0,
    cold: 0,
    failed: 0,
    latencySeconds: 0,
    workSeconds: 0,
  };
}

function count(collected: Collected, result: Result): void {
  const { log } = collected;
  const { index, stamps } = result;
  const { due } = stamps;
  // Machines whose wall clocks differ may have the answer before the event.
  const latency = Math.max(stamps.answered - due, 0);
  collected.counted++;
  log.lateness[index] = Math.max(stamps.sent - due, 0);
  log.latency[index] = latency;
  log.outcome[index] = outcomeKinds.indexOf(result.outcome);
  log.status[index] = result.status;
  log.instance[index] = log.instanceIndex(result.instance ?? "");
  log.workDone[index] = result.workDoneSeconds ?? Number.NaN;
  log.start[index] = result.startSeconds ?? Number.NaN;
  let cold = false;
  if (result.instanceStarted !== null) {
    cold = result.instanceStarted > due;
    log.instanceStarted[index] = result.instanceStarted - due + log.at[index]!;
    log.cold[index] = cold ? 1 : 0;
  }
  if (result.outcome !== "completed") {
    collected.failed++;
    return;
  }
  collected.latency.record(latency);
  if (cold) collected.cold++;
  collected.latencySeconds += latency;
  collected.workSeconds += result.workDoneSeconds ?? 0;
  for (const [name, seconds] of stageTimes(stamps)) {
    collected.stages[name].record(Math.max(seconds, 0));
    collected.stageColumns[name][index] = seconds;
  }
  const recent = collected.recent as Recent[];
  recent.push({ at: stamps.answered, latency, cold, instance: log.instance[index]! });
  if (recent.length > recentMax) recent.splice(0, recentMax / 4);
}

/** The stages of one event; they sum to its latency. */
function stageTimes(stamps: Result["stamps"]): readonly (readonly [StageName, Seconds])[] {
  const { due, read, dispatched, answered } = stamps;
  const enriched = stamps.enriched ?? read;
  const appended = stamps.appended ?? enriched;
  return [
    ["produce", appended - due],
    ["aggregate", enriched - appended],
    ["publish", read - enriched],
    ["trigger", dispatched - read],
    ["function", answered - dispatched],
  ];
}
