import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { Answer, AvailableAnswer } from "../scenario/answer.ts";
import type { Scenario, TargetSpec } from "../scenario/scenario.ts";
import { type CollectedSchedule, collectSchedule, type Schedule } from "../scenario/schedule.ts";
import type { Clock } from "./clock.ts";
import type { Deployment, DeploymentContext } from "./deployment.ts";
import { liveAnswer } from "./liveAnswer.ts";
import { measuredAnswer } from "./measured.ts";
import { outcomeRecord } from "./outcomeRecords.ts";
import { OutcomeLog } from "./outcomes.ts";
import { peakConcurrency } from "./peak.ts";
import { realClock } from "./realClock.ts";
import type { Rendezvous } from "./rendezvous.ts";
import { sendAll } from "./sendAll.ts";
import { openSenders } from "./senderThreads.ts";
import { shardArrivals, wholeSchedule } from "./shard.ts";
import type { Target, TargetReport } from "./targets/target.ts";
import { warmSending } from "./warmSending.ts";
import type { PodLog } from "./watch/podLog.ts";

export interface ReplayOptions {
  /** Names of the targets to replay against; default all, in the scenario's order. */
  readonly targets?: readonly string[] | undefined;
  /** Of the rig's own draws (which host, which pod); default the schedule's. */
  readonly seed?: number | undefined;
  /** Interrupts: what was measured so far is kept, the rest is counted as unsent, and everything started is ended. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ReplayProgress) => void) | undefined;
  /** Called with each request of a target soon after it has its outcome, as a line that `fillFromRecords` reads. */
  readonly onRecord?: ((target: string, record: string) => void) | undefined;
  /** Waited for after each target that was measured to its end. */
  readonly onTarget?: ((measured: MeasuredTarget) => Promise<void>) | undefined;
  /** Default the machine's. */
  readonly clock?: Clock | undefined;
  /** Requests in flight above which further ones are dropped and counted; default 4096. */
  readonly inFlightMax?: number | undefined;
  /** Threads that send; default 1. A target that only one can send to, such as the rig, gets one. */
  readonly senders?: number | undefined;
  /** Where this machine's shard of the schedule meets the others; default this machine sends it all. */
  readonly rendezvous?: Rendezvous | undefined;
}

export interface ReplayProgress {
  readonly target: string;
  /** Of the whole replay over all its targets, in [0, 1]. */
  readonly share: number;
}

/** What there is of one target once it is done. */
export interface MeasuredTarget {
  /** Of this target alone. */
  readonly answer: Answer;
  readonly outcomes: ReadonlyMap<string, OutcomeLog>;
  readonly pods: ReadonlyMap<string, PodLog>;
}

export interface Replay {
  readonly answer: Answer;
  /** By target. */
  readonly outcomes: Map<string, OutcomeLog>;
  /** By target: its pods, where it runs in a cluster. */
  readonly pods: Map<string, PodLog>;
  readonly interrupted: boolean;
}

/** Between the opening of a target and the schedule's zero, so that neither disturbs the other. */
const settleSeconds = 0.5;
const shareEverySeconds = 0.2;
/** A request without a timeout of its own is given up after this long. */
const giveUpSeconds = 300;
const nothingToReport: TargetReport = {};

/**
 * Replays a schedule against real targets, one after another, and says what was measured.
 *
 * Every target gets the same requests at the same instants. Pass the scenario as it was written: one that was fitted to
 * this deployment holds the deployment's own slowness in its work factors, which would then be asked for twice.
 *
 * @throws {TargetError} if a target cannot be opened
 * @throws {RangeError} if `targets` names one that the scenario does not have, or nothing is scheduled
 */
export async function replay(
  scenario: Scenario,
  schedule: Schedule,
  deployment: Deployment,
  options: ReplayOptions = {},
): Promise<Replay> {
  const { signal, clock = realClock() } = options;
  const arrivals = collectSchedule(schedule);
  check(arrivals.at.length > 0, "replay", "the schedule must hold at least one request", arrivals.at.length);
  const specs = chosen(scenario, options.targets);
  const endSeconds = endOf(scenario, schedule, arrivals.at);
  const startedAt = new Date();
  const outcomes = new Map<string, OutcomeLog>();
  const pods = new Map<string, PodLog>();
  const answers: AvailableAnswer[] = [];
  const answerOf = (measured: readonly AvailableAnswer[]): Answer =>
    liveAnswer(scenario, { seed: schedule.seed, scheduleSha256: arrivals.sha256, startedAt, targets: measured });

  for (const [k, spec] of specs.entries()) {
    const context: DeploymentContext = {
      scenario,
      seed: options.seed ?? schedule.seed,
      startedAt,
      peak: peakConcurrency(arrivals, spec.workFactor),
    };
    const onShare = (share: number): void =>
      options.onProgress?.({ target: spec.name, share: (k + share) / specs.length });
    const nothing = { log: new OutcomeLog(arrivals), report: nothingToReport };
    const { log, report } = signal?.aborted
      ? nothing
      : await replayTarget(deployment, spec, arrivals, context, { ...options, clock, endSeconds, onShare }).catch(
          (error: unknown) => {
            // Whoever interrupts while a target is waited for wants what was measured before, not an error.
            if (signal?.aborted) return nothing;
            throw error;
          },
        );
    const ownPods = new Map(report.pods === undefined ? [] : [[spec.name, report.pods]]);
    outcomes.set(spec.name, log);
    for (const [name, seen] of ownPods) pods.set(name, seen);
    const measured = measuredAnswer(scenario, spec, log, report);
    answers.push(measured);
    if (signal?.aborted !== true)
      await options.onTarget?.({
        answer: answerOf([measured]),
        outcomes: new Map([[spec.name, log]]),
        pods: ownPods,
      });
  }

  const answer = answerOf(answers);
  return { answer, outcomes, pods, interrupted: signal?.aborted === true };
}

interface TargetOptions extends ReplayOptions {
  readonly clock: Clock;
  readonly endSeconds: Seconds;
  readonly onShare: (share: number) => void;
}

async function replayTarget(
  deployment: Deployment,
  spec: TargetSpec,
  arrivals: CollectedSchedule,
  context: DeploymentContext,
  options: TargetOptions,
): Promise<{ readonly log: OutcomeLog; readonly report: TargetReport }> {
  const { clock, signal, rendezvous } = options;
  const whole = new OutcomeLog(arrivals);
  const own = rendezvous === undefined ? whole : new OutcomeLog(shardArrivals(arrivals, rendezvous.shard));
  const target = deployment.target(spec, context);
  let sending: Sending;
  try {
    await target.open(signal);
    sending = await openSending(target, own, spec, options);
  } catch (error) {
    await target.close().catch(() => {});
    throw error;
  }

  let report: TargetReport = {};
  const notes: string[] = [];
  try {
    const zero = await zeroOf(spec.name, arrivals.sha256, options, notes);
    const toSeconds = options.endSeconds;
    target.begin?.(zero, { fromSeconds: context.scenario.warmup, toSeconds });
    await sending.send(zero);
    // What was broken off is not done, and its last share has been told.
    if (signal?.aborted !== true) options.onShare(1);
    // Time averages cover the whole span, and pods may still be on their way down.
    if (signal?.aborted !== true) await clock.sleepUntil(zero + toSeconds, signal);
    const keepsWhole = rendezvous === undefined || rendezvous.shard.index === 0;
    if (!keepsWhole) target.settle?.(own);
    if (rendezvous !== undefined) notes.push(...(await rendezvous.gather(spec.name, own, whole)));
    // Which pods were busy only the whole schedule's log tells.
    if (keepsWhole) target.settle?.(whole);
  } finally {
    await sending.close();
    report = await target.close();
  }
  const log = rendezvous === undefined || rendezvous.shard.index === 0 ? whole : own;
  return { log, report: { ...report, notes: [...notes, ...(report.notes ?? [])] } };
}

/** The schedule's zero: soon, or, of several machines, when all are ready. */
async function zeroOf(
  name: string,
  scheduleSha256: string,
  { clock, rendezvous, signal }: TargetOptions,
  notes: string[],
): Promise<Seconds> {
  if (rendezvous === undefined) return clock.now() + settleSeconds;
  const { zero, clockErrorSeconds } = await rendezvous.meet(name, scheduleSha256, signal);
  const { index, of } = rendezvous.shard;
  const error = clockErrorSeconds === 0 ? "" : `, its clock known to ${(clockErrorSeconds * 1e3).toFixed(3)} ms`;
  notes.push(`sent by ${of} machines, this is shard ${index}${error}`);
  return zero;
}

interface Sending {
  send(zero: Seconds): Promise<void>;
  close(): Promise<void>;
}

/** Sends from this thread, or from several where the target lets others send. */
async function openSending(
  target: Target,
  log: OutcomeLog,
  spec: TargetSpec,
  { clock, signal, onShare, inFlightMax = 4096, senders = 1, rendezvous, onRecord }: TargetOptions,
): Promise<Sending> {
  const shard = rendezvous?.shard ?? wholeSchedule;
  const timeoutSeconds = Math.min(spec.timeout, giveUpSeconds);
  const settings = { workFactor: spec.workFactor, timeoutSeconds, inFlightMax, shard };
  let nextShareAt = -Infinity;
  const onSent = (sent: number): void => {
    if (clock.now() < nextShareAt) return;
    nextShareAt = clock.now() + shareEverySeconds;
    onShare(sent / log.length);
  };
  const tell = onRecord === undefined ? undefined : (record: string): void => onRecord(spec.name, record);
  const onOutcome =
    tell === undefined ? undefined : (row: number): void => tell(outcomeRecord(log, row, shard.index + row * shard.of));
  const endpoint = target.endpoint?.();
  if (endpoint === undefined || senders === 1) {
    if (endpoint !== undefined) await warmSending(endpoint);
    return {
      send: (zero) => sendAll(target, log, { ...settings, clock, zero, signal, onSent, onOutcome }),
      close: () => Promise.resolve(),
    };
  }
  const threads = await openSenders(endpoint, log, { ...settings, threads: senders, onRecord: tell });
  return { send: (zero) => threads.send({ zero, signal, onSent }), close: threads.close };
}

/** Time averages cover the scenario's duration; where only the requests bound the schedule, up to the last of them. */
function endOf(scenario: Scenario, { duration }: Schedule, at: Float64Array): Seconds {
  const end = duration < Infinity ? Math.max(duration, scenario.duration) : Infinity;
  return end < Infinity ? end : at[at.length - 1]!;
}

function chosen(scenario: Scenario, names: readonly string[] | undefined): readonly TargetSpec[] {
  for (const name of names ?? []) {
    const isKnown = scenario.targets.some((target) => target.name === name);
    check(isKnown, "replay", "targets must be names of the scenario's targets", name);
  }
  return scenario.targets.filter(({ name }) => names?.includes(name) ?? true);
}
