import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Answer } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { schedule } from "../scenario/schedule.ts";
import { combineReplications } from "../sim/combine.ts";
import type { ReplicationResult } from "../sim/runRecorder.ts";
import { replicationsByDefault, simulate } from "../sim/simulate.ts";

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
  const results = await spread(
    tasks,
    { scenario, seed, scheduleSeed, requests, batches: replications === 1 },
    Math.min(options.workers ?? availableParallelism(), tasks.length),
    options.onProgress,
    signal,
  );
  if (results === null) return null;
  const targets = names.map((name, i) =>
    combineReplications(scenario, name, results.slice(i * replications, (i + 1) * replications)),
  );
  return { ...shell, targets };
}

/** Hands tasks to whichever worker is free; results come back in the order of the tasks. */
async function spread(
  tasks: readonly Task[],
  setting: WorkerSetting,
  size: number,
  onProgress: ((share: number) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<ReplicationResult[] | null> {
  const file = import.meta.url.endsWith(".ts") ? "./simulateWorker.ts" : "./simulateWorker.js";
  const workers = Array.from(
    { length: size },
    () => new Worker(new URL(file, import.meta.url), { workerData: setting }),
  );
  const results: ReplicationResult[] = new Array(tasks.length);
  let next = 0;
  let done = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      if (signal?.aborted || tasks.length === 0) resolve();
      signal?.addEventListener("abort", () => resolve(), { once: true });
      for (const worker of workers) {
        let index = next++;
        worker.on("error", reject);
        worker.on("message", (result: ReplicationResult) => {
          results[index] = result;
          done++;
          onProgress?.(done / tasks.length);
          if (done === tasks.length) resolve();
          index = next++;
          if (index < tasks.length) worker.postMessage(tasks[index]);
        });
        worker.postMessage(tasks[index]);
      }
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return done === tasks.length ? results : null;
}
