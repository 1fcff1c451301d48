/** Everything a program can use; `coldcast/browser` is the part that needs neither sockets nor files. */
export * from "./browser.ts";
export { calibrate, type Fit } from "./live/calibrate.ts";
export { type Outcome, OutcomeLog } from "./live/outcomes.ts";
export { replay } from "./live/replay.ts";
