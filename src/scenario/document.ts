import { Document, isScalar, visit } from "yaml";
import type { ArrivalsSpec } from "../arrivals/index.ts";
import { parseDuration } from "../base/units.ts";
import type { DistributionSpec } from "../distributions/index.ts";
import type { PricesSpec, Scenario, TargetSpec } from "./scenario.ts";
import { canonicalJson } from "./scenarioSha256.ts";
import type { ScenarioDocument } from "./schema/document.ts";
import { target as targetSchema } from "./schema/target.ts";

/**
 * A scenario as a document again: unit strings, no defaults, numbers from files written out.
 *
 * Every number is written so that it reads back to the same double, so that a fitted scenario can be kept as a file.
 *
 * @returns a document for which `toScenario` gives an equal scenario, hash included
 */
export function toDocument(scenario: Scenario): ScenarioDocument {
  const { sha256: _, duration, warmup, network, targets, report, prices, calibration, ...rest } = scenario;
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
  const document = new Document(toDocument(scenario), { aliasDuplicateObjects: false });
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
]);
/** The fields that hold bytes. */
const memoryFields = new Set(["memory", "instanceMemory"]);
/** What a target must have before the schema can say its defaults. */
const required = {
  server: {},
  spinkube: { replicas: 1 },
  knative: {},
  perRequest: { coldStart: 0, keepAlive: "forever" },
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
    written[key] = fieldDocument(key, value);
  }
  return written;
}

function fieldDocument(key: string, value: unknown): unknown {
  if (value === Infinity) return "unlimited";
  if (key === "startsPerSecond") return `${String(value)}/s`;
  if (memoryFields.has(key)) return memoryText(value as number);
  if (key === "prices") return pricesDocument(value as PricesSpec);
  if (typeof value === "number") return durationFields.has(key) ? durationText(value) : value;
  if (typeof value !== "object" || key === "live") return value;
  return distributionDocument(value as DistributionSpec);
}

function distributionDocument(spec: DistributionSpec): unknown {
  switch (spec.kind) {
    case "deterministic":
      return durationText(spec.value);
    case "exponential":
    case "erlang":
    case "gamma":
    case "lognormal":
      return { ...spec, mean: durationText(spec.mean) };
    case "hyperexponential":
      return "mean" in spec
        ? { ...spec, mean: durationText(spec.mean) }
        : { ...spec, means: spec.means.map(durationText) };
    case "uniform":
      return { ...spec, low: durationText(spec.low), high: durationText(spec.high) };
    case "discrete":
    case "empirical":
      return { ...spec, values: spec.values.map(durationText) };
    case "shifted":
      return { ...spec, by: durationText(spec.by), of: distributionDocument(spec.of) };
    case "mixture":
      return { ...spec, of: spec.of.map(({ weight, of }) => ({ weight, of: distributionDocument(of) })) };
  }
}

function arrivalsDocument(spec: ArrivalsSpec): unknown {
  switch (spec.kind) {
    case "poisson":
      return { ...spec, rate: rateText(spec.rate) };
    case "deterministic":
      return { ...spec, interval: durationText(spec.interval) };
    case "renewal":
      return { ...spec, interval: distributionDocument(spec.interval) };
    case "mmpp":
      return {
        ...spec,
        rates: spec.rates.map(rateText),
        switching: spec.switching.map((row) => row.map((rate) => (rate === 0 ? 0 : rateText(rate)))),
      };
    case "onOff": {
      const { on, off, rate } = spec;
      return { ...spec, on: distributionDocument(on), off: distributionDocument(off), rate: rateText(rate) };
    }
    case "devices":
      return { ...spec, each: arrivalsDocument(spec.each) };
    case "superposition":
      return { ...spec, of: spec.of.map(arrivalsDocument) };
    case "burst": {
      const at = spec.at === undefined ? {} : { at: durationText(spec.at) };
      return { ...spec, ...at, ...(spec.every === undefined ? {} : { every: durationText(spec.every) }) };
    }
    case "trace":
      return { ...spec, times: spec.times.map(durationText) };
  }
}

function pricesDocument({ node, ...prices }: PricesSpec): object {
  return { ...prices, ...(node === undefined ? {} : { node: { ...node, memory: memoryText(node.memory) } }) };
}

/** Bytes in the largest unit of which they are a whole number. */
function memoryText(bytes: number): string {
  if (bytes % 1024 ** 2 === 0) return bytes % 1024 ** 3 === 0 ? `${bytes / 1024 ** 3}GiB` : `${bytes / 1024 ** 2}MiB`;
  return `${bytes}B`;
}

const rateText = (perSecond: number): string => `${perSecond}/s`;

/** The shortest text with a unit that reads back to the very same double. */
function durationText(seconds: number): string | 0 {
  if (seconds === 0) return 0;
  const inSeconds = `${seconds}s`;
  const texts = seconds < 1 ? [`${round(seconds * 1e3)}ms`, inSeconds, `${round(seconds * 1e6)}us`] : [inSeconds];
  if (seconds >= 60) texts.unshift(`${round(seconds / 60)}min`, `${round(seconds / 3600)}h`);
  const exact = texts.filter((text) => parseDuration(text) === seconds);
  return exact.reduce((best, text) => (numberLength(text) < numberLength(best) ? text : best));
}

const numberLength = (text: string): number => text.replace(/[a-df-z]/g, "").length;
const round = (value: number): number => Number(value.toPrecision(15));
