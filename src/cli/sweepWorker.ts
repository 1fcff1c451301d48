import { parentPort, workerData } from "node:worker_threads";
import { predict } from "../model/predict.ts";
import type { Answer } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { simulate } from "../sim/simulate.ts";

/** How every point of a sweep is answered. */
export interface SweepSetting {
  readonly engine: "sim" | "model";
  readonly replications: number | undefined;
  readonly requests: number | undefined;
  readonly targets: readonly string[] | undefined;
}

/** A thread of a sweep: one point per message. */
export function answerPoint(scenario: Scenario, { engine, targets, ...options }: SweepSetting): Answer {
  if (engine === "sim") return simulate(scenario, { ...options, targets });
  return predict(scenario, targets === undefined ? {} : { targets });
}

parentPort?.on("message", (scenario: Scenario) => {
  parentPort?.postMessage(answerPoint(scenario, workerData as SweepSetting));
});
