import type { ArrivalsSpec } from "../../src/arrivals/index.ts";
import type { DistributionSpec } from "../../src/distributions/index.ts";
import type { ReportSpec, Scenario, ServerSpec, TargetSpec } from "../../src/scenario/scenario.ts";

export const nothing: DistributionSpec = { kind: "deterministic", value: 0 };

/** A server with every default of the scenario format. */
export const serverTarget = (fields: Partial<ServerSpec> = {}): ServerSpec => ({
  kind: "server",
  name: "single",
  workFactor: 1,
  network: nothing,
  requestOverhead: nothing,
  firstWork: null,
  timeout: Infinity,
  live: null,
  concurrency: 1,
  discipline: "fcfs",
  servers: 1,
  coldStart: nothing,
  keepAlive: "forever",
  closeDown: null,
  queueLimit: Infinity,
  ...fields,
});

export function scenarioOf(
  arrivals: ArrivalsSpec,
  work: DistributionSpec,
  target: TargetSpec,
  report: Partial<ReportSpec> = {},
): Scenario {
  return {
    name: "test",
    seed: 1,
    duration: 60,
    warmup: 0,
    arrivals,
    work,
    network: target.network,
    targets: [target],
    report: {
      quantiles: [0.5, 0.9, 0.99],
      cdfAt: [],
      buckets: [0.1, 1],
      objective: null,
      tolerance: { quantileRatio: 1.25, absolute: 0.001, ks: 0.1 },
      ...report,
    },
    calibration: null,
    sha256: "",
  };
}
