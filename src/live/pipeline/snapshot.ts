import type { Collected, Collector, StageName } from "./collector.ts";
import { stageNames } from "./collector.ts";

/** What a dashboard needs at one moment; seconds everywhere. */
export interface Snapshot {
  readonly run: string;
  readonly scenario: string;
  readonly atSeconds: number;
  readonly scheduled: number;
  readonly duplicates: number;
  /** Messages waiting for the trigger; null where it was not asked. */
  readonly lag: number | null;
  readonly targets: readonly TargetSnapshot[];
}

export interface TargetSnapshot {
  readonly name: string;
  readonly counted: number;
  readonly failed: number;
  readonly cold: number;
  /** 1 − work ÷ latency of the completed; null before the first. */
  readonly overhead: number | null;
  readonly quantiles: readonly { readonly q: number; readonly seconds: number }[];
  /** Share of completed events up to each edge; the last is open. */
  readonly buckets: readonly { readonly upTo: number | null; readonly share: number }[];
  readonly stages: readonly { readonly name: StageName; readonly p50: number; readonly p99: number }[];
  /** The last answers: seconds ago, latency, 1 where cold. */
  readonly recent: readonly (readonly [number, number, 0 | 1])[];
}

const levels = [0.5, 0.95, 0.99, 0.999] as const;

/** The state of a collector as plain data. */
export function snapshot(
  collector: Collector,
  facts: Omit<Snapshot, "targets" | "duplicates"> & { readonly buckets: readonly number[] },
): Snapshot {
  const { buckets, ...rest } = facts;
  const targets = [...collector.targets].map(([name, collected]) =>
    targetSnapshot(name, collected, { buckets, atSeconds: facts.atSeconds }),
  );
  return { ...rest, duplicates: collector.duplicates, targets };
}

function targetSnapshot(
  name: string,
  { latency, stages, counted, failed, cold, latencySeconds, workSeconds, recent }: Collected,
  { buckets, atSeconds }: { readonly buckets: readonly number[]; readonly atSeconds: number },
): TargetSnapshot {
  const known = latency.count > 0;
  const edges = [...buckets, Number.POSITIVE_INFINITY];
  const below = [0, ...buckets.map((edge) => (known ? latency.cdf(edge) : 0)), known ? 1 : 0];
  return {
    name,
    counted,
    failed,
    cold,
    overhead: known ? 1 - workSeconds / latencySeconds : null,
    quantiles: known ? levels.map((q) => ({ q, seconds: latency.quantile(q) })) : [],
    buckets: edges.map((edge, i) => ({
      upTo: edge === Number.POSITIVE_INFINITY ? null : edge,
      share: below[i + 1]! - below[i]!,
    })),
    stages: known
      ? stageNames.map((stage) => ({
          name: stage,
          p50: stages[stage].quantile(0.5),
          p99: stages[stage].quantile(0.99),
        }))
      : [],
    recent: recent
      .slice(-400)
      .map(({ at, latency: seconds, cold: isCold }) => [atSeconds - at, seconds, isCold ? 1 : 0]),
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
