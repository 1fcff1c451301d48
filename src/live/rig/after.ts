import type { Seconds } from "../../base/units.ts";

/** The longest a timer can wait, just under 25 days; Node fires one that is set for longer at once. */
const timerMaxMs = 2 ** 31 - 1;

/** Does something so much later; never where that lies beyond what a timer can count, which no replay outlasts. */
export const after = (seconds: Seconds, act: () => void): NodeJS.Timeout | undefined =>
  seconds * 1e3 <= timerMaxMs ? setTimeout(act, seconds * 1e3) : undefined;
