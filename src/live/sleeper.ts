import type { Seconds } from "../base/units.ts";
import { monotonicSeconds } from "./monotonic.ts";

/** Wakes callbacks at instants of the monotonic clock. */
export interface Sleeper {
  /** Calls `wake` at `instant` or as soon after as the event loop allows; the function returned takes it back. */
  at(instant: Seconds, wake: () => void): () => void;
}

interface Wake {
  readonly instant: Seconds;
  readonly call: () => void;
}

// A timer has a resolution of 1 ms and comes about 1 ms late, so the last stretch is walked in short steps.
const timerLeadSeconds = 2.2e-3;
// While this much is left, the thread sleeps in the kernel instead of burning a core that others need …
const napFromSeconds = 0.35e-3;
// … for slices so short that sockets hardly wait for them (the kernel adds 0.05 to 0.1 ms).
const napMs = 0.1;
/** The last stretch is spun, in slices; a turn of the event loop costs memory, so not one after every look at the clock. */
const spinSeconds = 50e-6;
const cell = new Int32Array(new SharedArrayBuffer(4));

/**
 * Precise waits on a thread that also does I/O.
 *
 * A timer covers all but the last two milliseconds; then slices of a tenth of a millisecond, with a turn of the event
 * loop after each, so that sockets are served meanwhile. One chain of slices serves all that wait.
 */
export function sleeper(): Sleeper {
  const waiting: Wake[] = []; // sorted, the earliest last
  let timer: NodeJS.Timeout | undefined;
  let stepping = false;

  const arm = (): void => {
    const next = waiting.at(-1);
    if (stepping || next === undefined) return;
    const remaining = next.instant - monotonicSeconds();
    clearTimeout(timer);
    if (remaining > timerLeadSeconds) {
      timer = setTimeout(arm, Math.min(Math.max(Math.floor((remaining - timerLeadSeconds) * 1e3), 1), 1e9));
    } else {
      stepping = true;
      setImmediate(step);
    }
  };

  const step = (): void => {
    const remaining = waiting.length === 0 ? Infinity : waiting.at(-1)!.instant - monotonicSeconds();
    let now = monotonicSeconds();
    if (remaining > napFromSeconds) {
      if (remaining < Infinity) Atomics.wait(cell, 0, 0, napMs);
      now = monotonicSeconds();
    } else {
      const until = now + Math.min(remaining, spinSeconds);
      while (now < until) now = monotonicSeconds();
    }
    while (waiting.length > 0 && waiting.at(-1)!.instant <= now) waiting.pop()!.call();
    if (waiting.length > 0 && waiting.at(-1)!.instant - monotonicSeconds() <= timerLeadSeconds) {
      setImmediate(step);
    } else {
      stepping = false;
      arm();
    }
  };

  return {
    at: (instant, call) => {
      const wake = { instant, call };
      let place = waiting.length;
      while (place > 0 && waiting[place - 1]!.instant <= instant) place--;
      waiting.splice(place, 0, wake);
      arm();
      return () => {
        const found = waiting.indexOf(wake);
        if (found >= 0) waiting.splice(found, 1);
        if (waiting.length === 0) clearTimeout(timer);
      };
    },
  };
}
