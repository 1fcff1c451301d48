import type { Answer } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { schedule } from "../scenario/schedule.ts";
import { combineReplications } from "../sim/combine.ts";
import type { ReplicationResult } from "../sim/runRecorder.ts";
import { replicationsByDefault, simulate } from "../sim/simulate.ts";
import { workerPool } from "./workerPool.ts";

export interface ParallelOptions {
  readonly seed?: number;
  /** All replications replay the schedule of this seed, and differ in the platform's own draws only. */
  readonly scheduleSeed?: number;
  readonly replications?: number;
  readonly requests?: number;
  readonly targets?: readonly string[];
  readonly workers?: number;
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** What every worker starts with. */
export interface WorkerSetting {
  readonly scenario: Scenario;
  readonly seed: number | undefined;
  readonly scheduleSeed: number | undefined;
  readonly requests: number | undefined;
  readonly batches: boolean;
}

export interface Task {
  readonly target: string;
  readonly replication: number;
}

/**
 * `simulate`, its replications spread over threads: the same answer to the last bit for any number of them.
 *
 * @returns null where the signal ended it
 */
export async function simulateParallel(scenario: Scenario, options: ParallelOptions = {}): Promise<Answer | null> {
  const { seed, scheduleSeed, requests, replications = replicationsByDefault, signal } = options;
  const played = scheduleSeed === undefined ? undefined : schedule(scenario, { seed: scheduleSeed, requests });
  const shell = simulate(scenario, { schedule: played, seed, requests, replications, targets: [] });
  const names = scenario.targets.map(({ name }) => name).filter((name) => options.targets?.includes(name) ?? true);
  const tasks = names.flatMap((target) =>
    Array.from({ length: replications }, (_, replication) => ({ target, replication })),
  );
  const setting: WorkerSetting = { scenario, seed, scheduleSeed, requests, batches: replications === 1 };
  const pool = workerPool<Task, ReplicationResult>({
    script: "simulateWorker",
    setting,
    workers: options.workers,
    signal,
  });
  let done = 0;
  const results = await pool.run(tasks, () => options.onProgress?.(++done / tasks.length)).finally(pool.close);
  if (results === null) return null;
  const targets = names.map((name, i) =>
    combineReplications(scenario, name, results.slice(i * replications, (i + 1) * replications)),
  );
  return { ...shell, targets };
}
