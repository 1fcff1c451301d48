import { readFileSync } from "node:fs";
import { toScenario } from "../../src/scenario/parse.ts";
import { simulate } from "../../src/sim/simulate.ts";

/** One measured combination beside its simulation. */
export interface MeasuredRow {
  readonly metric: "concurrency" | "rps";
  readonly target: number;
  readonly rate: number;
  readonly measured: number;
  /** Half the 95 % interval of the measurement. */
  readonly error: number;
  readonly simulated: number;
}

interface Experiment {
  readonly metric: "concurrency" | "rps";
  readonly rows: readonly {
    readonly target: number;
    readonly rps: number;
    readonly average_ready_count: number;
    readonly average_ready_count_ci95: number;
    readonly mean_response_time_s: number;
  }[];
}

const file = new URL("../reference/oracles/measured/knative-measured-ready-count.json", import.meta.url);

/** Ready pods of a real Knative under Poisson load against the simulator with that cluster's settings; nothing is fitted. */
export function knativeMeasured(options: { readonly replications: number; readonly every: number }): MeasuredRow[] {
  const { experiments } = JSON.parse(readFileSync(file, "utf8")) as { readonly experiments: readonly Experiment[] };
  const cases = experiments.flatMap(({ metric, rows }) => rows.map((row) => ({ metric, ...row })));
  return cases
    .filter((_, i) => i % options.every === options.every - 1)
    .map(({ metric, target, rps, average_ready_count, average_ready_count_ci95, mean_response_time_s }) => {
      const scenario = toScenario({
        name: "measured",
        seed: 1,
        duration: "60min",
        warmup: "10min", // As the measurement dropped its first ten minutes.
        arrivals: { kind: "poisson", rate: `${rps}/s` },
        work: `${mean_response_time_s}s`,
        targets: {
          faas: { kind: "knative", podStart: "2s", metric, target, panicThresholdPercentage: 1000 },
        },
      });
      const answer = simulate(scenario, { replications: options.replications }).targets[0]!;
      const simulated = answer.status === "unavailable" ? Number.NaN : answer.instances.ready!.value;
      return { metric, target, rate: rps, measured: average_ready_count, error: average_ready_count_ci95, simulated };
    });
}

/** The median of |simulated/measured − 1|. */
export function medianError(rows: readonly MeasuredRow[]): number {
  const errors = rows.map(({ simulated, measured }) => Math.abs(simulated / measured - 1)).toSorted((a, b) => a - b);
  return errors[Math.floor(errors.length / 2)]!;
}

if (import.meta.main) {
  const rows = knativeMeasured({ replications: Number(process.argv[2] ?? 4), every: 1 });
  process.stdout.write(
    "| metric | target | requests/s | measured pods | simulated | ratio |\n| --- | --- | --- | --- | --- | --- |\n",
  );
  for (const { metric, target, rate, measured, error, simulated } of rows) {
    const cells = [metric, target, rate, `${measured.toFixed(2)} ± ${error.toFixed(2)}`, simulated.toFixed(2)];
    process.stdout.write(`| ${[...cells, (simulated / measured).toFixed(3)].join(" | ")} |\n`);
  }
  const worst = Math.max(...rows.map(({ simulated, measured }) => Math.abs(simulated / measured - 1)));
  process.stdout.write(
    `${rows.length} measurements: median error ${(100 * medianError(rows)).toFixed(1)} %, largest ${(100 * worst).toFixed(1)} %\n`,
  );
}
