import type { StageSpec } from "../../src/scenario/pipeline.ts";
import type { ReportSpec, Scenario, ServerSpec, TargetSpec } from "../../src/scenario/scenario.ts";
import { scenarioOf, serverTarget } from "../model/serverScenario.ts";
import {
  type AnalyticCase,
  firstWorkOf,
  keepAliveOf,
  lawOf,
  levelOf,
  singleScenario,
} from "../reference/analyticScenario.ts";

/** A case of the analytic oracles as a scenario the simulator can run; null where the file multiplies what is not independent. */
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
      return tandem(oracle, report);
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

/** Stages in series; what the file says is only approximately true of real stages is no oracle for them. */
function tandem({ inputs, real_tandem: real }: AnalyticCase, report: Partial<ReportSpec>): Scenario | null {
  if (real !== "exact") return null;
  const given: readonly AnalyticCase["inputs"][] = inputs.stages;
  const stages = given.map((stage, i): StageSpec => {
    if (stage.kind === "delay") return { kind: "delay", name: `delay ${i}`, time: lawOf(stage as never) };
    const { work: _, ...server } = serverTarget({
      coldStart: lawOf(stage.cold_start_setup),
      keepAlive: keepAliveOf(stage.keep_alive_timer),
      firstWork: firstWorkOf(stage.first_service_after_cold_start),
    });
    return { ...server, name: `queue ${i}`, work: lawOf(stage.service) };
  });
  const { name, workFactor, network, requestOverhead, firstWork, timeout, live } = serverTarget();
  const target = {
    kind: "pipeline" as const,
    name,
    workFactor,
    network,
    requestOverhead,
    firstWork,
    timeout,
    live,
    stages,
  };
  const rate = given.find(({ lambda_per_ms }) => lambda_per_ms !== undefined)!.lambda_per_ms * 1000;
  const noWork = { kind: "deterministic" as const, value: 0 };
  return scenarioOf({ kind: "poisson", rate }, noWork, target, report);
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
