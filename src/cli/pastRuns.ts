import { existsSync } from "node:fs";
import { join } from "node:path";
import type { PastRun, Snapshot } from "../live/pipeline/snapshot.ts";
import { readTextFile, writeFileAtomic } from "./files.ts";

const fileOf = (folder: string): string => join(folder, "runs.ndjson");

/** The runs whose results went into a folder before, oldest first; lines that are none are passed over. */
export function readPastRuns(folder: string): readonly PastRun[] {
  const file = fileOf(folder);
  if (!existsSync(file)) return [];
  return readTextFile(file)
    .split("\n")
    .slice(-1 - runsMax)
    .flatMap((line): PastRun[] => {
      try {
        const run = JSON.parse(line) as Partial<PastRun>;
        return typeof run.run === "string" && typeof run.at === "string" && Array.isArray(run.targets)
          ? [{ run: run.run, at: run.at, verdict: verdictOf(run), targets: run.targets.filter(isFigures) }]
          : [];
      } catch {
        return [];
      }
    });
}

/** More would make every message to the dashboard long. */
const runsMax = 1000;

const verdictOf = ({ verdict }: Partial<PastRun>): PastRun["verdict"] =>
  verdict === "agree" || verdict === "disagree" || verdict === "inconclusive" ? verdict : null;

const isFigures = (target: unknown): target is PastRun["targets"][number] => {
  const { name, p50, p99 } = (target ?? {}) as Readonly<Record<string, unknown>>;
  return typeof name === "string" && Number.isFinite(p50) && Number.isFinite(p99);
};

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
  const file = fileOf(folder);
  const before = existsSync(file) ? readTextFile(file) : "";
  writeFileAtomic(file, `${before}${before === "" || before.endsWith("\n") ? "" : "\n"}${JSON.stringify(past)}\n`);
}

const millisecondsPerSecond = 1e3;
