/** What the collector sends twice a second; seconds everywhere. */
export interface Snapshot {
  readonly run: string;
  readonly scenario: string;
  readonly atSeconds: number;
  readonly scheduled: number;
  readonly duplicates: number;
  readonly lag: number | null;
  readonly verdict: "agree" | "disagree" | "inconclusive" | null;
  readonly targets: readonly TargetSnapshot[];
  readonly pastRuns: readonly PastRun[];
}

export interface TargetSnapshot {
  readonly name: string;
  readonly kind: string;
  readonly counted: number;
  readonly failed: number;
  readonly cold: number;
  readonly overhead: number | null;
  readonly instances: number;
  readonly quantiles: readonly { readonly q: number; readonly seconds: number }[];
  readonly predicted: readonly {
    readonly q: number;
    readonly value: number;
    readonly low: number;
    readonly high: number;
  }[];
  readonly buckets: readonly { readonly upTo: number | null; readonly share: number }[];
  readonly stages: readonly { readonly name: string; readonly p50: number; readonly p99: number }[];
  /** Seconds ago, latency, 1 where cold. */
  readonly recent: readonly (readonly [number, number, 0 | 1])[];
}

export interface PastRun {
  readonly run: string;
  readonly at: string;
  readonly verdict: string | null;
  readonly targets: readonly { readonly name: string; readonly p50: number; readonly p99: number }[];
}
