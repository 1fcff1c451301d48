import { watch } from "node:fs";
import { basename, dirname } from "node:path";
import { describeError } from "./exit.ts";
import { interruptible } from "./interrupt.ts";
import type { Terminal } from "./terminal.ts";

/** Editors write a file in several steps; one change is over when nothing more comes for so long. */
const settledMs = 150;

/**
 * Does the work now and whenever the file changes, until Ctrl-C. What is wrong with the file is said, and waited for to be mended.
 *
 * The folder is watched, because editors replace files.
 */
export async function whileWatching(terminal: Terminal, file: string, work: () => Promise<void>): Promise<void> {
  await interruptible(async (signal) => {
    let timer: NodeJS.Timeout | undefined;
    let wake = () => {};
    let changed = true;
    const changes = watch(dirname(file), { signal }, (_, name) => {
      if (name !== null && name !== basename(file)) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        changed = true;
        wake();
      }, settledMs);
    });
    changes.on("error", () => wake());
    signal.addEventListener("abort", () => wake());
    while (!signal.aborted) {
      if (changed) {
        changed = false;
        await work().catch((error: unknown) => terminal.err(`${describeError(error).message}\n`));
        terminal.err(`watching ${file}; Ctrl-C ends it\n`);
      }
      if (changed || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    clearTimeout(timer);
  });
}
