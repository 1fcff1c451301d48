import { readFileSync } from "node:fs";
import { toScenario } from "../../src/scenario/parse.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { lambdaTrace } from "./lambdaTrace.ts";
import { measuredFile } from "./measuredFile.ts";

/** One arrival rate on the real AWS Lambda beside predictions of it. */
export interface LambdaRow {
  /** Requests per second. */
  readonly rate: number;
  readonly measuredCold: number;
  /** Standard error of the measured share of cold starts. */
  readonly coldError: number;
  readonly measuredInstances: number;
  /** By who predicts: this project with the stated keep-alive, with the probed one, and the peers. */
  readonly predictions: Readonly<Record<string, Prediction>>;
}

interface Prediction {
  readonly cold: number;
  readonly instances: number;
}

interface MeasuredFile {
  readonly sim_inputs: { readonly warm_service_time_s: number; readonly cold_service_time_s: number };
  readonly rows: readonly {
    readonly id: string;
    readonly ArrivalRate: number;
    readonly AverageInstanceCount: number;
    readonly ColdStartProbability: number;
    readonly ColdStartProbabilitySE: number;
    /** The peer's own figures, stored with some of the rows. */
    readonly simfaas?: { readonly prob_cold: number; readonly inst_count_avg: number };
  }[];
}

type PeerFile = Readonly<Record<"simfaas" | "pacsltk", Readonly<Record<string, Prediction>>>>;

export const stated = "coldcast, keep-alive 600 s (stated)";
export const probed = "coldcast, keep-alive 640 s (probed)";
export const traced = "coldcast, as traced elsewhere";

/** Instances that stay for a constant time, the newest taken first, as the peers have them; or as a trace at another rate shows them. */
function platforms() {
  const { longestLife, longestIdle } = lambdaTrace();
  return {
    [stated]: { keepAlive: "600s", selection: "newest" },
    [probed]: { keepAlive: "640s", selection: "newest" },
    [traced]: {
      selection: "mru",
      scaleToZeroAfter: "640s",
      keepAlive: { kind: "uniform", low: "640s", high: `${longestIdle}s` },
      maxLifetime: `${longestLife}s`,
    },
  } as const;
}

const read = <T>(file: URL): T => JSON.parse(readFileSync(file, "utf8")) as T;

/**
 * Real AWS Lambda at ten rates against `perRequest` with the inputs that SimFaaS used: mean warm and cold service times, 600 s.
 *
 * Service times are constant, as the measured ones nearly are (coefficient of variation 0.02).
 *
 * @param options.requests per replication
 * @param options.every one rate in so many
 */
export function lambdaRates(options: {
  readonly requests: number;
  readonly replications: number;
  readonly every: number;
}): LambdaRow[] {
  const measured = read<MeasuredFile>(measuredFile("simfaas-aws-lambda-20exp.json"));
  const peers = read<PeerFile>(new URL("data/lambda-peers.json", import.meta.url));
  const { warm_service_time_s: warm, cold_service_time_s: cold } = measured.sim_inputs;
  return measured.rows
    .filter((_, i) => i % options.every === options.every - 1)
    .map(({ id, ArrivalRate: rate, ...row }) => {
      const own = Object.entries(platforms()).map(([name, platform]): [string, Prediction] => {
        const scenario = toScenario({
          name: "lambda",
          seed: 1,
          duration: `${1.1 * (options.requests / rate)}s`,
          warmup: `${0.1 * (options.requests / rate)}s`,
          arrivals: { kind: "poisson", rate: `${rate}/s` },
          work: `${warm}s`,
          targets: { lambda: { kind: "perRequest", coldStart: `${cold - warm}s`, ...platform } },
        });
        const answer = simulate(scenario, { replications: options.replications }).targets[0]!;
        if (answer.status === "unavailable") throw new Error(answer.reason);
        return [name, { cold: answer.cold.probability.value, instances: answer.instances.total.value }];
      });
      const stored = row.simfaas && { cold: row.simfaas.prob_cold, instances: row.simfaas.inst_count_avg };
      const simfaas = peers.simfaas[id] ?? stored;
      return {
        rate,
        measuredCold: row.ColdStartProbability,
        coldError: row.ColdStartProbabilitySE,
        measuredInstances: row.AverageInstanceCount,
        predictions: {
          ...Object.fromEntries(own),
          ...(simfaas && { SimFaaS: simfaas }),
          ...(peers.pacsltk[id] && { pacsltk: peers.pacsltk[id] }),
        },
      };
    });
}

export interface LambdaScore {
  readonly name: string;
  /** Mean of ((predicted − measured) / standard error)², of the share of cold starts. */
  readonly meanSquareZ: number;
  /** Mean absolute relative errors. */
  readonly coldError: number;
  readonly instancesError: number;
}

/** How each predictor does over all rows. */
export function lambdaScores(rows: readonly LambdaRow[]): LambdaScore[] {
  const names = new Set(rows.flatMap(({ predictions }) => Object.keys(predictions)));
  return [...names].map((name) => {
    const known = rows.filter(({ predictions }) => name in predictions);
    const mean = (of: (row: LambdaRow) => number): number =>
      known.reduce((sum, row) => sum + of(row), 0) / known.length;
    return {
      name,
      meanSquareZ: mean((row) => ((row.predictions[name]!.cold - row.measuredCold) / row.coldError) ** 2),
      coldError: mean((row) => Math.abs(row.predictions[name]!.cold / row.measuredCold - 1)),
      instancesError: mean((row) => Math.abs(row.predictions[name]!.instances / row.measuredInstances - 1)),
    };
  });
}
