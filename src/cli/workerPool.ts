import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

/** Threads that work off tasks. */
export interface WorkerPool<Task, Result> {
  /**
   * Hands tasks to whichever thread is free.
   *
   * @returns the results in the order of the tasks; null where the signal ended it
   */
  run(tasks: readonly Task[], onResult?: (result: Result, index: number) => void): Promise<Result[] | null>;
  close(): Promise<void>;
}

export interface WorkerPoolOptions {
  /** A file of this folder, without its ending: it answers every message by one. */
  readonly script: "simulateWorker" | "sweepWorker";
  /** What every thread starts with. */
  readonly setting: unknown;
  /** Threads at most; default one per core. */
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Threads start when there is work for them, and stay until the pool is closed. */
export function workerPool<Task, Result>(options: WorkerPoolOptions): WorkerPool<Task, Result> {
  const { script, setting, workers: most = availableParallelism(), signal } = options;
  const url = new URL(`./${script}.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url);
  const workers: Worker[] = [];

  async function run(tasks: readonly Task[], onResult?: (result: Result, index: number) => void) {
    while (workers.length < Math.min(most, tasks.length)) workers.push(new Worker(url, { workerData: setting }));
    const results: Result[] = new Array(tasks.length);
    let next = 0;
    let done = 0;
    await new Promise<void>((resolve, reject) => {
      if (signal?.aborted || tasks.length === 0) return resolve();
      signal?.addEventListener("abort", () => resolve(), { once: true });
      for (const worker of workers) {
        let index = next++;
        worker.removeAllListeners();
        worker.on("error", reject);
        worker.on("message", (result: Result) => {
          if (signal?.aborted) return;
          results[index] = result;
          try {
            onResult?.(result, index);
          } catch (error) {
            return reject(error);
          }
          if (++done === tasks.length) resolve();
          index = next++;
          if (index < tasks.length) worker.postMessage(tasks[index]);
        });
        if (index < tasks.length) worker.postMessage(tasks[index]);
      }
    });
    return done === tasks.length ? results : null;
  }

  return { run, close: async () => void (await Promise.all(workers.map((worker) => worker.terminate()))) };
}
