import type { Seconds } from "../base/units.ts";
import { distribution } from "../distributions/index.ts";
import { source } from "../random/source.ts";
import type { CalibrationSource, Scenario, TargetSpec } from "../scenario/scenario.ts";
import { withSha256 } from "../scenario/scenarioSha256.ts";
import type { Schedule } from "../scenario/schedule.ts";
import { type Calibrated, calibrate, type Fit } from "./calibrate.ts";
import type { Deployment } from "./deployment.ts";
import { fitStartWork, type StartGroup, startsOfInstances, startsOfPods } from "./fitStarts.ts";
import { OutcomeLog } from "./outcomes.ts";
import { type Replay, type ReplayOptions, replay } from "./replay.ts";
import { completedRows } from "./unhindered.ts";
import type { PodRecord } from "./watch/podRecord.ts";

/** What is measured of each target, and how much of it. */
export interface ProbePlan {
  /** Starts from nothing, one at a time. */
  readonly coldStarts: number;
  /** Requests one after another to what is warm. */
  readonly idleRequests: number;
  /** Shares of the scenario's mean rate, each for `rampSeconds`. */
  readonly ramp: readonly number[];
  readonly rampSeconds: Seconds;
  /** So many starts at once. */
  readonly startsAtOnce: readonly number[];
}

export const probePlan: ProbePlan = {
  coldStarts: 5,
  idleRequests: 100,
  ramp: [0.25, 0.5, 1, 1.5],
  rampSeconds: 5,
  startsAtOnce: [2, 4, 8],
};

/** A probe that has no answer by then tells nothing but that. */
const giveUpSeconds = 60;

/** One measurement of the plan. */
export interface Probe {
  readonly part: "cold" | "idle" | "ramp" | "starts";
  /** How many starts it asks for at once. */
  readonly atOnce: number;
  readonly schedule: Schedule;
  readonly log: OutcomeLog;
  readonly pods: readonly PodRecord[] | undefined;
}

export interface ProbeInput {
  /** Mean requests a second of the scenario's arrivals. */
  readonly ratePerSecond: number;
  readonly seed: number;
  readonly plan: ProbePlan;
  /** Where targets run: as they are found, and from nothing to so many at once. */
  readonly deployment: (from: { readonly zero: boolean; readonly to?: number }) => Deployment;
  readonly options: Pick<ReplayOptions, "signal" | "clock">;
  readonly onPart: (part: string, share: number) => void;
}

/**
 * Measures a target part by part, so that each parameter is fitted to what shows it: starts from nothing, requests that
 * meet no other, a ramp of the rate around the scenario's, and starts at once.
 *
 * @throws {TargetError} if the target cannot be opened
 */
export async function probe(scenario: Scenario, target: TargetSpec, input: ProbeInput): Promise<readonly Probe[]> {
  const { plan, deployment, options, onPart } = input;
  const work = distribution(scenario.work).sampler(source(input.seed, target.name, "probe", "work"));
  const done: Probe[] = [];
  const total = 2 + plan.coldStarts + plan.startsAtOnce.length;
  const measure = async (
    part: Probe["part"],
    arrivals: readonly Seconds[],
    { lasts, zero, atOnce = 1 }: { readonly lasts: Seconds; readonly zero: boolean; readonly atOnce?: number },
  ): Promise<void> => {
    if (options.signal?.aborted) return;
    onPart(`${target.name}: ${part}`, done.length / total);
    const drawn = scheduleOf(scenario, input.seed, { arrivals, works: arrivals.map(work), lasts });
    const place = deployment(atOnce > 1 ? { zero, to: atOnce } : { zero });
    const patient = { ...target, timeout: Math.min(target.timeout, giveUpSeconds) };
    const unhurried = { ...scenario, warmup: 0, duration: lasts, targets: [patient] };
    const result: Replay = await replay(unhurried, drawn, place, { ...options, targets: [target.name] });
    const pods = result.pods.get(target.name)?.pods;
    done.push({ part, atOnce, schedule: drawn, log: result.outcomes.get(target.name)!, pods });
  };

  const startMean = (): Seconds => {
    const starts = done.flatMap((each) => startsOf(target, each));
    return starts.length === 0 ? 1 : starts.reduce((sum, each) => sum + each, 0) / starts.length;
  };
  const gap = 4 * distribution(scenario.work).mean * target.workFactor + 0.02;
  // What the first of them meet is cold, and left out where warm ones are wanted.
  await measure("idle", steady(plan.idleRequests, gap), { lasts: plan.idleRequests * gap, zero: false });
  const rising = ramp(plan, input);
  if (rising.length > 0) {
    await measure("ramp", rising, { lasts: plan.ramp.length * plan.rampSeconds, zero: false });
  }
  // Hosts that stand before the first request start only where somebody counts their pods.
  if (target.kind !== "spinkube" || done[0]?.pods !== undefined) {
    for (let k = 0; k < plan.coldStarts; k++) await measure("cold", [0], { lasts: 0.1, zero: true });
    for (const atOnce of plan.startsAtOnce.filter((n) => n <= startsMost(target))) {
      const lasts = 1 + startMean() * (1 + atOnce / 2);
      await measure("starts", new Array<Seconds>(atOnce).fill(0), { lasts, zero: true, atOnce });
    }
  }
  return done;
}

/**
 * A scenario fitted to probes: work and overhead to the idle requests and the ramp, starts to the cold ones, and how
 * starts slow each other to all of them.
 */
export function fitProbes(
  scenario: Scenario,
  probes: ReadonlyMap<string, readonly Probe[]>,
  calibration: CalibrationSource,
): Calibrated {
  const fits: Fit[] = [];
  const targets = scenario.targets.map((target) => {
    const own = probes.get(target.name);
    if (own === undefined) return target;
    const alone = { ...scenario, targets: [target] };
    const warm = own.filter(({ part }) => part === "idle" || part === "ramp");
    const cold = own.filter(({ part }) => part === "cold");
    const ofWarm = calibrate(alone, new Map([[target.name, joined(warm)]]), calibration);
    const pods = cold.flatMap((each) => each.pods ?? []);
    const ofCold =
      cold.length === 0
        ? null
        : calibrate(
            alone,
            new Map([[target.name, joined(cold)]]),
            calibration,
            pods.length === 0 ? {} : { pods: new Map([[target.name, pods]]) },
          );
    const isStart = ({ part }: Fit): boolean => /Start|readyDelay/.test(part) && part !== "instanceStart";
    const starts = Object.fromEntries(
      startFields.flatMap((name) => {
        const value = (ofCold?.scenario.targets[0] as unknown as Record<string, unknown> | undefined)?.[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const merged = { ...ofWarm.scenario.targets[0]!, ...starts } as TargetSpec;
    const atOnce = own.filter(({ part }) => part === "cold" || part === "starts");
    const startWork = fitStartWork(
      merged,
      atOnce.map((each): StartGroup => ({ seconds: startsOf(target, each) })),
    );
    fits.push(
      ...ofWarm.fits.filter((fit) => !isStart(fit) || ofCold === null),
      ...(ofCold?.fits.filter(isStart) ?? []),
      ...startWork.fits,
    );
    return { ...merged, ...startWork.fields } as TargetSpec;
  });
  return { scenario: withSha256({ ...scenario, targets, calibration }), fits };
}

/** What only starts from nothing can tell. */
const startFields = ["coldStart", "podStart", "readyDelay"] as const;

function startsOf(target: TargetSpec, { log, pods }: Pick<Probe, "log" | "pods">): Seconds[] {
  if (pods !== undefined) return startsOfPods(target, pods);
  const rows = completedRows(log).filter((i) => log.cold[i] === 1);
  return target.kind === "spinkube" ? [] : startsOfInstances(log, rows);
}

function startsMost(target: TargetSpec): number {
  if (target.kind === "knative") return target.maxScale;
  if (target.kind === "perRequest") return target.maxInstances;
  return target.kind === "server" ? target.servers : Infinity;
}

function steady(count: number, gap: Seconds): Seconds[] {
  return Array.from({ length: count }, (_, i) => i * gap);
}

/** Poisson arrivals at each step's rate, one step after the other. */
function ramp({ ramp: shares, rampSeconds }: ProbePlan, { ratePerSecond, seed }: ProbeInput): Seconds[] {
  const uniform = source(seed, "probe", "ramp");
  const instants: Seconds[] = [];
  for (const [step, share] of shares.entries()) {
    const end = (step + 1) * rampSeconds;
    for (let at = step * rampSeconds; ; ) {
      at += -Math.log1p(-uniform()) / (share * ratePerSecond);
      if (!(at < end)) break;
      instants.push(at);
    }
  }
  return instants;
}

function scheduleOf(
  { name }: Scenario,
  seed: number,
  {
    arrivals,
    works,
    lasts,
  }: { readonly arrivals: readonly Seconds[]; readonly works: readonly Seconds[]; readonly lasts: Seconds },
): Schedule {
  return {
    name,
    seed,
    duration: lasts,
    open: () => {
      let row = -1;
      return {
        next: () => ++row < arrivals.length,
        get atSeconds() {
          return arrivals[row]!;
        },
        get workSeconds() {
          return works[row]!;
        },
        origin: 0,
      };
    },
  };
}

/** Logs one after the other, far enough apart not to meet. */
function joined(probes: readonly Probe[]): OutcomeLog {
  const spans = probes.map(
    ({ log }) => log.at.reduce((last, at, i) => Math.max(last, at + (log.latency[i]! || 0)), 0) + 60,
  );
  const at: number[] = [];
  const work: number[] = [];
  let from = 0;
  for (const [k, { log }] of probes.entries()) {
    at.push(...log.at.map((each) => each + from));
    work.push(...log.work);
    from += spans[k]!;
  }
  const whole = new OutcomeLog({ at: Float64Array.from(at), work: Float64Array.from(work) });
  let row = 0;
  for (const [k, { log }] of probes.entries()) {
    for (let i = 0; i < log.length; i++) {
      // A rig that is started anew names its instances as before, yet they are others.
      const known = log.row(i);
      whole.set(row++, known.instance === undefined ? known : { ...known, instance: `${k}/${known.instance}` });
    }
  }
  return whole;
}
