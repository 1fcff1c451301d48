import { randomUUID } from "node:crypto";
import { check } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import type { Answer } from "../../scenario/answer.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { collectSchedule, type Schedule } from "../../scenario/schedule.ts";
import type { Deployment } from "../deployment.ts";
import type { Kafka } from "../kafka/kafka.ts";
import { sturdyProducer } from "../kafka/sturdyProducer.ts";
import { liveAnswer } from "../liveAnswer.ts";
import type { OutcomeLog } from "../outcomes.ts";
import { peakConcurrency } from "../peak.ts";
import type { Target, TargetReport } from "../targets/target.ts";
import { timerClock } from "../timerClock.ts";
import type { PodLog } from "../watch/podLog.ts";
import { startAggregator } from "./aggregator.ts";
import { type Collector, startCollector } from "./collector.ts";
import type { EventTraces } from "./eventTraces.ts";
import { functionSpec, pipelineSettings } from "./functionSpec.ts";
import { generate } from "./generator.ts";
import { measuredPipeline } from "./measuredPipeline.ts";
import { type Rules, standardRules } from "./rules.ts";
import { type PastRun, type Snapshot, snapshot } from "./snapshot.ts";
import type { StageLog } from "./stageLog.ts";
import { createTopics, groups, topics } from "./topics.ts";
import { type Dispatch, startTrigger } from "./trigger.ts";
import { unixSeconds } from "./unixClock.ts";

/** The parts of the pipeline that can each be a process of their own. */
export const roles = ["generator", "aggregator", "trigger", "collector"] as const;
export type Role = (typeof roles)[number];

export interface PipelineOptions {
  readonly kafka: Kafka;
  /** What all parts of one run call it, wherever they are; default a name that no other run has. */
  readonly run?: string | undefined;
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
  /** Keeps what traces are made of; default nothing is kept. */
  readonly traces?: EventTraces | undefined;
  readonly pastRuns?: readonly PastRun[];
  readonly signal?: AbortSignal | undefined;
  /** Called once everything that reads a topic here has joined its group. */
  readonly onReady?: (() => void) | undefined;
  /** Called with each event of a target once it is counted, as a line that `fillFromRecords` reads. */
  readonly onRecord?: ((target: string, record: string) => void) | undefined;
  /** Called about twice a second. */
  readonly onSnapshot?: ((snapshot: Snapshot) => void) | undefined;
}

export interface PipelineRun {
  readonly answer: Answer;
  readonly outcomes: Map<string, OutcomeLog>;
  /** By target: its pods, where it runs in a cluster. */
  readonly pods: Map<string, PodLog>;
  /** By target of kind pipeline: how long each event was in each stage. */
  readonly stages: Map<string, StageLog>;
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
  return (await runRoles(roles, scenario, schedule, deployment, options))!;
}

/**
 * Runs some of the pipeline's parts, while the others run elsewhere: the generator to the end of its schedule, the
 * collector until it has every result, aggregator and trigger until they are told to stop, which they do in order.
 *
 * @returns what the collector has; null where it runs elsewhere
 * @throws {TargetError} if a target cannot be opened, or Kafka is gone for good
 */
export async function runRoles(
  parts: readonly Role[],
  scenario: Scenario,
  schedule: Schedule,
  deployment: Deployment,
  options: PipelineOptions,
): Promise<PipelineRun | null> {
  const job = jobOf(scenario, schedule, options);
  const { signal } = options;
  const failed = new AbortController();
  /** What was started, to be ended in the opposite order. */
  const ends: (() => Promise<unknown>)[] = [];
  const reports = new Map<string, TargetReport>();
  let failure: Error | null = null;
  const onFailed = (error: Error): void => {
    failure ??= error;
    failed.abort();
  };
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const { kafka, traces } = options;
  let collector: Collector | null = null;
  let look: (() => Snapshot) | null = null;
  try {
    await createTopics(kafka, job.partitions);
    if (parts.includes("collector")) {
      collector = await startCollector(kafka, {
        ...job,
        onResult: traces?.add,
        onRecord: options.onRecord,
        onFailed,
      });
      ends.push(collector.close);
    }
    const targets = parts.includes("trigger")
      ? await openTargets(job, deployment, { ends, reports, collector })
      : new Map<string, Target>();
    if (collector !== null) look = await startWatch(job, collector, ends);
    if (parts.includes("trigger")) ends.push((await startTrigger(kafka, { ...job, targets, onFailed })).close);
    if (parts.includes("aggregator")) ends.push((await startAggregator(kafka, { ...job, onFailed })).close);
    options.onReady?.();
    await play(job, { parts, targets, collector, stop });
  } finally {
    for (const end of ends.reverse()) await end().catch(onFailed);
  }
  if (failure !== null) throw failure;
  if (collector === null || look === null) return null;
  const collected = collector.targets;
  const answer = answerOf(job, collected, reports);
  const outcomes = new Map([...collected].map(([name, { log }]) => [name, log]));
  const pods = new Map(
    [...reports].flatMap(([name, report]) => (report.pods === undefined ? [] : [[name, report.pods]])),
  );
  const stages = new Map(
    job.specs.filter(({ kind }) => kind === "pipeline").map(({ name }) => [name, collected.get(name)!.stageColumns]),
  );
  return { answer, outcomes, pods, stages, last: look(), interrupted: signal?.aborted === true };
}

type Job = ReturnType<typeof jobOf>;

/** Everything that is settled before the first thing is started. */
function jobOf(scenario: Scenario, schedule: Schedule, options: PipelineOptions) {
  const specs = scenario.targets.filter(({ name }) => options.targets?.includes(name) ?? true);
  const own = pipelineSettings(specs[0]);
  const arrivals = collectSchedule(schedule);
  check(arrivals.at.length > 0, "runPipeline", "the schedule must hold at least one request", arrivals.at.length);
  const dispatch: Dispatch = options.dispatch ?? "mirror";
  return {
    scenario,
    schedule,
    options,
    specs,
    arrivals,
    dispatch,
    names: specs.map(({ name }) => name),
    run: options.run ?? `${scenario.name}-${schedule.seed}-${randomUUID().slice(0, 8)}`,
    clock: timerClock(),
    startedAt: new Date(),
    /** Results to come, if none is lost. */
    expected: arrivals.at.length * (dispatch === "mirror" ? specs.length : 1),
    partitions: options.partitions ?? own?.partitions ?? 6,
    inFlight: options.inFlight ?? own?.inFlight ?? 8,
    retry: { attempts: options.attempts ?? own?.attempts ?? 4, backoff },
    timeout: Math.min(giveUpSeconds, ...specs.map(({ timeout }) => timeout)),
    workFactors: new Map(specs.map((spec) => [spec.name, functionSpec(spec).workFactor])),
    rules: options.rules ?? standardRules,
    patience: patienceSeconds,
  };
}

interface Opened {
  readonly ends: (() => Promise<unknown>)[];
  readonly reports: Map<string, TargetReport>;
  /** Null where it runs elsewhere: what became of the events is then not known here. */
  readonly collector: Collector | null;
}

async function openTargets(job: Job, deployment: Deployment, { ends, reports, collector }: Opened) {
  const { scenario, schedule, arrivals, startedAt, specs } = job;
  const open = new Map<string, Target>();
  for (const spec of specs) {
    const peak = peakConcurrency(arrivals, spec.workFactor);
    const target = deployment.target(functionSpec(spec), {
      scenario,
      seed: schedule.seed,
      startedAt,
      peak,
      isWoken: true,
    });
    ends.push(async () => reports.set(spec.name, await target.close()));
    open.set(spec.name, target);
    await target.open();
    if (collector !== null) ends.push(async () => target.settle?.(collector.targets.get(spec.name)!.log));
  }
  return open;
}

/** Looks at the collector and the lag twice a second; returns how to look once more. */
async function startWatch(job: Job, collector: Collector, ends: Opened["ends"]): Promise<() => Snapshot> {
  const { scenario, specs, options, clock } = job;
  let lag: number | null = null;
  const look = (): Snapshot =>
    snapshot(collector, {
      run: job.run,
      scenario: scenario.name,
      atSeconds: unixSeconds(),
      scheduled: job.arrivals.at.length,
      lag,
      verdict: null,
      pastRuns: options.pastRuns ?? [],
      buckets: scenario.report.buckets,
      kinds: new Map(specs.map(({ name, kind }) => [name, kind])),
      predicted: options.predicted ?? null,
    });
  const over = new AbortController();
  const lagNow = () => options.kafka.lag(groups.trigger, topics.enriched).catch(() => null);
  const watching = (async () => {
    while (!over.signal.aborted) {
      lag = await lagNow();
      options.onSnapshot?.(look());
      await clock.sleepUntil(clock.now() + snapshotEverySeconds, over.signal);
    }
  })();
  ends.push(async () => {
    over.abort();
    await watching;
    // By now the trigger has committed what it had in hand.
    lag = await lagNow();
  });
  return look;
}

interface Playing {
  readonly parts: readonly Role[];
  readonly targets: ReadonlyMap<string, Target>;
  readonly collector: Collector | null;
  readonly stop: AbortSignal;
}

/** Until what is here has done its part, or is told to stop. */
async function play(job: Job, playing: Playing): Promise<void> {
  const { parts, collector, stop } = playing;
  const { clock, expected } = job;
  const isSent = parts.includes("generator");
  if (isSent) await send(job, playing);
  // Where the events come from elsewhere, nobody here knows when the last one was sent.
  const deadline = isSent ? clock.now() + drainSeconds : Number.POSITIVE_INFINITY;
  const isOver = () => (collector === null ? isSent : collector.counted >= expected) || clock.now() >= deadline;
  while (!isOver() && !stop.aborted) await clock.sleepUntil(clock.now() + 0.05, stop);
}

/** Sends the whole schedule. */
async function send(job: Job, { targets, stop }: Playing): Promise<void> {
  const { scenario, schedule, arrivals, clock, run, options, patience } = job;
  const producer = await sturdyProducer(options.kafka, { clock, patience });
  try {
    const zero = clock.now() + settleSeconds;
    const span = { fromSeconds: scenario.warmup, toSeconds: Math.min(schedule.duration, arrivals.at.at(-1)! + 1) };
    for (const target of targets.values()) target.begin?.(zero, span);
    const { kind } = scenario.arrivals;
    const ownDevices = kind === "devices" || kind === "superposition";
    await generate(schedule, {
      producer,
      clock,
      zero,
      run,
      devices: ownDevices ? null : devices,
      traceShare: options.traces?.share,
      signal: stop,
    });
  } finally {
    await producer.close();
  }
}

function answerOf(job: Job, collected: Collector["targets"], reports: ReadonlyMap<string, TargetReport>): Answer {
  const { scenario, schedule, arrivals, startedAt, specs } = job;
  return liveAnswer(scenario, {
    seed: schedule.seed,
    scheduleSha256: arrivals.sha256,
    startedAt,
    targets: specs.map((spec) =>
      measuredPipeline(scenario, spec, collected.get(spec.name)!, reports.get(spec.name) ?? {}),
    ),
  });
}
