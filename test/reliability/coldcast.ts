import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { answerFromJson } from "../../src/report/json.ts";
import type { AvailableAnswer, Counts } from "../../src/scenario/answer.ts";

const bin = fileURLToPath(new URL("../../bin/coldcast.js", import.meta.url));

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly err: string;
  readonly seconds: number;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said on stderr so far. */
  err(): string;
}

/** The command line as a process; `through` runs it by another command, such as a shell that sets a limit first. */
export function startColdcast(
  args: readonly string[],
  through: readonly string[] = [],
  options: SpawnOptions = {},
): Running {
  const from = performance.now();
  const [command, ...rest] = [...through, process.execPath, bin, ...args] as [string, ...string[]];
  const child = spawn(command, rest, { stdio: ["ignore", "ignore", "pipe"], ...options });
  let err = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = once(child, "close").then(
    ([code, signal]): Ended => ({ code, signal, err, seconds: (performance.now() - from) / 1e3 }),
  );
  return { child, ended, err: () => err };
}

export const coldcast = (args: readonly string[], through?: readonly string[]): Promise<Ended> =>
  startColdcast(args, through).ended;

/** The measured targets of a folder's `live.json`. */
export function measuredIn(folder: string): readonly AvailableAnswer[] {
  const file = join(folder, "live.json");
  return answerFromJson(readFileSync(file, "utf8"), file).targets.map((target) => {
    if (target.status === "unavailable") throw new Error(`${target.name}: nothing was measured`);
    return target;
  });
}

/** Whether every scheduled request is in one counter, and in one only. */
export function isAccounted({ scheduled, completed, failed, dropped, unsent }: Counts): boolean {
  const failures = Object.values(failed).reduce((sum, n) => sum + n, 0);
  return completed + failures + dropped + unsent === scheduled;
}
