import type { Clock } from "./clock.ts";
import { monotonicSeconds } from "./monotonic.ts";

/** Waits longer than this are taken in steps: a timer counts milliseconds in 31 bits. */
const longestMs = 1e9;

/**
 * The machine's monotonic clock, with waits that are late by a millisecond or two, as timers are, and cost nothing: for
 * processes that have other things to do meanwhile.
 */
export function timerClock(): Clock {
  return {
    now: monotonicSeconds,
    sleepUntil: (instant, signal) =>
      new Promise((resolve) => {
        let timer: NodeJS.Timeout;
        const finish = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", finish);
          resolve();
        };
        const wait = (): void => {
          const remainingMs = (instant - monotonicSeconds()) * 1e3;
          if (signal?.aborted || remainingMs <= 0) return void setImmediate(finish);
          timer = setTimeout(wait, Math.min(Math.ceil(remainingMs), longestMs));
        };
        signal?.addEventListener("abort", finish, { once: true });
        wait();
      }),
  };
}
