import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** The command lines of running processes that hold `mark`, which a rig's processes carry in their configuration. */
export function processesWith(mark: string): string[] {
  const all = existsSync("/proc/self/cmdline")
    ? readdirSync("/proc").flatMap((pid) =>
        /^\d+$/.test(pid) && Number(pid) !== process.pid ? [commandLine(pid)] : [],
      )
    : execFileSync("ps", ["-axo", "args"], { encoding: "utf8" }).split("\n");
  return all.filter((line) => line.includes(mark) && /\/rig\/|\/host --rig /.test(line));
}

/** Resolves to what is still running when nothing is left, or after `withinMs`. */
export async function leftOver(mark: string, withinMs = 10_000): Promise<string[]> {
  for (let waited = 0; waited < withinMs && processesWith(mark).length > 0; waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return processesWith(mark);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return ""; // it ended while we looked
  }
}
