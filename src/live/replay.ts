import { cpus } from "node:os";
import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { version } from "../base/version.ts";
import type { Answer, AvailableAnswer } from "../scenario/answer.ts";
import type { Scenario, TargetSpec } from "../scenario/scenario.ts";
import { collectSchedule, type Schedule } from "../scenario/schedule.ts";
import type { Clock } from "./clock.ts";
import type { Deployment, DeploymentContext } from "./deployment.ts";
import { measuredAnswer } from "./measured.ts";
import { OutcomeLog } from "./outcomes.ts";
import { peakConcurrency } from "./peak.ts";
import { realClock } from "./realClock.ts";
import { sendAll } from "./sendAll.ts";
import type { TargetReport } from "./targets/target.ts";

export interface ReplayOptions {
  /** Names of the targets to replay against; default all, in the scenario's order. */
  readonly targets?: readonly string[] | undefined;
  /** Of the rig's own draws (which host, which pod); default the schedule's. */
  readonly seed?: number | undefined;
  /** Interrupts: what was measured so far is kept, the rest is counted as unsent, and everything started is ended. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ReplayProgress) => void) | undefined;
  /** Default the machine's. */
  readonly clock?: Clock | undefined;
  /** Requests in flight above which further ones are dropped and counted; default 4096. */
  readonly inFlightMax?: number | undefined;
}

export interface ReplayProgress {
  readonly target: string;
  /** Of the whole replay over all its targets, in [0, 1]. */
  readonly share: number;
}

export interface Replay {
  readonly answer: Answer;
  /** By target. */
  readonly outcomes: Map<string, OutcomeLog>;
  readonly interrupted: boolean;
}

/** Between the opening of a target and the schedule's zero, so that neither disturbs the other. */
const settleSeconds = 0.5;
const shareEverySeconds = 0.2;
/** A request without a timeout of its own is given up after this long. */
const giveUpSeconds = 300;

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
  const answers: AvailableAnswer[] = [];

  for (const [k, spec] of specs.entries()) {
    const log = new OutcomeLog(arrivals);
    outcomes.set(spec.name, log);
    const context: DeploymentContext = {
      scenario,
      seed: options.seed ?? schedule.seed,
      startedAt,
      peak: peakConcurrency(arrivals, spec.workFactor),
    };
    const onShare = (share: number): void =>
      options.onProgress?.({ target: spec.name, share: (k + share) / specs.length });
    const report = signal?.aborted
      ? {}
      : await replayTarget(deployment, spec, log, context, { ...options, clock, endSeconds, onShare });
    answers.push(measuredAnswer(scenario, spec, log, report));
  }

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
    targets: answers,
  };
  return { answer, outcomes, interrupted: signal?.aborted === true };
}

async function replayTarget(
  deployment: Deployment,
  spec: TargetSpec,
  log: OutcomeLog,
  context: DeploymentContext,
  options: ReplayOptions & {
    readonly clock: Clock;
    readonly endSeconds: Seconds;
    readonly onShare: (share: number) => void;
  },
): Promise<TargetReport> {
  const { clock, signal, onShare } = options;
  const target = deployment.target(spec, context);
  try {
    await target.open();
  } catch (error) {
    await target.close().catch(() => {});
    throw error;
  }

  let report: TargetReport = {};
  try {
    const zero = clock.now() + settleSeconds;
    const toSeconds = options.endSeconds;
    target.begin?.(zero, { fromSeconds: context.scenario.warmup, toSeconds });
    let nextShareAt = zero;
    await sendAll(target, log, {
      clock,
      zero,
      workFactor: spec.workFactor,
      timeoutSeconds: Math.min(spec.timeout, giveUpSeconds),
      inFlightMax: options.inFlightMax ?? 4096,
      signal,
      onSent: (sent) => {
        if (clock.now() < nextShareAt) return;
        nextShareAt = clock.now() + shareEverySeconds;
        onShare(sent / log.length);
      },
    });
    onShare(1);
    // Time averages cover the whole span, and pods may still be on their way down.
    if (signal?.aborted !== true) await clock.sleepUntil(zero + toSeconds, signal);
  } finally {
    report = await target.close();
  }
  return report;
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

function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? "unknown processor";
  return `${processors.length} × ${model}, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}
