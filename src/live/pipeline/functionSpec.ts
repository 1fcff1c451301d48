import { check } from "../../base/check.ts";
import { isFunctionStage, type PipelineSpec } from "../../scenario/pipeline.ts";
import type { TargetSpec } from "../../scenario/scenario.ts";

/** What of a target answers the calls: of a pipeline its function stage, else the target itself. */
export function functionSpec(spec: TargetSpec): TargetSpec {
  if (spec.kind !== "pipeline") return spec;
  const stage = spec.stages.find(isFunctionStage);
  check(
    stage !== undefined,
    "pipeline",
    `target ${spec.name} must have a function among its stages`,
    spec.stages.length,
  );
  const { work, ...rest } = stage!;
  check(work === undefined, "pipeline", `stage ${rest.name} must do the scheduled work to be measured`, "work");
  return { ...rest, name: spec.name, workFactor: spec.workFactor * rest.workFactor } as TargetSpec;
}

/** How a pipeline's own settings want it run; undefined where the target is a mere function. */
export function pipelineSettings(spec: TargetSpec | undefined) {
  if (spec?.kind !== "pipeline") return undefined;
  const produce = spec.stages.find((stage) => stage.kind === "produce");
  const trigger = spec.stages.find((stage) => stage.kind === "trigger");
  const inFlight = inFlightPerPartition(spec);
  return {
    ...(produce === undefined ? {} : { partitions: produce.partitions }),
    ...(inFlight === undefined ? {} : { inFlight }),
    ...(trigger?.retries === undefined ? {} : { attempts: trigger.retries.maxAttempts }),
  };
}

/** A scenario bounds what each consumer of the trigger has in hand; here each partition gets its share of that. */
export function inFlightPerPartition({ stages }: PipelineSpec): number | undefined {
  const at = stages.findIndex((stage) => stage.kind === "trigger");
  const [topic, trigger] = [stages[at - 1], stages[at]];
  if (topic?.kind !== "produce" || trigger?.kind !== "trigger") return undefined;
  const consumers = Math.min(trigger.consumers, topic.partitions);
  return Math.max(1, Math.floor((trigger.inFlight * consumers) / topic.partitions));
}

/** The names that a pipeline gives to the stages that are measured, in their order; null where it has others. */
export function measuredStages({ stages }: PipelineSpec): readonly string[] | null {
  const shape = ["produce", "aggregator", "produce", "trigger"];
  const isShape =
    shape.every((kind, i) => stages[i]?.kind === kind) && stages[4] !== undefined && isFunctionStage(stages[4]);
  return isShape ? stages.slice(0, 5).map(({ name }) => name) : null;
}
