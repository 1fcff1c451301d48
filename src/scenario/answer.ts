import type { Seconds } from "../base/units.ts";
import type { CalibrationSource } from "./scenario.ts";

/** A figure with its 95 % interval; `low = value = high` when exact. Infinity is allowed here and written as "Infinity" in JSON. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export type Engine = "model" | "sim" | "live" | "import";
export type Status = "exact" | "numeric" | "approximate" | "simulated" | "measured" | "unavailable";

/** What one engine says about a scenario: format 1 of the answer document (docs/answer.md). */
export interface Answer {
  readonly coldcast: 1;
  readonly from: Engine;
  readonly scenario: string;
  readonly seed: number;
  readonly provenance: Provenance;
  readonly targets: readonly TargetAnswer[];
  /** Simulated targets against the first one, request streams shared. */
  readonly differences?: readonly DifferenceAnswer[];
}

/** How much longer one target takes than another, in seconds; paired, so that the interval is that of the difference. */
export interface DifferenceAnswer {
  readonly target: string;
  readonly than: string;
  readonly mean: Estimate;
  readonly quantiles: readonly QuantileEstimate[];
}

export interface Provenance {
  readonly version: string;
  readonly scenarioSha256: string;
  readonly scheduleSha256: string | null;
  /** The measurement that fitted the scenario; null where nothing was fitted. */
  readonly calibration: CalibrationSource | null;
  readonly machine?: string;
  /** When a measurement was taken, ISO 8601; absent where the answer does not depend on it. */
  readonly at?: string;
}

export type TargetAnswer = AvailableAnswer | UnavailableAnswer;

/** A target this engine cannot answer, and why. */
export interface UnavailableAnswer {
  readonly name: string;
  readonly kind: string;
  readonly status: "unavailable";
  readonly reason: string;
}

/**
 * scheduled: from the instant each request was meant to start. corrected: from the send, with requests added that a stall kept from being
 * sent. uncorrected: from the send. unknown: nobody says.
 */
export type OmissionStatus = "scheduled" | "corrected" | "uncorrected" | "unknown";

export interface AvailableAnswer {
  readonly name: string;
  readonly kind: string;
  /** How the figures were made, in words, with its source. */
  readonly method: string;
  readonly status: Exclude<Status, "unavailable">;
  readonly reason?: string;
  /** Imports: from which instant latencies count, and so whether a stall shows in all requests that it held up. */
  readonly omission?: OmissionStatus;
  readonly stable: boolean;
  /** What to know before trusting the figures, such as a warm-up that is too short; absent where there is nothing. */
  readonly warnings?: readonly string[];
  /** Where the simulation went on until a figure was known well enough: half its 95 % interval over the figure. */
  readonly precision?: {
    readonly of: string;
    readonly wanted: number;
    readonly reached: number;
    readonly replications: number;
  };
  readonly counts: Counts | null;
  readonly latency: LatencyAnswer;
  readonly breakdown: Breakdown;
  /**
   * Of a pipeline: how long completed requests were in each stage, in order; without the target's own network. Of points of presence, and of
   * any endpoint whose answers tell it: network and compute.
   */
  readonly stages?: readonly StageAnswer[];
  /** 1 − E[work]/E[latency]. */
  readonly overhead: Estimate;
  /** The same among requests at or above a quantile. */
  readonly overheadAt: readonly QuantileEstimate[];
  readonly cold: ColdAnswer;
  /** WaaS: the start of a request's own instance. */
  readonly instanceStart: LatencyAnswer | null;
  readonly instances: InstancesAnswer;
  /** One server: fractions of time. */
  readonly states: StatesAnswer | null;
  /** Null where the scenario states neither memory nor prices. */
  readonly resources: ResourcesAnswer | null;
  readonly timeline: Timeline | null;
  /** Live: sent minus scheduled instant. */
  readonly lateness: LatencyAnswer | null;
  /** Live: latency from the actual send, for comparison only. */
  readonly uncorrected: LatencyAnswer | null;
}

/** scheduled = completed + Σ failed + dropped + unsent. */
export interface Counts {
  readonly scheduled: number;
  readonly sent: number;
  readonly completed: number;
  readonly failed: Readonly<Partial<Record<FailureKind, number>>>;
  readonly dropped: number;
  readonly unsent: number;
  /** Completed or failed after the warm-up. */
  readonly measured: number;
  /** What clients with retries or hedges sent in all; absent where every request is sent once. */
  readonly attempts?: number;
}

/** Every way one request can fail; data, never an error of the run. */
export const failureKinds = ["timeout", "rejected", "connection", "reset", "http4xx", "http5xx", "trap"] as const;
export type FailureKind = (typeof failureKinds)[number];

export interface QuantileEstimate {
  readonly q: number;
  readonly value: Estimate;
}

/** The law of a time, in seconds. */
export interface LatencyAnswer {
  readonly mean: Estimate;
  readonly variance: Estimate;
  readonly quantiles: readonly QuantileEstimate[];
  readonly cdf: readonly { readonly at: Seconds; readonly value: Estimate }[];
  /** Share of requests per bucket; the last is open (`upTo` Infinity). */
  readonly buckets: readonly { readonly upTo: number; readonly value: Estimate }[];
  /** P(X ≤ seconds) at 200 or more points; an atom is two points at one instant. */
  readonly curve: { readonly seconds: readonly number[]; readonly probability: readonly number[] };
  readonly withinObjective: Estimate | null;
  /** HDR V2 compressed, base64, nanoseconds: sim and live. */
  readonly hdr?: string;
  /** Simulations of two replications or more: what chance does to one run. */
  readonly oneRun?: OneRun;
}

/** How single runs of a simulation scatter about all of them. */
export interface OneRun {
  readonly runs: number;
  /** Quantiles of all runs; `low` to `high` holds that of one run in 95 % of them. */
  readonly quantiles: readonly QuantileEstimate[];
  /** The Kolmogorov–Smirnov distance to the law of all that one run in twenty exceeds. */
  readonly ks: number;
}

/** Mean seconds of each part; they sum to the mean latency. */
export interface Breakdown {
  readonly network: Estimate;
  readonly cold: Estimate;
  readonly start: Estimate;
  readonly queue: Estimate;
  readonly work: Estimate;
}

export interface StageAnswer {
  readonly name: string;
  readonly kind: string;
  readonly mean: Estimate;
  /** The report's; absent where only the mean is known. */
  readonly quantiles?: readonly QuantileEstimate[];
}

export interface ColdAnswer {
  /** Served by an instance that was not ready when the request arrived. */
  readonly probability: Estimate;
  /** Its arrival caused the start; null where an autoscaler orders. */
  readonly triggered: Estimate | null;
  readonly inTriggerBatch: Estimate | null;
  /** Served in a busy period that began cold. */
  readonly busyPeriod: Estimate | null;
  readonly startsPerSecond: Estimate | null;
  /** Per instance, ordered → ready. */
  readonly duration: LatencyAnswer | null;
}

/** Time averages over [warmup, duration]. */
export interface InstancesAnswer {
  readonly total: Estimate;
  readonly starting: Estimate | null;
  readonly ready: Estimate | null;
  readonly busy: Estimate | null;
  readonly idle: Estimate | null;
}

export interface StatesAnswer {
  readonly off: Estimate;
  readonly starting: Estimate;
  readonly idle: Estimate;
  readonly busy: Estimate;
}

/** What the target holds and costs; sums are per hour of this load, in the scenario's currency. */
export interface ResourcesAnswer {
  /** Held, averaged over time; null where the scenario states no memory. */
  readonly memoryBytes: Estimate | null;
  /** Per hour, those that are billed; a gigabyte is 2³⁰ bytes. */
  readonly gigabyteSeconds: Estimate | null;
  /** Per hour: the mean number of instances. */
  readonly instanceHours: Estimate;
  /** Per hour; null where the scenario states no prices. */
  readonly cost: Estimate | null;
  readonly costPerMillionRequests: Estimate | null;
}

/** One value per step; `p50` and `p99` are of requests that arrived in the step, null where there were none. */
export interface Timeline {
  readonly everySeconds: number;
  readonly ready: readonly (number | null)[];
  readonly starting: readonly (number | null)[];
  readonly p50: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
}

/** An exactly known figure. */
export const exactly = (value: number): Estimate => ({ value, low: value, high: value });
