import { describe, expect } from "vitest";
import type { ArrivalsSpec } from "../../src/arrivals/index.ts";
import { predict } from "../../src/model/predict.ts";
import type { AvailableAnswer, Estimate } from "../../src/scenario/answer.ts";
import type { PerRequestSpec, ServerSpec, TargetSpec } from "../../src/scenario/scenario.ts";
import { nothing, scenarioOf, serverTarget } from "../model/serverScenario.ts";
import { type Close, checkEveryFile, type OracleFile } from "./analyticFiles.ts";
import { lawOf, levelOf } from "./analyticScenario.ts";

/** |F − value| in the units of the files' own tolerances; the other tests of each kind hold the formulas behind them. */
const tolerance: Readonly<Record<string, number>> = { multi: 1e-9, slots: 1e-9, ps: 1e-9, lambda: 1e-9, burst: 1e-8 };

describe("analytic reference, as scenarios", () => {
  for (const kind of Object.keys(tolerance)) {
    checkEveryFile(kind, (file, close) => check(file, close, tolerance[kind]!));
  }
});

/** Every point, quantile and figure through `predict`, and each point inside its stated interval. */
function check(file: OracleFile, close: Close, error: number): void {
  const { outputs } = file;
  // A fixed service after a wait: the files have the law of the wait.
  const service = outputs.cdf_wait === undefined ? 0 : file.inputs.service.value_ms;
  const points = outputs.cdf ?? outputs.cdf_wait ?? [];
  const quantiles = Object.entries(outputs.quantiles_ms ?? outputs.quantiles_wait_ms ?? {});
  const { arrivals, target } = scenarioFor(file);
  const work = lawOf((file.inputs.service ?? file.inputs.work ?? file.inputs.holding_time) as never);
  const found = predict(
    scenarioOf(arrivals, work, target, {
      quantiles: quantiles.length > 0 ? quantiles.map(([name]) => levelOf(name)) : [0.5],
      cdfAt: points.map(({ t_ms: t }) => (t + service) / 1000),
    }),
  ).targets[0]!;
  if (found.status === "unavailable") throw new Error(found.reason);
  for (const [i, point] of points.entries()) {
    const { value, low, high } = found.latency.cdf[i]!.value;
    const wanted = point.cdf ?? point.cdf_wait ?? Number.NaN;
    close(`F(${point.t_ms} ms)`, value, wanted, error);
    expect(wanted, `the interval at ${point.t_ms} ms`).toBeGreaterThanOrEqual(low - 1e-10);
    expect(wanted, `the interval at ${point.t_ms} ms`).toBeLessThanOrEqual(high + 1e-10);
  }
  for (const [name, ms] of quantiles) {
    const value = found.latency.quantiles.find(({ q }) => q === levelOf(name))!.value;
    close(name, value.value * 1000, ms + service, (ms + service) * 1e-7);
  }
  figures(file, found, close);
}

function figures(file: OracleFile, { latency, cold, instances }: AvailableAnswer, close: Close): void {
  const outputs = file.outputs as Readonly<Record<string, unknown>>;
  const ms = ({ value }: Estimate): number => value * 1000;
  const known: readonly [string, number | undefined][] = [
    ["mean", ms(latency.mean)],
    ["p_cold", cold.probability.value],
    ["p_cold_trigger", cold.triggered?.value],
    ["p_arrival_starts_a_setup", cold.triggered?.value],
    ["mean_instances", instances.total.value],
    ["mean_servers_in_setup", instances.starting?.value],
  ];
  const closed = "burst" in file.inputs;
  for (const [name, value] of known) {
    const wanted = outputs[name];
    if (typeof wanted !== "number" || value === undefined || (closed && name !== "mean")) continue;
    close(name, value, wanted, 1e-6 * Math.abs(wanted) + 1e-12);
  }
}

function scenarioFor({ id, inputs }: OracleFile): { readonly arrivals: ArrivalsSpec; readonly target: TargetSpec } {
  if (inputs.burst !== undefined) {
    const arrivals: ArrivalsSpec = { kind: "burst", size: inputs.burst, at: 0 };
    const coldStart = lawOf(inputs.cold_start_setup as never);
    if (inputs.instances === "unlimited") return { arrivals, target: perRequest({ coldStart, keepAlive: "forever" }) };
    return { arrivals, target: serverTarget({ coldStart, keepAlive: nothing, servers: inputs.k ?? 1 }) };
  }
  const arrivals: ArrivalsSpec = { kind: "poisson", rate: inputs.arrivals.rate_per_ms * 1000 };
  const seconds = (value: number) => ({ kind: "deterministic", value: value / 1000 }) as const;
  const server = (fields: Partial<ServerSpec>) => ({ arrivals, target: serverTarget(fields) });
  if (inputs.expiration_threshold_ms !== undefined) {
    return { arrivals, target: perRequest({ keepAlive: seconds(inputs.expiration_threshold_ms) }) };
  }
  if (inputs.idle_lifetime !== undefined) {
    const coldStart = lawOf(inputs.cold_start as never);
    return { arrivals, target: perRequest({ coldStart, keepAlive: lawOf(inputs.idle_lifetime as never) }) };
  }
  if (inputs.container_concurrency !== undefined) {
    return server({
      concurrency: inputs.container_concurrency,
      coldStart: lawOf(inputs.setup as never),
      keepAlive: seconds(inputs.keep_alive_ms_deterministic),
    });
  }
  if (inputs.work !== undefined) return server({ discipline: "processorSharing", concurrency: inputs.c ?? Infinity });
  if (inputs.setup === undefined) return server({ servers: inputs.k ?? 1 });
  const off = inputs.delayed_off;
  if (inputs.k === undefined) throw new Error(`no servers in ${id}`);
  return server({
    servers: inputs.k,
    coldStart: lawOf(inputs.setup as never),
    keepAlive: off.type.startsWith("infinite") ? "forever" : lawOf(off as never),
  });
}

const perRequest = (fields: Partial<PerRequestSpec>): PerRequestSpec => {
  const { concurrency: _c, discipline: _d, servers: _s, closeDown: _x, queueLimit: _q, ...common } = serverTarget();
  return {
    ...common,
    kind: "perRequest",
    coldStart: nothing,
    keepAlive: "forever",
    selection: "mru",
    maxInstances: Infinity,
    minInstances: 0,
    startsPerSecond: Infinity,
    coldStartOccupiesInstance: true,
    ...fields,
  };
};
