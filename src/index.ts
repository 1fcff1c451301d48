/** Everything a program can use; `coldcast/browser` is the part that needs neither sockets nor files. */
export * from "./browser.ts";
export { calibrate, type Fit } from "./live/calibrate.ts";
export { type Deployment, type DeploymentContext, deploymentAt } from "./live/deployment.ts";
export { type Outcome, OutcomeLog } from "./live/outcomes.ts";
export { type Replay, type ReplayOptions, type ReplayProgress, replay } from "./live/replay.ts";
export type { Prepared, Reply, Request, Target, TargetReport } from "./live/targets/target.ts";
