import { Document, isScalar, visit } from "yaml";
import type { DistributionSpec } from "../distributions/index.ts";
import { arrivalsDocument } from "./arrivalsDocument.ts";
import type { Autoscaler } from "./autoscaler.ts";
import type { HedgeSpec, RetriesSpec } from "./client.ts";
import { distributionDocument } from "./distributionDocument.ts";
import type { EdgeSpec } from "./edge.ts";
import type { GpuSpec } from "./gpu.ts";
import type { NodeSpec } from "./node.ts";
import { type FunctionStage, isFunctionStage, type PipelineSpec, type StageSpec } from "./pipeline.ts";
import { autoscalerDocument, checksDocument, nodesDocument, podStartDocument } from "./podDocument.ts";
import type { NodesSpec, PodStart, ReadinessCheck } from "./podStart.ts";
import { durationText, memoryText } from "./quantityText.ts";
import type { PricesSpec, Scenario, TargetSpec } from "./scenario.ts";
import { canonicalJson } from "./scenarioSha256.ts";
import type { ScenarioDocument } from "./schema/document.ts";
import { target as targetSchema } from "./schema/target.ts";
import {
  faultDocument,
  hedgeDocument,
  neighboursDocument,
  popDocument,
  retriesDocument,
  stageDocument,
  workDocument,
} from "./stageDocument.ts";

/**
 * A scenario as a document again: unit strings, no defaults, numbers from files written out.
 *
 * Every number is written so that it reads back to the same double, so that a fitted scenario can be kept as a file.
 *
 * @returns a document for which `toScenario` gives an equal scenario, hash included
 */
export function toDocument(scenario: Scenario): ScenarioDocument {
  const { sha256: _, duration, warmup, network, targets, report, prices, faults, calibration, ...rest } = scenario;
  return {
    name: rest.name,
    seed: rest.seed,
    ...(duration === Infinity ? {} : { duration: durationText(duration) }),
    ...(warmup === 0 ? {} : { warmup: durationText(warmup) }),
    arrivals: arrivalsDocument(rest.arrivals),
    work: distributionDocument(rest.work),
    ...(canonicalJson(network) === canonicalJson(noTime) ? {} : { network: distributionDocument(network) }),
    targets: Object.fromEntries(targets.map((target) => [target.name, targetDocument(target, { network, prices })])),
    ...(prices === undefined ? {} : { prices: pricesDocument(prices) }),
    ...(faults === undefined ? {} : { faults: faults.map(faultDocument) }),
    report: {
      quantiles: [...report.quantiles],
      ...(report.cdfAt.length === 0 ? {} : { cdfAt: report.cdfAt.map(durationText) }),
      buckets: report.buckets.map(durationText),
      ...(report.objective === null ? {} : { objective: durationText(report.objective) }),
      tolerance: { ...report.tolerance, absolute: durationText(report.tolerance.absolute) },
    },
    ...(calibration === null ? {} : { calibration }),
  } as ScenarioDocument;
}

/** A scenario as YAML text, after lines of comment; short mappings and lists stand on one line. */
export function scenarioYaml(scenario: Scenario, comment = ""): string {
  return documentYaml(toDocument(scenario), comment);
}

/** A document, such as one written in code, as the same kind of YAML text. */
export function documentYaml(given: ScenarioDocument, comment = ""): string {
  const document = new Document(given, { aliasDuplicateObjects: false });
  visit(document, {
    Collection: (_, node) => {
      const values = node.items.map((item) => (item as { value?: unknown }).value ?? item);
      if (values.every((value) => isScalar(value) || typeof value !== "object")) node.flow = values.length < 12;
    },
  });
  if (comment !== "") document.commentBefore = comment.replace(/^/gm, " ");
  return document.toString({ lineWidth: 120, flowCollectionPadding: true });
}

const noTime: DistributionSpec = { kind: "deterministic", value: 0 };
/** The fields that hold a plain duration; every other number of a target has no unit. */
const durationFields = new Set([
  "timeout",
  "stableWindow",
  "scaleToZeroGracePeriod",
  "scaleToZeroPodRetentionPeriod",
  "scaleDownDelay",
  "scaleToZeroAfter",
]);
/** The fields that hold bytes. */
const memoryFields = new Set(["memory", "instanceMemory", "nodeMemory"]);
/** What a target must have before the schema can say its defaults. */
const required = {
  server: {},
  spinkube: { replicas: 1 },
  knative: {},
  perRequest: { coldStart: 0, keepAlive: "forever" },
  edge: { pops: [{ name: "here", share: 1, roundTrip: 0 }], instanceStart: 0 },
  pipeline: { stages: [{ kind: "delay", time: 0 }] },
  node: {},
} as const;

function targetDocument(
  { name: _, ...target }: TargetSpec,
  given: { readonly network: DistributionSpec; readonly prices: PricesSpec | undefined },
): object {
  const needed = required[target.kind];
  const defaults = { ...targetSchema.parse({ kind: target.kind, ...needed }), ...given };
  const written: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(target)) {
    const standard = (defaults as Record<string, unknown>)[key];
    const isDefault = !(key in needed) && key !== "kind" && canonicalJson(value) === canonicalJson(standard);
    if (isDefault || value === null || (value === Infinity && key !== "concurrency")) continue;
    // Follows from the autoscaler.
    if (key === "replicas" && "autoscaler" in target) continue;
    written[key] = fieldDocument(key, value);
  }
  return written;
}

function fieldDocument(key: string, value: unknown): unknown {
  if (value === Infinity) return "unlimited";
  if (key === "startsPerSecond") return `${String(value)}/s`;
  if (memoryFields.has(key)) return memoryText(value as number);
  if (key === "prices") return pricesDocument(value as PricesSpec);
  if (key === "pops") return (value as EdgeSpec["pops"]).map(popDocument);
  if (key === "stages") return (value as PipelineSpec["stages"]).map(anyStageDocument);
  if (key === "neighbours") return (value as NodeSpec["neighbours"]).map(neighboursDocument);
  if (key === "retries") return retriesDocument(value as RetriesSpec);
  if (key === "hedge") return hedgeDocument(value as HedgeSpec);
  if (key === "work") return workDocument(value as GpuSpec | DistributionSpec);
  if (key === "podStart") return podStartDocument(value as PodStart);
  if (key === "nodes") return nodesDocument(value as NodesSpec);
  if (key === "autoscaler") return autoscalerDocument(value as Autoscaler);
  if (key === "checks") return checksDocument(value as { readonly readiness: ReadinessCheck });
  if (typeof value === "number") return durationFields.has(key) ? durationText(value) : value;
  if (typeof value !== "object" || key === "live") return value;
  return distributionDocument(value as DistributionSpec);
}

function anyStageDocument(stage: StageSpec): object {
  if (!isFunctionStage(stage)) return stageDocument(stage as Exclude<StageSpec, FunctionStage>);
  const document = targetDocument(stage as TargetSpec, { network: noTime, prices: undefined });
  return { name: stage.name, ...document };
}

function pricesDocument({ node, ...prices }: PricesSpec): object {
  return { ...prices, ...(node === undefined ? {} : { node: { ...node, memory: memoryText(node.memory) } }) };
}
