import type { Estimate } from "../../scenario/answer.ts";
import { type Exporter, figuresOf } from "./exporter.ts";

/** Every figure a row: engine, target, figure, at which level or time, value and interval. */
export const csvExport: Exporter = {
  format: "csv",
  describes: "CSV, a row per figure with its interval",
  write(reported) {
    const rows = figuresOf(reported).flatMap(({ from, target }) => {
      const { latency, breakdown, cold, instances, counts, resources } = target;
      const row = (figure: string, at: number | "", estimate: Estimate | null): string[] =>
        estimate === null
          ? []
          : [[from, target.name, target.kind, target.status, figure, at, ...cells(estimate)].join(",")];
      return [
        ...row("latency_mean_seconds", "", latency.mean),
        ...row("latency_variance_seconds2", "", latency.variance),
        ...latency.quantiles.flatMap(({ q, value }) => row("latency_quantile_seconds", q, value)),
        ...latency.cdf.flatMap(({ at, value }) => row("latency_cdf", at, value)),
        ...latency.buckets.flatMap(({ upTo, value }) => row("latency_bucket", upTo, value)),
        ...row("within_objective", "", latency.withinObjective),
        ...Object.entries(breakdown).flatMap(([part, value]) =>
          row(`breakdown_${part}_seconds`, "", value as Estimate),
        ),
        ...row("overhead", "", target.overhead),
        ...row("cold_probability", "", cold.probability),
        ...row("starts_per_second", "", cold.startsPerSecond),
        ...Object.entries(instances).flatMap(([state, value]) =>
          row(`instances_${state}`, "", value as Estimate | null),
        ),
        ...row("memory_bytes", "", resources?.memoryBytes ?? null),
        ...row("cost_per_hour", "", resources?.cost ?? null),
        ...Object.entries(counts === null ? {} : { ...counts, ...counts.failed, failed: undefined }).flatMap(
          ([name, n]) => (typeof n === "number" ? row(`requests_${name}`, "", { value: n, low: n, high: n }) : []),
        ),
      ];
    });
    return ["engine,target,kind,status,figure,at,value,low,high", ...rows, ""].join("\n");
  },
};

/** Unknown is empty. */
const cells = ({ value, low, high }: Estimate): string[] =>
  [value, low, high].map((number) => (Number.isNaN(number) ? "" : String(number)));
