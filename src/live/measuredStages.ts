import type { Seconds } from "../base/units.ts";
import type { Estimate, StageAnswer } from "../scenario/answer.ts";
import { edgeParts } from "../scenario/edge.ts";
import { latencyOverTime } from "../scenario/latencyOverTime.ts";
import type { ReportSpec } from "../scenario/scenario.ts";
import type { OutcomeLog } from "./outcomes.ts";

/**
 * Network and compute of the requests whose answers' headers tell them apart, and how well they do; no stages where none does.
 *
 * Every figure is wider by how far off the headers may be as they are written.
 */
export function networkAndCompute(
  log: OutcomeLog,
  rows: Int32Array,
  report: ReportSpec,
): { readonly stages: readonly StageAnswer[]; readonly notes: readonly string[] } {
  const told = rows.filter((i) => !Number.isNaN(log.compute[i]!));
  if (told.length === 0) return { stages: [], notes: [] };
  const instants = Float64Array.from(told, (i) => log.at[i]!);
  const within = told.reduce((most, i) => Math.max(most, log.computeWithin[i]!), 0);
  const secondsOf: Readonly<Record<(typeof edgeParts)[number], (i: number) => Seconds>> = {
    network: (i) => Math.max(log.latency[i]! - log.compute[i]!, 0),
    compute: (i) => Math.min(log.compute[i]!, log.latency[i]!),
  };
  const stages = edgeParts.map((name) => {
    const { mean, quantiles } = latencyOverTime(Float64Array.from(told, secondsOf[name]), instants, report);
    const wider = ({ value, low, high }: Estimate): Estimate => ({
      value,
      low: Math.max(low - within, 0),
      high: high + within,
    });
    return {
      name,
      kind: name,
      mean: wider(mean),
      quantiles: quantiles.map((row) => ({ ...row, value: wider(row.value) })),
    };
  });
  const precision = `to ±${Number((within * 1e3).toPrecision(2))} ms`;
  const share = told.length === rows.length ? "all answers" : `${told.length} of ${rows.length} answers`;
  return { stages, notes: [`network and compute by the headers of ${share}, ${precision}`] };
}
