import type { Answer, AvailableAnswer } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { schedule } from "../scenario/schedule.ts";
import { combineReplications } from "../sim/combine.ts";
import { pairedDifferences } from "../sim/differences.ts";
import { nextReplications, type Precision, precisionName, relativeError } from "../sim/precision.ts";
import type { ReplicationResult } from "../sim/runRecorder.ts";
import { replicationsByDefault, simulate } from "../sim/simulate.ts";
import type { KeptReplications } from "./keptReplications.ts";
import { workerPool } from "./workerPool.ts";

export interface ParallelOptions {
  readonly seed?: number;
  /** All replications replay the schedule of this seed, and differ in the platform's own draws only. */
  readonly scheduleSeed?: number;
  readonly replications?: number;
  readonly requests?: number;
  readonly targets?: readonly string[];
  readonly workers?: number;
  /** More replications until a figure is known this well. */
  readonly precision?: Precision;
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
  /** Keeps each replication that is done, and gives those that were kept before. */
  readonly kept?: KeptReplications | undefined;
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
 * With a precision, each target gets more replications until its figure is known that well or the most there may be are done.
 *
 * @returns null where the signal ended it
 */
export async function simulateParallel(scenario: Scenario, options: ParallelOptions = {}): Promise<Answer | null> {
  const { seed, scheduleSeed, requests, precision, signal, kept } = options;
  const atFirst = Math.min(options.replications ?? replicationsByDefault, precision?.most ?? Infinity);
  const played = scheduleSeed === undefined ? undefined : schedule(scenario, { seed: scheduleSeed, requests });
  const shell = simulate(scenario, { schedule: played, seed, requests, replications: atFirst, targets: [] });
  const setting: WorkerSetting = { scenario, seed, scheduleSeed, requests, batches: atFirst === 1 };
  kept?.open(setting);
  const pool = workerPool<Task, ReplicationResult>({
    script: "simulateWorker",
    setting,
    workers: options.workers,
    signal,
  });
  const targets = scenario.targets
    .filter(({ name }) => options.targets?.includes(name) ?? true)
    .map(({ name }) => new OpenTarget(name, atFirst));
  let total = targets.length * atFirst;
  let done = 0;
  try {
    for (let open = targets; open.length > 0; open = open.filter((target) => target.answer === null)) {
      const tasks = open.flatMap((target) => target.tasks());
      const known = tasks.map((task) => kept?.take(task));
      done += known.filter((result) => result !== undefined).length;
      const missing = tasks.filter((_, i) => known[i] === undefined);
      const simulated = await pool.run(missing, (result) => {
        kept?.keep(result);
        options.onProgress?.(++done / total);
      });
      if (simulated === null) return null;
      const fresh = simulated.values();
      for (const [i, { target }] of tasks.entries()) {
        open.find(({ name }) => name === target)!.results.push(known[i] ?? fresh.next().value!);
      }
      for (const target of open) target.close(scenario, precision);
      total = targets.reduce((sum, { wanted }) => sum + wanted, 0);
    }
  } finally {
    await pool.close();
  }
  const { quantiles } = scenario.report;
  const differences =
    atFirst === 1
      ? []
      : pairedDifferences(
          targets.map(({ results }) => results),
          quantiles,
        );
  return {
    ...shell,
    targets: targets.map(({ answer }) => answer!),
    ...(differences.length > 0 && { differences }),
  };
}

/** A target until it has its answer. */
class OpenTarget {
  readonly name: string;
  readonly results: ReplicationResult[] = [];
  wanted: number;
  answer: AvailableAnswer | null = null;

  constructor(name: string, wanted: number) {
    this.name = name;
    this.wanted = wanted;
  }

  tasks(): Task[] {
    return Array.from({ length: this.wanted - this.results.length }, (_, i) => ({
      target: this.name,
      replication: this.results.length + i,
    }));
  }

  /** Takes the answer, or wants more. */
  close(scenario: Scenario, precision: Precision | undefined): void {
    const answer = combineReplications(scenario, this.name, this.results);
    if (precision === undefined) {
      this.answer = answer;
      return;
    }
    const { relative: wanted, of, most } = precision;
    const reached = relativeError(answer, of);
    const replications = this.results.length;
    if (reached <= wanted || replications >= most) {
      this.answer = { ...answer, precision: { of: precisionName(of), wanted, reached, replications } };
    } else {
      this.wanted = nextReplications(replications, reached, precision);
    }
  }
}
