import type { Answer, Estimate } from "../../scenario/answer.ts";
import { type Collected, type Collector, type StageName, stageNames } from "./collector.ts";

/** What a dashboard needs at one moment; seconds everywhere. */
export interface Snapshot {
  readonly run: string;
  readonly scenario: string;
  readonly atSeconds: number;
  readonly scheduled: number;
  readonly duplicates: number;
  /** Messages waiting for the trigger; null where it was not asked. */
  readonly lag: number | null;
  /** Of the measurement so far, where there is a prediction. */
  readonly verdict: "agree" | "disagree" | "inconclusive" | null;
  readonly targets: readonly TargetSnapshot[];
  /** Earlier runs, oldest first. */
  readonly pastRuns: readonly PastRun[];
}

export interface PastRun {
  readonly run: string;
  /** ISO 8601. */
  readonly at: string;
  readonly verdict: string | null;
  readonly targets: readonly { readonly name: string; readonly p50: number; readonly p99: number }[];
}

export interface TargetSnapshot {
  readonly name: string;
  readonly kind: string;
  readonly counted: number;
  readonly failed: number;
  readonly cold: number;
  /** 1 − work ÷ latency of the completed; null before the first. */
  readonly overhead: number | null;
  /** That answered in the last ten seconds. */
  readonly instances: number;
  readonly quantiles: readonly { readonly q: number; readonly seconds: number }[];
  readonly predicted: readonly (Estimate & { readonly q: number })[];
  /** Share of completed events up to each edge; the last is open. */
  readonly buckets: readonly { readonly upTo: number | null; readonly share: number }[];
  readonly stages: readonly { readonly name: StageName; readonly p50: number; readonly p99: number }[];
  /** The last answers: seconds ago, latency, 1 where cold. */
  readonly recent: readonly (readonly [number, number, 0 | 1])[];
}

const levels: readonly number[] = [0.5, 0.95, 0.99, 0.999];
const latelySeconds = 10;
const recentMax = 400;

/** What does not come from the collector. */
export interface SnapshotFacts extends Omit<Snapshot, "targets" | "duplicates"> {
  /** Upper edges of the histogram, seconds. */
  readonly buckets: readonly number[];
  readonly kinds: ReadonlyMap<string, string>;
  /** What was predicted for each target before the run. */
  readonly predicted: Answer | null;
}

/** The state of a collector as plain data. */
export function snapshot(collector: Collector, facts: SnapshotFacts): Snapshot {
  const { buckets, kinds, predicted, ...rest } = facts;
  const targets = [...collector.targets].map(([name, collected]) => {
    const prediction = predicted?.targets.find((target) => target.name === name);
    return {
      name,
      kind: kinds.get(name) ?? "",
      ...figures(collected, buckets, facts.atSeconds),
      predicted:
        prediction === undefined || prediction.status === "unavailable"
          ? []
          : prediction.latency.quantiles.filter(({ q }) => levels.includes(q)).map(({ q, value }) => ({ q, ...value })),
    };
  });
  return { ...rest, duplicates: collector.duplicates, targets };
}

function figures(collected: Collected, buckets: readonly number[], nowSeconds: number) {
  const { latency, stages, counted, failed, cold, latencySeconds, workSeconds, recent } = collected;
  const known = latency.count > 0;
  const edges = [...buckets, Number.POSITIVE_INFINITY];
  const below = [0, ...buckets.map((edge) => (known ? latency.cdf(edge) : 0)), known ? 1 : 0];
  const lately = recent.filter(({ at }) => at > nowSeconds - latelySeconds);
  return {
    counted,
    failed,
    cold,
    overhead: known ? 1 - workSeconds / latencySeconds : null,
    instances: new Set(lately.map(({ instance }) => instance).filter((instance) => instance >= 0)).size,
    quantiles: known ? levels.map((q) => ({ q, seconds: latency.quantile(q) })) : [],
    buckets: edges.map((edge, i) => ({
      upTo: edge === Number.POSITIVE_INFINITY ? null : edge,
      share: below[i + 1]! - below[i]!,
    })),
    stages: known
      ? stageNames.map((name) => ({ name, p50: stages[name].quantile(0.5), p99: stages[name].quantile(0.99) }))
      : [],
    recent: recent
      .slice(-recentMax)
      .map(({ at, latency: seconds, cold: isCold }): TargetSnapshot["recent"][number] => [
        nowSeconds - at,
        seconds,
        isCold ? 1 : 0,
      ]),
  };
}

/** The same figures in the Prometheus text format. */
export function prometheusText({ targets, duplicates, lag, scheduled }: Snapshot): string {
  const label = (name: string) => `target="${name.replace(/["\\\n]/g, "_")}"`;
  const lines: string[] = [];
  const family = (name: string, type: string, help: string, samples: readonly string[]) =>
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples);
  family("coldcast_events_scheduled", "gauge", "Events of the schedule", [`coldcast_events_scheduled ${scheduled}`]);
  family(
    "coldcast_events_total",
    "counter",
    "Events with a result, each once",
    targets.flatMap(({ name, counted, failed }) => [
      `coldcast_events_total{${label(name)},outcome="completed"} ${counted - failed}`,
      `coldcast_events_total{${label(name)},outcome="failed"} ${failed}`,
    ]),
  );
  family(
    "coldcast_cold_total",
    "counter",
    "Events served by an instance that was not ready when they were due",
    targets.map(({ name, cold }) => `coldcast_cold_total{${label(name)}} ${cold}`),
  );
  family("coldcast_duplicates_total", "counter", "Second deliveries, not counted again", [
    `coldcast_duplicates_total ${duplicates}`,
  ]);
  if (lag !== null) family("coldcast_lag", "gauge", "Messages waiting for the trigger", [`coldcast_lag ${lag}`]);
  family(
    "coldcast_latency_seconds",
    "summary",
    "From the scheduled instant to the answer",
    targets.flatMap(({ name, quantiles, counted, failed }) => [
      ...quantiles.map(({ q, seconds }) => `coldcast_latency_seconds{${label(name)},quantile="${q}"} ${seconds}`),
      `coldcast_latency_seconds_count{${label(name)}} ${counted - failed}`,
    ]),
  );
  return `${lines.join("\n")}\n`;
}
