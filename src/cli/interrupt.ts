import { exitCodes } from "./exit.ts";

/** A signal that reaches both a process and its group arrives twice within this time and counts once. */
const sameSignalMs = 500;

/**
 * Runs work that Ctrl-C ends early but in order: the first signal aborts it, a second one ends the process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let firstMs = -Infinity;
  const stop = () => {
    const nowMs = performance.now();
    if (!controller.signal.aborted) firstMs = nowMs;
    else if (nowMs - firstMs > sameSignalMs) process.exit(exitCodes.interrupted);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}
