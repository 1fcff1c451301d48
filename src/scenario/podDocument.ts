import type { Autoscaler, DispatchSpec } from "./autoscaler.ts";
import { distributionDocument } from "./distributionDocument.ts";
import { type NodesSpec, type PodStart, podStartSteps, type ReadinessCheck } from "./podStart.ts";
import { durationText, memoryText } from "./quantityText.ts";
import { canonicalJson } from "./scenarioSha256.ts";
import { autoscaler as autoscalerSchema } from "./schema/autoscaler.ts";
import { podStart as podStartSchema } from "./schema/podStart.ts";

/** A pod's start as a document has it; steps that are as published are left out. */
export function podStartDocument(start: PodStart): unknown {
  if (start.kind !== "steps") return distributionDocument(start);
  const published = podStartSchema.parse({ steps: {} }) as typeof start;
  const own = podStartSteps.filter((step) => canonicalJson(start[step]) !== canonicalJson(published[step]));
  return { steps: Object.fromEntries(own.map((step) => [step, distributionDocument(start[step])])) };
}

export function nodesDocument({ memory, podMemory, ...rest }: NodesSpec): object {
  return {
    ...rest,
    ...(memory === Infinity ? {} : { memory: memoryText(memory) }),
    ...(podMemory === 0 ? {} : { podMemory: memoryText(podMemory) }),
  };
}

export const checksDocument = ({ readiness }: { readonly readiness: ReadinessCheck }): object => ({
  readiness: { initialDelay: durationText(readiness.initialDelay), period: durationText(readiness.period) },
});

const durationFields = new Set([
  "downscaleStabilization",
  "syncPeriod",
  "cpuInitializationPeriod",
  "initialReadinessDelay",
  "pollingInterval",
  "cooldownPeriod",
  "initialCooldownPeriod",
  "window",
  "granularity",
]);

/** An autoscaler as a document has it, without its defaults. */
export function autoscalerDocument(spec: Autoscaler): object {
  const needed = neededBy(spec);
  const defaults = autoscalerSchema.parse(needed) as Readonly<Record<string, unknown>>;
  const written = Object.entries(spec).filter(
    ([key, value]) => key in needed || canonicalJson(value) !== canonicalJson(defaults[key]),
  );
  return Object.fromEntries(written.map(([key, value]) => [key, fieldDocument(key, value)]));
}

function fieldDocument(key: string, value: unknown): unknown {
  if (key === "dispatch") return dispatchDocument(value as DispatchSpec);
  return durationFields.has(key) ? durationText(value as number) : value;
}

const dispatchDocument = ({ autoCommitInterval, rebalance, ...rest }: DispatchSpec): object => ({
  ...rest,
  autoCommitInterval: durationText(autoCommitInterval),
  rebalance: distributionDocument(rebalance),
});

/** What an autoscaler must have before the schema can say its defaults. */
function neededBy(spec: Autoscaler) {
  if (spec.kind === "hpa") {
    const { kind, metric, target, max } = spec;
    return { kind, metric, target, max };
  }
  const { kind, trigger } = spec;
  return trigger === "kafka" ? { kind, trigger, partitions: spec.partitions } : { kind, trigger };
}
