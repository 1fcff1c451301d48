import type { Clock } from "./clock.ts";
import { monotonicSeconds } from "./monotonic.ts";
import { sleeper } from "./sleeper.ts";

/** The machine's monotonic clock, with waits that are late by microseconds rather than milliseconds. */
export function realClock(): Clock {
  const { at } = sleeper();
  return {
    now: monotonicSeconds,
    sleepUntil: (instant, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return void setImmediate(resolve);
        const takeBack = at(instant, () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        });
        const abort = (): void => {
          takeBack();
          resolve();
        };
        signal?.addEventListener("abort", abort, { once: true });
      }),
  };
}
