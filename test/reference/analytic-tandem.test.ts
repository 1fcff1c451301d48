import { describe } from "vitest";
import { arrivals } from "../../src/arrivals/index.ts";
import { distribution } from "../../src/distributions/index.ts";
import { linger } from "../../src/model/linger.ts";
import { pipelineLaw, type Stage } from "../../src/model/pipelineLaw.ts";
import { poissonQueue } from "../../src/model/poissonQueue.ts";
import { checkEveryFile, checkLaw, checkNumbers, type OracleLaw } from "./analyticFiles.ts";
import { firstWorkOf, keepAliveOf, lawOf } from "./analyticScenario.ts";

/** A stage of a file: a delay, or a queue with the fields of the `single` files. */
interface OracleStage extends OracleLaw {
  readonly kind: string;
  readonly lambda_per_ms: number;
  readonly linger_ms: number;
  readonly service: OracleLaw;
  readonly cold_start_setup: OracleLaw;
  readonly keep_alive_timer: OracleLaw;
  readonly first_service_after_cold_start: OracleLaw | string;
}

describe("analytic reference: stages in series", () => {
  checkEveryFile("tandem", (file, close) => {
    const { stages } = file.inputs as unknown as { readonly stages: readonly OracleStage[] };
    const { law, mean, variance } = pipelineLaw(stages.map(stageOf));
    checkLaw(file, (t) => 1 - law.cdf(t / 1000), close, 1e-8);
    checkNumbers(file.outputs, { mean: mean * 1e3, variance: variance * 1e6 }, close, { relative: 1e-10 });
  });
});

function stageOf(stage: OracleStage): Stage {
  if (stage.kind === "delay") {
    const rate = stage.lambda_per_ms * 1000;
    const law = stage.type === "linger" ? linger({ rate, lingerSeconds: stage.linger_ms / 1000 }) : lawOf(stage);
    return { kind: "delay", law: distribution(law) };
  }
  if (stage.kind !== "single-instance FCFS") throw new Error(`unknown stage: ${stage.kind}`);
  const service = distribution(lawOf(stage.service));
  const firstWork = firstWorkOf(stage.first_service_after_cold_start);
  const keepAlive = keepAliveOf(stage.keep_alive_timer);
  const queue = poissonQueue({
    eventRate: stage.lambda_per_ms * 1000,
    batch: arrivals({ kind: "poisson", rate: 1 }).poisson!.batch,
    service,
    firstService: firstWork === null ? service : distribution(firstWork),
    coldStart: distribution(lawOf(stage.cold_start_setup)),
    keepAlive: keepAlive === "forever" ? null : distribution(keepAlive),
    closeDown: null,
  });
  if (!queue.stable) throw new Error(`a stage of load ${queue.load}`);
  return { kind: "queue", queue };
}
