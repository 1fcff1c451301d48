import type { ArrivalsSpec } from "../../src/arrivals/index.ts";
import type { DistributionSpec } from "../../src/distributions/index.ts";
import { predict } from "../../src/model/predict.ts";
import type { ServerSpec } from "../../src/scenario/scenario.ts";
import { scenarioOf, serverTarget } from "../model/serverScenario.ts";

/** A scenario of hostile parameters, and a closed form of its distribution function where there is one. */
export interface HostileCase {
  readonly name: string;
  readonly arrivals: ArrivalsSpec;
  readonly work: DistributionSpec;
  readonly target: Partial<ServerSpec>;
  cdf?(t: number): number;
}

const loads = [1e-9, 1e-4, 0.3, 0.9, 1 - 1e-6, 1 - 1e-9];
const rates = [1e-9, 1e-3, 1, 1e6];
const variations = [1e-6, 1e-3, 0.5, 1, 30, 1e4];
const stays = ["forever", 0, 1e-3, 1, 1e6] as const;

/** Every combination of load, rate, variability and keep-alive on one server; then many servers, and bursty arrivals. */
export function* hostileCases(): Generator<HostileCase> {
  for (const rate of rates) {
    for (const load of loads) {
      for (const scv of variations) {
        for (const stay of stays) yield oneServer(rate, load, scv, stay);
      }
      yield* bursty(rate, load);
    }
  }
  for (const servers of [2, 50, 1e3, 1e5]) {
    for (const load of [1e-4, 0.7, 1 - 1e-9]) {
      for (const work of [0.1, 1e-4].map((mean): DistributionSpec => ({ kind: "exponential", mean }))) {
        const mean = (work as { mean: number }).mean;
        yield {
          name: `${servers} servers, load ${load}, work ${mean} s`,
          arrivals: { kind: "poisson", rate: (load * servers) / mean },
          work,
          target: { servers },
        };
      }
    }
  }
}

function oneServer(rate: number, load: number, scv: number, stay: (typeof stays)[number]): HostileCase {
  const mean = load / rate;
  const work: DistributionSpec =
    scv === 1 ? { kind: "exponential", mean } : { kind: scv < 1 ? "gamma" : "lognormal", mean, scv };
  const cold: Partial<ServerSpec> =
    stay === "forever"
      ? {}
      : {
          coldStart: { kind: "deterministic", value: 5 * mean },
          keepAlive: { kind: "deterministic", value: stay / rate },
        };
  const decay = 1 / mean - rate;
  return {
    name: `rate ${rate}, load ${load}, scv ${scv}, keep-alive ${stay} mean intervals`,
    arrivals: { kind: "poisson", rate },
    work,
    target: cold,
    ...(scv === 1 && stay === "forever" && { cdf: (t: number) => -Math.expm1(-decay * t) }),
  };
}

function* bursty(rate: number, load: number): Generator<HostileCase> {
  const mean = load / rate;
  for (const pace of [1e-6, 1, 1e4]) {
    yield {
      name: `two phases changing ${pace} times per request, rate ${rate}, load ${load}`,
      arrivals: {
        kind: "mmpp",
        rates: [1.9 * rate, 0.1 * rate],
        switching: [
          [0, pace * rate],
          [pace * rate, 0],
        ],
      },
      work: { kind: "erlang", mean, stages: 3 },
      target: { coldStart: { kind: "exponential", mean }, keepAlive: { kind: "deterministic", value: mean } },
    };
  }
}

/** What went wrong with one case; empty where nothing did. `refused` says why there is no answer. */
export interface HostileResult {
  readonly wrong: readonly string[];
  readonly refused: string | null;
  readonly cpuSeconds: number;
}

export function tryCase({ arrivals, work, target, cdf }: HostileCase): HostileResult {
  const started = process.cpuUsage();
  const mean = (work as { mean: number }).mean;
  const at = [0.5 * mean, 3 * mean, 50 * mean];
  const answer = predict(
    scenarioOf(arrivals, work, serverTarget(target), { cdfAt: at, quantiles: [0.5, 0.99, 0.9999], buckets: [] }),
  ).targets[0]!;
  const { user, system } = process.cpuUsage(started);
  const cpuSeconds = (user + system) / 1e6;
  if (answer.status === "unavailable") {
    return { wrong: answer.reason.length > 20 ? [] : ["no reason"], refused: answer.reason, cpuSeconds };
  }
  const wrong: string[] = [];
  if (/NaN|null,null/.test(JSON.stringify(answer, (_, value) => (Number.isNaN(value) ? "NaN" : value)))) {
    wrong.push("NaN");
  }
  if (cpuSeconds > 5) wrong.push(`${cpuSeconds} s`);
  const { quantiles, cdf: points } = answer.latency;
  for (const { value } of [...quantiles, ...points]) {
    if (!(value.low <= value.value && value.value <= value.high)) wrong.push("a value outside its interval");
  }
  for (let i = 1; i < quantiles.length; i++) {
    if (!(quantiles[i]!.value.value >= quantiles[i - 1]!.value.value)) wrong.push("quantiles that fall");
  }
  for (const { at: t, value } of points) {
    if (cdf === undefined) continue;
    const truth = cdf(t);
    // A closed form in doubles is good to a few units in the last place of 1 − load.
    if (truth < value.low - 1e-9 || truth > value.high + 1e-9) wrong.push(`${value.value} for ${truth} at ${t}`);
  }
  return { wrong, refused: null, cpuSeconds };
}

/** `node test/bench/hostile.ts`: the whole grid. */
if (import.meta.main) {
  let [tried, refused, failed, slowest] = [0, 0, 0, 0];
  const reasons = new Map<string, number>();
  for (const hostile of hostileCases()) {
    tried++;
    let result: HostileResult;
    try {
      result = tryCase(hostile);
    } catch (error) {
      result = { wrong: [String(error)], refused: null, cpuSeconds: 0 };
    }
    slowest = Math.max(slowest, result.cpuSeconds);
    if (result.refused !== null) {
      refused++;
      const reason = result.refused.replace(/\d[\d.e+-]*/g, "…");
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    if (result.wrong.length > 0) {
      failed++;
      process.stderr.write(`${hostile.name}: ${result.wrong.join(", ")}\n`);
    }
  }
  for (const [reason, count] of reasons) process.stderr.write(`${count} × ${reason}\n`);
  process.stdout.write(
    `${tried} cases: ${refused} refused with a reason, ${failed} wrong; slowest ${slowest.toFixed(2)} s of processor time\n`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
}
