import type { AvailableAnswer } from "../../scenario/answer.ts";
import { latencyOverTime } from "../../scenario/latencyOverTime.ts";
import type { Scenario, TargetSpec } from "../../scenario/scenario.ts";
import { measuredAnswer } from "../measured.ts";
import { columnOf, measuredRows } from "../measuredRows.ts";
import type { TargetReport } from "../targets/target.ts";
import { type Collected, stageNames } from "./collector.ts";
import { functionSpec, measuredStages } from "./functionSpec.ts";

/**
 * What a collector holds of one target, as an answer: as of a replay, from the scheduled instant of an event to the
 * function's answer; for a target of kind `pipeline` with the time in each of its stages.
 */
export function measuredPipeline(
  scenario: Scenario,
  spec: TargetSpec,
  { log, stageColumns }: Collected,
  report: TargetReport,
): AvailableAnswer {
  const answer = { ...measuredAnswer(scenario, functionSpec(spec), log, report), kind: spec.kind };
  const names = spec.kind === "pipeline" ? measuredStages(spec) : null;
  if (spec.kind !== "pipeline" || names === null) return answer;
  const rows = measuredRows(log, scenario.warmup);
  const instants = columnOf(log.at, rows);
  const stages = names.map((name, i) => {
    // By clocks that tell milliseconds, and processes that each have their own, a short stage may take less than nothing.
    const times = columnOf(stageColumns[stageNames[i]!], rows).map((seconds) => Math.max(seconds, 0));
    const { mean, quantiles } = latencyOverTime(times, instants, scenario.report);
    return { name, kind: spec.stages[i]!.kind, mean, quantiles };
  });
  return { ...answer, stages };
}
