import type { Seconds } from "../base/units.ts";

// On Linux and macOS every process and thread reads one monotonic clock, so instants can be compared between them.
// performance.now() is that clock from the process's own origin, and unlike hrtime() it allocates nothing.
const [seconds, nanoseconds] = process.hrtime();
const originSeconds = seconds + nanoseconds / 1e9 - performance.now() / 1e3;

/** The machine's monotonic clock: the same instant reads the same in every process of this machine. */
export const monotonicSeconds = (): Seconds => originSeconds + performance.now() / 1e3;
