import { readFileSync } from "node:fs";
import { toScenario } from "../../src/scenario/parse.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { measuredFile } from "./measuredFile.ts";

type Metric = "concurrency" | "rps";

/** One measured combination of target and rate beside its simulation; `predicted` and `measured` are mean ready pods. */
export interface PodRow {
  readonly workload: Metric;
  readonly target: number;
  readonly rate: number;
  readonly measured: number;
  /** Half the 95 % interval of the measurement. */
  readonly error: number;
  readonly predicted: number;
}

interface Experiment {
  readonly metric: Metric;
  readonly rows: readonly {
    readonly target: number;
    readonly rps: number;
    readonly average_ready_count: number;
    readonly average_ready_count_ci95: number;
  }[];
}

const file = measuredFile("knative-measured-ready-count.json");

/**
 * Ready pods of a real Knative 0.19 under Poisson load against the simulator with that cluster's stated settings.
 *
 * What the source does not state has this project's defaults. The measurement left out its first and last ten minutes of sixty.
 *
 * @param options.every one combination in so many
 * @param options.rateFactor what the client sent per request that it was meant to send
 */
export function knativePods(options: {
  readonly replications: number;
  readonly every: number;
  readonly rateFactor: number;
}): PodRow[] {
  const { experiments } = JSON.parse(readFileSync(file, "utf8")) as { readonly experiments: readonly Experiment[] };
  const cases = experiments.flatMap(({ metric, rows }) => rows.map((row) => ({ metric, ...row })));
  return cases
    .filter((_, i) => i % options.every === options.every - 1)
    .map(({ metric, target, rps, average_ready_count, average_ready_count_ci95 }) => {
      const scenario = toScenario({
        name: "measured",
        seed: 1,
        duration: "50min",
        warmup: "10min",
        arrivals: { kind: "poisson", rate: `${rps * options.rateFactor}/s` },
        work: "515.5ms",
        targets: { faas: { kind: "knative", metric, target, panicThresholdPercentage: 1000 } },
      });
      const answer = simulate(scenario, { replications: options.replications }).targets[0]!;
      const predicted = answer.status === "unavailable" ? Number.NaN : answer.instances.ready!.value;
      return {
        workload: metric,
        target,
        rate: rps,
        measured: average_ready_count,
        error: average_ready_count_ci95,
        predicted,
      };
    });
}
