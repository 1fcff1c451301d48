import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { Clock } from "./clock.ts";

/** A clock that jumps to the next event once all code that was woken has run: tests take no time and repeat exactly. */
export interface VirtualClock extends Clock {
  /** Calls `event` at `instant`; events of one instant keep their order. */
  at(instant: Seconds, event: () => void): void;
}

interface Event {
  readonly instant: Seconds;
  readonly call: () => void;
}

/**
 * @param startSeconds the first instant
 * @example
 * virtualClock().now() // => 0
 */
export function virtualClock(startSeconds: Seconds = 0): VirtualClock {
  const events: Event[] = []; // sorted, the earliest last
  let now = startSeconds;
  let pumping = false;

  const pump = (): void => {
    const event = events.pop();
    if (event === undefined) {
      pumping = false;
      return;
    }
    now = Math.max(now, event.instant);
    event.call();
    setImmediate(pump); // promises that the event resolved run before the next one
  };

  const at = (instant: Seconds, call: () => void): void => {
    check(instant >= 0 || instant < 0, "virtualClock", "instant must be a number", instant);
    let place = events.length;
    while (place > 0 && events[place - 1]!.instant <= instant) place--;
    events.splice(place, 0, { instant, call });
    if (pumping) return;
    pumping = true;
    setImmediate(pump);
  };

  return {
    now: () => now,
    at,
    sleepUntil: (instant, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return void setImmediate(resolve);
        at(instant, resolve);
        signal?.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
}
