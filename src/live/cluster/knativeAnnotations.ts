import { InputError } from "../../base/check.ts";
import { goDuration } from "../../policies/scaling/index.ts";
import type { KnativeSpec } from "../../scenario/scenario.ts";

/**
 * One setting of Knative's autoscaler: a scenario's field, the revision's annotation, the cluster's key, and how the value
 * is written. The one table that manifests are written by and live Services are read by.
 */
export interface KnativeSetting {
  readonly field: keyof KnativeSpec;
  /** Without `autoscaling.knative.dev/`; absent: the whole cluster has one value. */
  readonly annotation?: string;
  /** Key of the ConfigMap `config-autoscaler`; absent: only the annotation exists. */
  readonly config?: string;
  /** Undefined: nothing is written. */
  write(value: never): string | undefined;
  read(text: string): unknown;
  /** Where the cluster's key is written in another way than the annotation. */
  readConfig?(text: string): unknown;
}

export const annotationPrefix = "autoscaling.knative.dev/";

const number = { write: (value: number) => plain(value), read: readNumber };
/** 0 stands for no limit. */
const limit = {
  write: (value: number) => (value === Infinity ? "0" : plain(value)),
  read: (text: string) => readNumber(text) || Infinity,
};
const duration = { write: (seconds: number) => durationText(seconds), read: (text: string) => goDuration(text) };
const flag = { write: (value: boolean) => String(value), read: (text: string) => text === "true" };
/** A share in a scenario, percent in Knative; a cluster's key of 1 or less is a share, as Knative reads it. */
const percentage = {
  write: (share: number) => plain(Number((share * 100).toPrecision(15))),
  read: (text: string) => readNumber(text) / 100,
  readConfig: (text: string) => (readNumber(text) > 1 ? readNumber(text) / 100 : readNumber(text)),
};

export const knativeSettings: readonly KnativeSetting[] = [
  {
    field: "metric",
    annotation: "metric",
    write: (value: string) => value,
    read: (text) => text,
  },
  {
    field: "target",
    annotation: "target",
    write: (value: number | null) => (value === null ? undefined : plain(value)),
    read: readNumber,
  },
  {
    field: "targetUtilization",
    annotation: "target-utilization-percentage",
    config: "container-concurrency-target-percentage",
    ...percentage,
  },
  { field: "minScale", annotation: "min-scale", config: "min-scale", ...number },
  { field: "maxScale", annotation: "max-scale", config: "max-scale", ...limit },
  { field: "initialScale", annotation: "initial-scale", config: "initial-scale", ...number },
  { field: "stableWindow", annotation: "window", config: "stable-window", ...duration },
  {
    field: "panicWindowPercentage",
    annotation: "panic-window-percentage",
    config: "panic-window-percentage",
    ...number,
  },
  {
    field: "panicThresholdPercentage",
    annotation: "panic-threshold-percentage",
    config: "panic-threshold-percentage",
    ...number,
  },
  { field: "targetBurstCapacity", annotation: "target-burst-capacity", config: "target-burst-capacity", ...number },
  {
    field: "scaleToZeroPodRetentionPeriod",
    annotation: "scale-to-zero-pod-retention-period",
    config: "scale-to-zero-pod-retention-period",
    ...duration,
  },
  { field: "scaleDownDelay", annotation: "scale-down-delay", config: "scale-down-delay", ...duration },
  { field: "maxScaleUpRate", config: "max-scale-up-rate", ...number },
  { field: "maxScaleDownRate", config: "max-scale-down-rate", ...number },
  { field: "scaleToZero", config: "enable-scale-to-zero", ...flag },
  { field: "scaleToZeroGracePeriod", config: "scale-to-zero-grace-period", ...duration },
];

/** The annotations of a revision with these settings, prefix included: all of them, so that no cluster's own get in. */
export function annotationsOf(spec: KnativeSpec): Record<string, string> {
  const annotations: Record<string, string> = {};
  for (const { field, annotation, write } of knativeSettings) {
    const text = annotation === undefined ? undefined : write(spec[field] as never);
    if (text !== undefined) annotations[`${annotationPrefix}${annotation}`] = text;
  }
  return annotations;
}

/** What the scenario wants of settings that a cluster has one value of, as keys of `config-autoscaler`. */
export function clusterSettingsOf(spec: KnativeSpec): Record<string, string> {
  const wanted = knativeSettings.filter(({ annotation, config }) => annotation === undefined && config !== undefined);
  return Object.fromEntries(wanted.map(({ config, field, write }) => [config!, write(spec[field] as never)!]));
}

/**
 * Reads a revision's settings: its annotations over the cluster's configuration. What neither says is left out.
 *
 * @param where what is read, for the message
 * @throws {InputError} if a value is not what it should be
 */
export function readSettings(
  where: string,
  annotations: Readonly<Record<string, string>>,
  config: Readonly<Record<string, string>>,
): Partial<KnativeSpec> {
  const found: Record<string, unknown> = {};
  for (const { field, annotation, config: key, read, readConfig = read } of knativeSettings) {
    const own = annotation === undefined ? undefined : annotations[`${annotationPrefix}${annotation}`];
    const text = own ?? (key === undefined ? undefined : config[key]);
    if (text === undefined) continue;
    try {
      found[field] = own === undefined ? readConfig(text) : read(text);
    } catch (error) {
      const path = own === undefined ? `config-autoscaler ${key}` : `${annotationPrefix}${annotation}`;
      throw new InputError(where, [{ path, message: (error as Error).message }]);
    }
  }
  return found as Partial<KnativeSpec>;
}

function readNumber(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new RangeError(`"${text}" is not a number`);
  return value;
}

/** Never in exponents, which Knative's parser of annotations takes but people do not. */
const plain = (value: number): string =>
  Number.isInteger(value) ? value.toFixed(0) : String(Number(value.toPrecision(15)));

/** Knative takes whole seconds in most places, so parts of one are written only where there are some. */
const durationText = (seconds: number): string =>
  Number.isInteger(seconds) ? `${seconds}s` : `${Number((seconds * 1e3).toPrecision(15))}ms`;
