import { randomUUID } from "node:crypto";
import type { Seconds } from "../../base/units.ts";
import { version } from "../../base/version.ts";
import type { Answer } from "../../scenario/answer.ts";
import type { Scenario, TargetSpec } from "../../scenario/scenario.ts";
import { collectSchedule, type Schedule } from "../../scenario/schedule.ts";
import type { Clock } from "../clock.ts";
import type { Deployment } from "../deployment.ts";
import type { Kafka } from "../kafka/kafka.ts";
import { sturdyProducer } from "../kafka/sturdyProducer.ts";
import { describeMachine } from "../machine.ts";
import type { OutcomeLog } from "../outcomes.ts";
import { peakConcurrency } from "../peak.ts";
import { realClock } from "../realClock.ts";
import type { Target, TargetReport } from "../targets/target.ts";
import { startAggregator } from "./aggregator.ts";
import { startCollector } from "./collector.ts";
import { functionSpec, pipelineSettings } from "./functionSpec.ts";
import { generate } from "./generator.ts";
import { measuredPipeline } from "./measuredPipeline.ts";
import { type Rules, standardRules } from "./rules.ts";
import { type PastRun, type Snapshot, snapshot } from "./snapshot.ts";
import { createTopics, groups, topics } from "./topics.ts";
import { type Dispatch, startTrigger } from "./trigger.ts";
import { unixSeconds } from "./unixClock.ts";

export interface PipelineOptions {
  readonly kafka: Kafka;
  /** Default `mirror`. */
  readonly dispatch?: Dispatch;
  /** Of topics that do not exist yet; default the produce stage's, or 6. */
  readonly partitions?: number;
  /** Events of one partition in flight at a time; default the trigger stage's, or 8. */
  readonly inFlight?: number;
  /** Sends of one event before it goes to the dead letters; default the trigger stage's, or 4. */
  readonly attempts?: number;
  readonly rules?: Rules;
  readonly targets?: readonly string[] | undefined;
  /** Shown beside what is measured. */
  readonly predicted?: Answer | null;
  readonly pastRuns?: readonly PastRun[];
  readonly signal?: AbortSignal | undefined;
  /** Called about twice a second. */
  readonly onSnapshot?: ((snapshot: Snapshot) => void) | undefined;
}

export interface PipelineRun {
  readonly answer: Answer;
  readonly outcomes: Map<string, OutcomeLog>;
  readonly last: Snapshot;
  readonly interrupted: boolean;
}

/** Devices, where the arrivals do not come from devices of their own. */
const devices = 50;
const settleSeconds = 1;
const snapshotEverySeconds = 0.5;
/** After the last event, results are waited for as long as this. */
const drainSeconds = 120;
/** A function that does not answer within its own timeout, or this. */
const giveUpSeconds = 30;
const backoff: Seconds = 0.1;
/** A broker that is away for longer ends the run. */
const patienceSeconds = 120;

/**
 * Runs a scenario's schedule through the event pipeline on a real Kafka: generator, aggregator, trigger, the functions,
 * collector, all in this process but Kafka and the functions.
 *
 * Latency is end to end: from the scheduled instant of an event to the function's answer.
 *
 * @throws {TargetError} if a target cannot be opened, or Kafka is gone for good
 */
export async function runPipeline(
  scenario: Scenario,
  schedule: Schedule,
  deployment: Deployment,
  options: PipelineOptions,
): Promise<PipelineRun> {
  const { kafka, signal } = options;
  const clock = realClock();
  const startedAt = new Date();
  const arrivals = collectSchedule(schedule);
  const run = `${scenario.name}-${schedule.seed}-${randomUUID().slice(0, 8)}`;
  const specs = scenario.targets.filter(({ name }) => options.targets?.includes(name) ?? true);
  const dispatch = options.dispatch ?? "mirror";
  const expected = arrivals.at.length * (dispatch === "mirror" ? specs.length : 1);
  let failure: Error | null = null;
  const onFailed = (error: Error): void => {
    failure ??= error;
  };

  const settings = { ...pipelineSettings(specs[0]), ...options };
  await createTopics(kafka, settings.partitions ?? 6);
  const open = await openTargets(specs, deployment, { scenario, schedule, arrivals, startedAt });
  const names = specs.map(({ name }) => name);
  const collector = await startCollector(kafka, { run, names, arrivals, onFailed });
  const aggregator = await startAggregator(kafka, {
    rules: options.rules ?? standardRules,
    clock,
    patience: patienceSeconds,
    onFailed,
  });
  const trigger = await startTrigger(kafka, {
    targets: open,
    workFactors: new Map(specs.map((spec) => [spec.name, functionSpec(spec).workFactor])),
    dispatch,
    inFlight: settings.inFlight ?? 8,
    retry: { attempts: settings.attempts ?? 4, backoff },
    timeout: Math.min(giveUpSeconds, ...specs.map(({ timeout }) => timeout)),
    clock,
    patience: patienceSeconds,
    onFailed,
  });
  const producer = await sturdyProducer(kafka, { clock, patience: patienceSeconds });
  let lag: number | null = null;
  const look = (): Snapshot =>
    snapshot(collector, {
      run,
      scenario: scenario.name,
      atSeconds: unixSeconds(),
      scheduled: arrivals.at.length,
      lag,
      verdict: null,
      pastRuns: options.pastRuns ?? [],
      buckets: scenario.report.buckets,
      kinds: new Map(specs.map(({ name, kind }) => [name, kind])),
      predicted: options.predicted ?? null,
    });
  const over = new AbortController();
  const watching = watch(clock, over.signal, async () => {
    lag = await kafka.lag(groups.trigger, topics.enriched).catch(() => null);
    options.onSnapshot?.(look());
  });

  const reports = new Map<string, TargetReport>();
  try {
    const zero = clock.now() + settleSeconds;
    const span = { fromSeconds: scenario.warmup, toSeconds: Math.min(schedule.duration, arrivals.at.at(-1)! + 1) };
    for (const target of open.values()) target.begin?.(zero, span);
    const own = scenario.arrivals.kind === "devices" || scenario.arrivals.kind === "superposition";
    await generate(schedule, { producer, clock, zero, run, devices: own ? null : devices, signal });
    const deadline = clock.now() + drainSeconds;
    while (collector.counted < expected && failure === null && clock.now() < deadline && signal?.aborted !== true)
      await clock.sleepUntil(clock.now() + 0.05, signal);
  } finally {
    await aggregator.close().catch(onFailed);
    await trigger.close().catch(onFailed);
    over.abort();
    await watching;
    for (const [name, target] of open) reports.set(name, await target.close());
    await producer.close();
    await collector.close();
  }
  if (failure !== null) throw failure;
  const outcomes = new Map([...collector.targets].map(([name, { log }]) => [name, log]));
  const answer: Answer = {
    coldcast: 1,
    from: "live",
    scenario: scenario.name,
    seed: schedule.seed,
    provenance: {
      version,
      scenarioSha256: scenario.sha256,
      scheduleSha256: arrivals.sha256,
      calibration: scenario.calibration,
      machine: describeMachine(),
      at: startedAt.toISOString(),
    },
    targets: specs.map((spec) =>
      measuredPipeline(scenario, spec, collector.targets.get(spec.name)!, reports.get(spec.name) ?? {}),
    ),
  };
  return { answer, outcomes, last: look(), interrupted: signal?.aborted === true };
}

async function openTargets(
  specs: readonly TargetSpec[],
  deployment: Deployment,
  {
    scenario,
    schedule,
    arrivals,
    startedAt,
  }: {
    readonly scenario: Scenario;
    readonly schedule: Schedule;
    readonly arrivals: ReturnType<typeof collectSchedule>;
    readonly startedAt: Date;
  },
): Promise<ReadonlyMap<string, Target>> {
  const open = new Map<string, Target>();
  try {
    for (const spec of specs) {
      const peak = peakConcurrency(arrivals, spec.workFactor);
      const target = deployment.target(functionSpec(spec), { scenario, seed: schedule.seed, startedAt, peak });
      open.set(spec.name, target);
      await target.open();
    }
  } catch (error) {
    for (const target of open.values()) await target.close().catch(() => {});
    throw error;
  }
  return open;
}

async function watch(clock: Clock, signal: AbortSignal, look: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await look();
    await clock.sleepUntil(clock.now() + snapshotEverySeconds, signal);
  }
}
