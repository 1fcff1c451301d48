import type { ArrivalsSpec, BatchSpec } from "../../src/arrivals/index.ts";
import type { DistributionSpec } from "../../src/distributions/index.ts";
import type { KeepAlive, Scenario } from "../../src/scenario/scenario.ts";
import { scenarioOf, serverTarget } from "../model/serverScenario.ts";

/** One file of the analytic oracles; times in ms, rates per ms. */
export interface AnalyticCase {
  readonly id: string;
  readonly inputs: Law;
  readonly outputs: {
    readonly mean: number;
    readonly variance: number | null;
    readonly cdf?: readonly { readonly t_ms: number; readonly cdf: number; readonly ccdf?: number }[];
    readonly cdf_wait?: readonly { readonly t_ms: number; readonly cdf: number }[];
    readonly quantiles_ms: Readonly<Record<string, number>>;
  } & Readonly<Record<string, number>>;
  /** Of stages in series: whether the law of independent stages is that of real ones. */
  readonly real_tandem?: string;
  readonly accuracy: { readonly quantiles_on_atom?: readonly string[] };
}

// The files' inputs have a different shape per kind; the switches below name every field they read.
// biome-ignore lint/suspicious/noExplicitAny: foreign JSON.
type Law = any;

/** A `single-*` case as the scenario a user would write. */
export function singleScenario({ inputs, outputs }: AnalyticCase): Scenario {
  const closeDown = Object.keys(inputs).find((key) => /close|shut/.test(key));
  for (const key of Object.keys(inputs)) {
    if (!known.includes(key) && key !== closeDown) throw new Error(`unknown input in an oracle file: ${key}`);
  }
  const service = lawOf(inputs.service);
  const target = serverTarget({
    coldStart: lawOf(inputs.cold_start_setup),
    keepAlive: keepAliveOf(inputs.keep_alive_timer),
    firstWork: firstWorkOf(inputs.first_service_after_cold_start),
    closeDown: closeDown === undefined ? null : lawOf(inputs[closeDown]),
  });
  return scenarioOf(arrivalsOf(inputs.arrivals), service, target, {
    quantiles: Object.keys(outputs.quantiles_ms).map(levelOf),
    cdfAt: (outputs.cdf ?? outputs.cdf_wait ?? []).map(({ t_ms }) => t_ms / 1000),
  });
}

const known = [
  "arrivals",
  "service",
  "cold_start_setup",
  "keep_alive_timer",
  "first_service_after_cold_start",
  "instances",
  "discipline",
];

/** "p99.9" is 0.999. */
export const levelOf = (name: string): number => Number((Number(name.slice(1)) / 100).toPrecision(12));

function arrivalsOf(input: Law): ArrivalsSpec {
  const batch = batchOf(input.batch);
  switch (input.type) {
    case "poisson_batches":
      return { kind: "poisson", rate: perSecond(input.batch_rate_per_ms), ...(batch && { batch }) };
    case "mmpp2":
      return {
        kind: "mmpp",
        rates: [perSecond(input.lambda1_per_ms), perSecond(input.lambda2_per_ms)],
        switching: [
          [0, perSecond(input.r12_per_ms)],
          [perSecond(input.r21_per_ms), 0],
        ],
        ...(batch && { batch }),
      };
    default:
      throw new Error(`unknown arrivals in an oracle file: ${input.type}`);
  }
}

function batchOf(input: Law | undefined): BatchSpec | null {
  switch (input?.type) {
    case undefined:
    case "single":
      return null;
    case "fixed":
      return { kind: "fixed", size: input.size };
    case "geometric":
      return { kind: "geometric", mean: input.mean };
    case "pmf":
      return { kind: "pmf", sizes: input.sizes, probabilities: input.probs };
    default:
      throw new Error(`unknown batch in an oracle file: ${JSON.stringify(input)}`);
  }
}

export function keepAliveOf(input: Law): KeepAlive {
  return input.type.startsWith("infinite") ? "forever" : lawOf(input);
}

export function firstWorkOf(input: Law): DistributionSpec | null {
  if (typeof input !== "string") return lawOf(input);
  if (input === "same as service") return null;
  throw new Error(`unknown first service in an oracle file: ${input}`);
}

/** A distribution of the oracle files. */
export function lawOf(input: Law): DistributionSpec {
  const mean = seconds(input.mean_ms);
  switch (input.type) {
    case "zero":
      return { kind: "deterministic", value: 0 };
    case "deterministic":
      return { kind: "deterministic", value: seconds(input.value_ms) };
    case "exponential":
      return { kind: "exponential", mean };
    case "erlang":
      return { kind: "erlang", mean, stages: input.shape };
    case "gamma":
      return { kind: "gamma", mean, scv: 1 / input.shape };
    case "hyperexponential":
      return { kind: "hyperexponential", probabilities: input.probs, means: listInSeconds(input.means_ms) };
    case "lognormal":
      return { kind: "lognormal", mean, scv: input.scv };
    case "uniform":
      return { kind: "uniform", low: seconds(input.low_ms), high: seconds(input.high_ms) };
    case "atoms":
      return { kind: "discrete", values: listInSeconds(input.values_ms), probabilities: input.probs };
    case "shifted":
      return { kind: "shifted", by: seconds(input.shift_ms), of: lawOf(input.base) };
    case "lomax": {
      // P(X > x) = (1 + x/θ)^−α, whatever the file calls them.
      const shape: number = input.alpha ?? input.shape;
      const scale: number = input.theta_ms ?? input.scale_ms ?? input.theta;
      return { kind: "lomax", shape, mean: Number.isFinite(mean) ? mean : seconds(scale) / (shape - 1) };
    }
    case "mixture_gamma":
      return { kind: "mixture", of: mixtureOf(input.probs, input.shapes, listInSeconds(input.means_ms)) };
    default:
      throw new Error(`unknown distribution in an oracle file: ${input.type}`);
  }
}

function mixtureOf(weights: readonly number[], shapes: readonly number[], means: readonly number[]) {
  return weights.map((weight, i) => ({
    weight,
    of: { kind: "gamma" as const, mean: means[i]!, scv: 1 / shapes[i]! },
  }));
}

const seconds = (ms: number): number => ms / 1000;
const perSecond = (perMs: number): number => perMs * 1000;
const listInSeconds = (list: readonly number[]): number[] => list.map(seconds);
