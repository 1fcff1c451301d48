import type { Engine, Estimate, Status } from "../../scenario/answer.ts";
import { figuresOf, type Reported } from "./exporter.ts";

/** One figure of one target, as tables have it. */
export interface FigureRow {
  readonly engine: Engine;
  readonly target: string;
  readonly kind: string;
  readonly status: Status;
  readonly figure: string;
  /** The level of a quantile, the time of a cdf, the upper edge of a bucket; null for figures that stand alone. */
  readonly at: number | null;
  readonly estimate: Estimate;
}

/** Every figure of every answer, in the order in which the targets and engines are given. */
export function figureRows(reported: Reported): FigureRow[] {
  return figuresOf(reported).flatMap(({ from, target }) => {
    const { latency, breakdown, cold, instances, counts, resources } = target;
    const row = (figure: string, at: number | null, estimate: Estimate | null): FigureRow[] =>
      estimate === null
        ? []
        : [{ engine: from, target: target.name, kind: target.kind, status: target.status, figure, at, estimate }];
    return [
      ...row("latency_mean_seconds", null, latency.mean),
      ...row("latency_variance_seconds2", null, latency.variance),
      ...latency.quantiles.flatMap(({ q, value }) => row("latency_quantile_seconds", q, value)),
      ...latency.cdf.flatMap(({ at, value }) => row("latency_cdf", at, value)),
      ...latency.buckets.flatMap(({ upTo, value }) => row("latency_bucket", upTo, value)),
      ...row("within_objective", null, latency.withinObjective),
      ...Object.entries(breakdown).flatMap(([part, value]) =>
        row(`breakdown_${part}_seconds`, null, value as Estimate),
      ),
      ...row("overhead", null, target.overhead),
      ...row("cold_probability", null, cold.probability),
      ...row("starts_per_second", null, cold.startsPerSecond),
      ...Object.entries(instances).flatMap(([state, value]) =>
        row(`instances_${state}`, null, value as Estimate | null),
      ),
      ...row("memory_bytes", null, resources?.memoryBytes ?? null),
      ...row("cost_per_hour", null, resources?.cost ?? null),
      ...Object.entries(counts === null ? {} : { ...counts, ...counts.failed, failed: undefined }).flatMap(
        ([name, n]) => (typeof n === "number" ? row(`requests_${name}`, null, { value: n, low: n, high: n }) : []),
      ),
    ];
  });
}
