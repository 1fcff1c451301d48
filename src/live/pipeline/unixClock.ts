import type { Seconds } from "../../base/units.ts";
import { monotonicSeconds } from "../monotonic.ts";

const offset = performance.timeOrigin / 1e3 + performance.now() / 1e3 - monotonicSeconds();

/** From the machine's monotonic clock to Unix time, by the wall clock at the start of this process. */
export const toUnix = (monotonic: Seconds): Seconds => offset + monotonic;

/** Unix time to about a microsecond, never stepping back within this process. */
export const unixSeconds = (): Seconds => toUnix(monotonicSeconds());
