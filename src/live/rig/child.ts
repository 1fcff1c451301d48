import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import type { Seconds } from "../../base/units.ts";
import { monotonicSeconds } from "../monotonic.ts";

/** A process of the rig, as its parent sees it. */
export interface Child<Report> {
  readonly pid: number | undefined;
  /** The instant just before the process was ordered from the system. */
  readonly orderedAt: Seconds;
  tell(message: unknown): void;
  /** Kills it now. */
  kill(): void;
  /** Resolves when it is gone, with what it wrote to stderr. */
  readonly gone: Promise<string>;
  /** Calls back for each message from now on. */
  onMessage(receive: (message: Report) => void): void;
}

/**
 * The flag of a process that runs Wasm: an instance's memory is checked by code, not by reserving 10 GB of addresses. A
 * fresh instance per request would otherwise use the address space up and stop the host to collect every hundred requests.
 */
export const wasmFlags = ["--disable-wasm-trap-handler"] as const;

/**
 * Starts one of the rig's scripts as a process that cannot outlive this one.
 *
 * The child holds one end of a channel whose other end dies with us, however we die; it exits when the channel closes.
 * It gets its own process group, so that Ctrl-C in a terminal reaches only the replayer, which then stops it in order.
 *
 * @param script the file name without extension, next to this file: `.ts` from source, `.js` when built
 */
export function startChild<Report>(script: string, config: unknown, flags: readonly string[] = []): Child<Report> {
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const file = fileURLToPath(new URL(`./${script}${extension}`, import.meta.url));
  const orderedAt = monotonicSeconds();
  const child = spawn(process.execPath, ["--no-warnings", ...flags, file, JSON.stringify(config)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    // On Windows a process of its own group has a console window of its own, too; there the children ignore Ctrl-C (parent.ts).
    detached: process.platform !== "win32",
    windowsHide: true,
    env: { PATH: process.env.PATH ?? "" },
  });

  return {
    ...adopt(child, orderedAt),
    tell: (message) => {
      if (child.connected) child.send(message as object, () => {});
    },
    onMessage: (receive) => void child.on("message", receive as (message: unknown) => void),
  };
}

/** What every process of the rig has: its place behind the sender, its complaints, its end. */
export function adopt(
  child: ChildProcess,
  orderedAt: Seconds,
): Pick<Child<never>, "pid" | "orderedAt" | "kill" | "gone"> {
  if (child.pid !== undefined) stepBack(child.pid);
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-4000);
  });
  const gone = new Promise<string>((resolve) => {
    child.once("exit", () => resolve(complaint));
    child.once("error", (error) => resolve(error.message));
  });
  return { pid: child.pid, orderedAt, kill: () => void child.kill("SIGKILL"), gone };
}

/** How far behind the sender, in the system's steps of niceness; all the rig's processes alike. */
const steps = 10;

/**
 * Lets the sender go first where both want a core: its lateness would otherwise be the rig's doing. Linux schedules
 * sessions as groups, so a group's own niceness counts there; elsewhere the process's does. What the system refuses is
 * left as it is.
 */
function stepBack(pid: number): void {
  for (const attempt of [
    () => setPriority(pid, steps),
    () => writeFileSync(`/proc/${pid}/autogroup`, `${steps}`, { flag: "r+" }),
  ]) {
    try {
      attempt();
    } catch {
      // The replay goes on, only less punctual; its lateness is measured and reported.
    }
  }
}
