import type { AvailableAnswer, StageAnswer } from "../scenario/answer.ts";
import type { QuantileComparison } from "./compare.ts";
import { judgeQuantile, knownDifference, ratioOf, type Tolerance, type Verdict } from "./tolerance.ts";

/** One stage of a pipeline as predicted against as measured. */
export interface StageComparison {
  readonly name: string;
  readonly kind: string;
  /** That of its worst quantile. It tells where a target's error comes from, and is no part of the target's verdict. */
  readonly verdict: Verdict;
  readonly quantiles: readonly QuantileComparison[];
}

const severity: readonly Verdict[] = ["agree", "inconclusive", "disagree"];

/** The stages that both answers tell quantiles of, judged one by one as targets are, but for the KS distance. */
export function compareStages(
  prediction: AvailableAnswer,
  measured: AvailableAnswer,
  { tolerance, quantiles }: { readonly tolerance: Tolerance; readonly quantiles: readonly number[] },
): StageComparison[] {
  return (measured.stages ?? []).flatMap((stage): StageComparison[] => {
    const predicted = prediction.stages?.find(({ name }) => name === stage.name);
    const rows = quantiles.flatMap((q): QuantileComparison[] => {
      const [p, m] = [quantileOf(predicted, q), quantileOf(stage, q)];
      if (p === undefined || m === undefined) return [];
      const verdict = judgeQuantile(p, m, tolerance);
      return [
        { q, predicted: p.value, measured: m.value, ratio: ratioOf(p, m), difference: knownDifference(p, m), verdict },
      ];
    });
    if (rows.length === 0) return [];
    const worst = Math.max(...rows.map(({ verdict }) => severity.indexOf(verdict)));
    return [{ name: stage.name, kind: stage.kind, verdict: severity[worst]!, quantiles: rows }];
  });
}

const quantileOf = (stage: StageAnswer | undefined, q: number) =>
  stage?.quantiles?.find((row) => Math.abs(row.q - q) < 1e-12)?.value;
