import type { AvailableAnswer } from "../../scenario/answer.ts";
import type { Scenario, TargetSpec } from "../../scenario/scenario.ts";
import { meanInterval } from "../../stats/intervals.ts";
import { RunningMoments } from "../../stats/moments.ts";
import { measuredAnswer } from "../measured.ts";
import { columnOf, measuredRows } from "../measuredRows.ts";
import type { TargetReport } from "../targets/target.ts";
import { type Collected, stageNames } from "./collector.ts";
import { functionSpec, measuredStages } from "./functionSpec.ts";

/**
 * What a collector holds of one target, as an answer: as of a replay, from the scheduled instant of an event to the
 * function's answer; for a target of kind `pipeline` with the mean time in each of its stages.
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
  const stages = names.map((name, i) => ({
    name,
    kind: spec.stages[i]!.kind,
    mean: meanInterval(momentsOf(columnOf(stageColumns[stageNames[i]!], rows))),
  }));
  return { ...answer, stages };
}

function momentsOf(values: Float64Array): RunningMoments {
  const moments = new RunningMoments();
  for (const value of values) moments.record(value);
  return moments;
}
