import type { Scenario, ServerSpec, TargetSpec } from "../../src/scenario/scenario.ts";
import { scenarioOf, serverTarget } from "../model/serverScenario.ts";
import { type AnalyticCase, lawOf, levelOf, singleScenario } from "../reference/analyticScenario.ts";

/** A case of the analytic oracles as a scenario the simulator can run; null where it has no such target yet (pipelines). */
export function oracleScenario(name: string, oracle: AnalyticCase): Scenario | null {
  const { inputs, outputs } = oracle;
  const kind = name.split("-")[0];
  const report = {
    quantiles: Object.keys(outputs.quantiles_ms ?? {}).map(levelOf),
    cdfAt: (outputs.cdf ?? []).map(({ t_ms }) => t_ms / 1000),
  };
  const poisson = { kind: "poisson" as const, rate: (inputs.arrivals?.rate_per_ms ?? 0) * 1000 };
  switch (kind) {
    case "single":
      return singleScenario(oracle);
    case "multi":
      return scenarioOf(poisson, lawOf(inputs.service), severalServers(inputs), report);
    case "ps":
      return scenarioOf(
        poisson,
        lawOf(inputs.work),
        serverTarget({ discipline: "processorSharing", concurrency: inputs.c ?? Infinity }),
        report,
      );
    case "slots":
      return scenarioOf(
        poisson,
        lawOf(inputs.service),
        serverTarget({
          concurrency: inputs.container_concurrency,
          coldStart: lawOf(inputs.setup),
          keepAlive: { kind: "deterministic", value: inputs.keep_alive_ms_deterministic / 1000 },
        }),
        report,
      );
    case "lambda":
      return scenarioOf(poisson, lawOf(inputs.holding_time ?? inputs.service), perRequest(inputs), report);
    case "burst": {
      const arrivals = { kind: "burst" as const, size: inputs.burst, at: 0 };
      const target =
        inputs.instances === "unlimited"
          ? perRequest(inputs)
          : severalServers({ ...inputs, setup: inputs.cold_start_setup, k: inputs.k ?? inputs.instances });
      return scenarioOf(
        arrivals,
        lawOf(inputs.service),
        { ...target, keepAlive: { kind: "deterministic", value: 1e6 } },
        report,
      );
    }
    case "tandem":
      return null;
    default:
      throw new Error(`unknown kind of oracle ${name}`);
  }
}

function severalServers(inputs: AnalyticCase["inputs"]): ServerSpec {
  return serverTarget({
    servers: inputs.k,
    coldStart: inputs.setup === undefined ? { kind: "deterministic", value: 0 } : lawOf(inputs.setup),
    keepAlive: inputs.delayed_off === undefined ? "forever" : lawOf(inputs.delayed_off),
  });
}

function perRequest(inputs: AnalyticCase["inputs"]): TargetSpec & { kind: "perRequest" } {
  const { name, workFactor, network, requestOverhead, firstWork, timeout, live } = serverTarget();
  const expiry = inputs.idle_lifetime ?? { type: "deterministic", value_ms: inputs.expiration_threshold_ms ?? 0 };
  return {
    kind: "perRequest",
    name,
    workFactor,
    network,
    requestOverhead,
    firstWork,
    timeout,
    live,
    coldStart: lawOf(inputs.cold_start_setup ?? inputs.cold_start ?? { type: "zero" }),
    keepAlive: lawOf(expiry),
    selection: "mru",
    maxInstances: Infinity,
    minInstances: 0,
    startsPerSecond: Infinity,
    coldStartOccupiesInstance: true,
  };
}
