import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { PastRun, Snapshot } from "../live/pipeline/snapshot.ts";
import { readTextFile } from "./files.ts";

const fileOf = (folder: string): string => join(folder, "runs.ndjson");

/** The runs whose results went into a folder before, oldest first; lines that are none are passed over. */
export function readPastRuns(folder: string): readonly PastRun[] {
  const file = fileOf(folder);
  if (!existsSync(file)) return [];
  return readTextFile(file)
    .split("\n")
    .flatMap((line): PastRun[] => {
      try {
        const run = JSON.parse(line) as Partial<PastRun>;
        return typeof run.run === "string" && typeof run.at === "string" && Array.isArray(run.targets)
          ? [{ verdict: null, ...run } as PastRun]
          : [];
      } catch {
        return [];
      }
    });
}

/** Writes down what a run came to, for the next ones to look back on. */
export function addPastRun(folder: string, { run, atSeconds, verdict, targets }: Snapshot): void {
  const past: PastRun = {
    run,
    at: new Date(atSeconds * millisecondsPerSecond).toISOString(),
    verdict,
    targets: targets.flatMap(({ name, quantiles }) => {
      const of = (q: number) => quantiles.find((entry) => entry.q === q)?.seconds;
      const [p50, p99] = [of(0.5), of(0.99)];
      return p50 === undefined || p99 === undefined ? [] : [{ name, p50, p99 }];
    }),
  };
  mkdirSync(folder, { recursive: true });
  appendFileSync(fileOf(folder), `${JSON.stringify(past)}\n`);
}

const millisecondsPerSecond = 1e3;
