import { arrivals } from "../arrivals/index.ts";
import type { Seconds } from "../base/units.ts";
import type { Calibrated, Fit } from "../live/calibrate.ts";
import { deploymentAt } from "../live/deployment.ts";
import { outcomeCsvLines } from "../live/outcomes.ts";
import { clusterKinds } from "../live/place.ts";
import { fitProbes, type Probe, probe, probePlan } from "../live/probe.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { simulate } from "../sim/simulate.ts";
import { curveProbability, ksToLaw } from "../stats/distances.ts";
import { sha256Hex } from "./files.ts";
import type { Places } from "./places.ts";
import { startProgress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

interface ProbeAtOptions {
  readonly terminal: Terminal;
  readonly targets: readonly string[] | undefined;
  readonly seed: number;
  readonly coldStarts: number | undefined;
  readonly wait: Seconds | undefined;
  readonly signal: AbortSignal;
}

/** Probes each target where it runs, fits the scenario to what was measured, and says how well each part fits. */
export async function probeAt(
  scenario: Scenario,
  places: Places,
  options: ProbeAtOptions,
): Promise<Calibrated & { readonly probes: ReadonlyMap<string, readonly Probe[]> }> {
  const { terminal, seed, signal, wait, coldStarts = probePlan.coldStarts } = options;
  const progress = startProgress(terminal, "probe");
  const probes = new Map<string, readonly Probe[]>();
  const chosen = scenario.targets.filter(({ name }) => options.targets?.includes(name) ?? true);
  const rate = arrivals(scenario.arrivals).rate;
  for (const [k, target] of chosen.entries()) {
    if (signal.aborted) break;
    const own = await probe(scenario, target, {
      seed,
      ratePerSecond: rate > 0 && rate < Infinity ? rate : 0,
      plan: { ...probePlan, coldStarts },
      deployment: (from) =>
        deploymentAt(placesFrom(places, from), "rig", wait === undefined ? {} : { patienceSeconds: wait }),
      options: { signal },
      onPart: (part, share) => progress.update((k + share) / chosen.length, part),
    });
    probes.set(target.name, own);
  }
  progress.done(signal.aborted ? "interrupted" : "done");
  const complete = new Map([...probes].filter(([, own]) => own.length > 0));
  const lines = [...complete.values()].flatMap((own) => own.flatMap(({ log }) => [...outcomeCsvLines(log)]));
  const fitted = fitProbes(scenario, complete, { answerSha256: sha256Hex(lines.join("\n")), seed });
  return { ...fitted, probes: complete, fits: [...fitted.fits, ...rampFits(fitted.scenario, complete)] };
}

/** In a cluster a place says whether to begin from zero; elsewhere what is opened is fresh anyway. */
function placesFrom(
  places: Places,
  { zero, to }: { readonly zero: boolean; readonly to?: number },
): Readonly<Record<string, string>> {
  const suffix = zero ? `@zero${to === undefined ? "" : `=${to}`}` : "";
  const inCluster = (place: string): boolean => clusterKinds.some((kind) => place.startsWith(`${kind}:`));
  return Object.fromEntries(
    [...places].map(([name, place]) => [name, inCluster(place) ? place.split("@zero")[0]! + suffix : place]),
  );
}

/** Whether the fitted scenario, simulated on the ramp's own requests, gives the ramp's latencies. */
function rampFits(scenario: Scenario, probes: ReadonlyMap<string, readonly Probe[]>): Fit[] {
  return [...probes].flatMap(([target, own]): Fit[] => {
    const ramp = own.find(({ part }) => part === "ramp");
    const latencies = (ramp?.log.latency ?? new Float64Array()).filter((latency) => latency >= 0);
    if (ramp === undefined || latencies.length === 0) return [];
    const { schedule } = ramp;
    const answer = simulate(
      { ...scenario, warmup: 0, duration: schedule.duration },
      { schedule, targets: [target], replications: 8 },
    );
    const simulated = answer.targets[0]!;
    if (simulated.status === "unavailable") return [];
    const ks = ksToLaw(latencies, (x) => curveProbability(simulated.latency.curve, x));
    const note = "the fitted scenario, simulated on the ramp's own requests, against what was measured";
    return [{ target, part: "ramp", family: "simulated", parameters: {}, n: latencies.length, ks, note }];
  });
}
