import type { z } from "zod";
import type { ArrivalsSpec } from "../../arrivals/index.ts";
import { parseRate } from "../../base/units.ts";
import { type DistributionSpec, distribution } from "../../distributions/index.ts";
import { isFunctionStage, type StageSpec } from "../pipeline.ts";
import type { Scenario, TargetSpec } from "../scenario.ts";
import { withSha256 } from "../scenarioSha256.ts";
import type { scenarioDocument } from "./document.ts";
import type { Problem } from "./issues.ts";
import { podStart, publishedPodStart } from "./podStart.ts";
import { named } from "./stages.ts";
import { isReference, type Tables, tableKey } from "./tables.ts";

type Parsed = z.output<typeof scenarioDocument>;
type ParsedTarget = Parsed["targets"][string];

/** The parsed document as the engines take it: files read in, absent limits infinite, targets in order. */
export function normalise(parsed: Parsed, tables: Tables): Scenario | { readonly problems: readonly Problem[] } {
  const document = withoutFiles(parsed, tables) as Parsed;
  const { duration, calibration, targets, report, ...rest } = document;
  const found: Problem[] = [];
  impossibleArrivals(document.arrivals, ["arrivals"], found);
  if (found.length > 0) return { problems: found };
  return withSha256({
    ...rest,
    duration: duration ?? Infinity,
    targets: Object.entries(targets).map(([name, target]) => toTarget(name, target, document)),
    report: { ...report, objective: report.objective ?? null },
    calibration: calibration ?? null,
  } as Omit<Scenario, "sha256">);
}

/** @param given what holds for every target that states nothing of its own */
function toTarget(name: string, target: ParsedTarget, given: Pick<Parsed, "network" | "prices">): TargetSpec {
  const prices = target.prices ?? given.prices;
  const common = {
    name,
    network: target.network ?? given.network,
    firstWork: target.firstWork ?? null,
    timeout: target.timeout ?? Infinity,
    live: target.live ?? null,
    ...(prices !== undefined && { prices }),
  };
  switch (target.kind) {
    case "server":
      return {
        ...target,
        ...common,
        concurrency: target.concurrency === "unlimited" ? Infinity : target.concurrency,
        closeDown: target.closeDown ?? null,
        queueLimit: target.queueLimit ?? Infinity,
      } as TargetSpec;
    case "perRequest":
      return {
        ...target,
        ...common,
        maxInstances: target.maxInstances ?? Infinity,
        startsPerSecond: target.startsPerSecond ?? Infinity,
      } as TargetSpec;
    case "knative":
      return {
        ...target,
        ...common,
        target: target.target ?? null,
        maxScale: target.maxScale || Infinity,
        ...nodesOf(target),
      } as TargetSpec;
    case "spinkube":
      return { ...podsOf(target), ...common, ...nodesOf(target) } as TargetSpec;
    case "edge":
      return { ...target, ...common, coldStart: target.coldStart ?? null } as TargetSpec;
    case "pipeline":
      return { ...target, ...common, stages: stagesOf(target.stages) } as TargetSpec;
    case "node":
      return {
        ...target,
        ...common,
        nodeMemory: target.nodeMemory ?? Infinity,
        concurrency: target.concurrency === "unlimited" ? Infinity : target.concurrency,
        podCores: target.podCores ?? target.cores,
      } as TargetSpec;
  }
}

/** The stages, each with its name; a function there is a target of its own that no network lies before. */
function stagesOf(stages: (ParsedTarget & { kind: "pipeline" })["stages"]): StageSpec[] {
  const names = named(stages);
  return stages.map((stage, i) => {
    const name = names[i]!;
    if (!isFunctionStage(stage)) return { ...stage, name } as StageSpec;
    return toTarget(name, stage as ParsedTarget, { network: noTime, prices: undefined }) as StageSpec;
  });
}

const noTime: DistributionSpec = { kind: "deterministic", value: 0 };

/** A fixed autoscaler is another word for replicas; under any other the pods start with its minimum. */
function podsOf({ autoscaler, ...target }: ParsedTarget & { kind: "spinkube" }) {
  if (autoscaler === undefined) return { ...target, podStart: target.podStart ?? null };
  if (autoscaler.kind === "fixed")
    return { ...target, replicas: autoscaler.replicas, podStart: target.podStart ?? null };
  const start = target.podStart ?? podStart.parse(publishedPodStart);
  return { ...target, autoscaler, replicas: autoscaler.min, podStart: start };
}

/** A pod requests the memory it is said to hold, unless it says otherwise. */
function nodesOf({ nodes, memory }: ParsedTarget & { kind: "knative" | "spinkube" }) {
  if (nodes === undefined) return {};
  return { nodes: { ...nodes, memory: nodes.memory ?? Infinity, podMemory: nodes.podMemory ?? memory ?? 0 } };
}

/** Puts the numbers in the place of the files they came from, and leaves out keys without a value. */
function withoutFiles(value: unknown, tables: Tables): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withoutFiles(item, tables));
  if (isReference(value)) {
    const column = tables.columns.get(tableKey(value));
    return value.kind === "trace" ? { kind: "trace", times: column } : { kind: "empirical", values: column };
  }
  if (isScaledTimes(value)) return { kind: "trace", times: value.times.map((time) => time * (value.scale ?? 1)) };
  const kept = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutFiles(item, tables)]));
}

function isScaledTimes(value: object): value is { times: readonly number[]; scale?: number } {
  return (value as { kind?: unknown }).kind === "trace" && Array.isArray((value as { times?: unknown }).times);
}

/** Whether the arrivals come to an end by themselves; looks at a document as it does at a parsed scenario. */
export function endsByItself(arrivals: unknown): boolean {
  const { kind, every, each, of, points } = (arrivals ?? {}) as Readonly<Record<string, unknown>>;
  if (kind === "burst") return every === undefined;
  if (kind === "devices") return endsByItself(each);
  if (kind === "superposition") return Array.isArray(of) && of.every(endsByItself);
  if (kind === "profile") return lastRate(points) === 0;
  return kind === "trace";
}

/** The rate that a profile, parsed or not, holds for ever. */
function lastRate(points: unknown): number | undefined {
  const rate = Array.isArray(points) ? (points.at(-1) as { rate?: unknown } | undefined)?.rate : undefined;
  return typeof rate === "string" ? parseRate(rate) : (rate as number | undefined);
}

/** Whether the arrivals have no steady state that a model could describe: they end, or follow the clock. */
export function isTransient(arrivals: unknown): boolean {
  const { kind, each, of } = (arrivals ?? {}) as Readonly<Record<string, unknown>>;
  if (kind === "devices") return isTransient(each);
  if (kind === "superposition") return Array.isArray(of) && of.some(isTransient);
  return kind === "profile" || endsByItself(arrivals);
}

/** Times between arrivals whose mean is 0 would put infinitely many requests into one instant; and what cannot be a part. */
function impossibleArrivals(arrivals: ArrivalsSpec, path: readonly PropertyKey[], found: Problem[]): void {
  const refuse = (key: string, spec: DistributionSpec) => {
    if (distribution(spec).mean === 0) found.push({ path: [...path, key], message: "must have a mean of more than 0" });
  };
  if (arrivals.kind === "renewal") refuse("interval", arrivals.interval);
  if (arrivals.kind === "onOff") {
    refuse("on", arrivals.on);
    refuse("off", arrivals.off);
  }
  if (arrivals.kind === "closed" && path.length > 1) {
    found.push({ path, message: "closed arrivals stand alone: their clients wait for answers" });
  }
  if (arrivals.kind === "devices") impossibleArrivals(arrivals.each, [...path, "each"], found);
  if (arrivals.kind === "superposition") {
    for (const [i, part] of arrivals.of.entries()) impossibleArrivals(part, [...path, "of", i], found);
  }
}
