import { knativePods, type PodRow } from "./knativePods.ts";
import { meanError } from "./page.ts";

/** How a workload fares without a factor, and with the one fitted on the others. */
export interface WorkloadScore {
  readonly workload: PodRow["workload"];
  /** Mean absolute relative error of the ready pods, as stated. */
  readonly stated: number;
  /** The factor that the other workload wants, and this one's error with it. */
  readonly factor: number;
  readonly fitted: number;
  /** The same two on the rates that the peer's model was run at. */
  readonly statedAtPeerRates: number;
  readonly fittedAtPeerRates: number;
}

/** The rates of the DTMC's published run. */
const peerRates = [1, 2, 5, 10, 20];

export interface FactorStudy {
  readonly rows: readonly PodRow[];
  readonly scores: readonly WorkloadScore[];
  /** The one factor for both workloads together. */
  readonly globalFactor: number;
  readonly globalErrors: readonly { readonly workload: PodRow["workload"]; readonly error: number }[];
}

/**
 * The client-rate factor: what part of the stated rate the client really sent. A factor is never judged on what it was fitted to:
 * each workload gets the one that the other wants.
 */
export function factorStudy(options: {
  readonly factors: readonly number[];
  readonly replications: number;
  readonly every: number;
}): FactorStudy {
  const runs = new Map(options.factors.map((rateFactor) => [rateFactor, knativePods({ ...options, rateFactor })]));
  const rowsAt = (factor: number): PodRow[] => runs.get(factor) ?? [];
  const rows = rowsAt(1);
  const workloads = [...new Set(rows.map(({ workload }) => workload))];
  const error = (factor: number, workload: string, rates?: readonly number[]): number =>
    meanError(rowsAt(factor).filter((row) => row.workload === workload && (rates?.includes(row.rate) ?? true)));
  const best = (on: readonly string[]): number => {
    const cost = (factor: number): number => on.reduce((sum, workload) => sum + error(factor, workload), 0);
    return options.factors.toSorted((a, b) => cost(a) - cost(b))[0]!;
  };
  const globalFactor = best(workloads);
  return {
    rows,
    scores: workloads.map((workload) => {
      const factor = best(workloads.filter((other) => other !== workload));
      return {
        workload,
        factor,
        stated: error(1, workload),
        fitted: error(factor, workload),
        statedAtPeerRates: error(1, workload, peerRates),
        fittedAtPeerRates: error(factor, workload, peerRates),
      };
    }),
    globalFactor,
    globalErrors: workloads.map((workload) => ({ workload, error: error(globalFactor, workload) })),
  };
}
