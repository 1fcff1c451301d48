import { appendFileSync } from "node:fs";
import { version } from "../base/version.ts";
import type { Answer } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { SweepPoint, SweepRecord, Variation } from "../scenario/variations.ts";
import { ofFile } from "./exit.ts";
import { sha256Hex, writeFileAtomic } from "./files.ts";
import { readSweepLine, resumeSweep, sweepLine } from "./sweepFile.ts";
import type { SweepSetting } from "./sweepWorker.ts";
import { workerPool } from "./workerPool.ts";

export interface SweepPlan {
  readonly points: readonly SweepPoint[];
  /** See `SweepRecord`. */
  readonly sweep: string;
  readonly setting: SweepSetting;
}

/** What tells this sweep from any other whose points must not be mixed with its own. */
export function sweepName(scenario: Scenario, variations: readonly Variation[], setting: SweepSetting): string {
  return sha256Hex(JSON.stringify([version, scenario.sha256, scenario.seed, variations, setting]));
}

/** Shard `index` of `count` answers every count-th point. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * Answers the points of a shard that its file does not hold yet, each on a thread of its own, and adds every one to the file at once.
 *
 * A run that is killed goes on where it was. When all are there, the file is written anew in order: the same bytes for any number of threads
 * and interruptions.
 *
 * @returns the records in order; null where the signal ended it
 */
export async function runSweep(
  { points, sweep, setting }: SweepPlan,
  { index, count }: Shard,
  options: {
    readonly file: string;
    readonly workers: number | undefined;
    readonly signal: AbortSignal;
    onProgress(share: number): void;
  },
): Promise<SweepRecord[] | null> {
  const mine = points.filter((point) => point.index % count === index);
  const lines = resumeSweep(options.file, sweep);
  const open = mine.filter((point) => !lines.has(point.index));
  const { workers, signal } = options;
  const pool = workerPool<Scenario, Answer>({ script: "sweepWorker", setting, workers, signal });
  const finished = await pool
    .run(
      open.map(({ scenario }) => scenario),
      (answer, i) => {
        const { index: point, values } = open[i]!;
        const line = sweepLine({ coldcastSweep: 1, sweep, point, of: points.length, values, answer });
        try {
          appendFileSync(options.file, line);
        } catch (error) {
          throw ofFile(error, options.file);
        }
        lines.set(point, line.trimEnd());
        options.onProgress(lines.size / mine.length);
      },
    )
    .finally(pool.close);
  if (finished === null) return null;
  const inOrder = mine.map((point) => lines.get(point.index)!);
  writeFileAtomic(options.file, inOrder.map((line) => `${line}\n`).join(""));
  return inOrder.map((line) => readSweepLine(line, options.file));
}
