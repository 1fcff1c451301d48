import { deploymentAt } from "../live/deployment.ts";
import { replay } from "../live/replay.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Schedule } from "../scenario/schedule.ts";
import { UsageError } from "./exit.ts";
import type { Places } from "./places.ts";
import { startProgress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

interface ReplayAtOptions {
  readonly terminal: Terminal;
  /** What the progress line calls it. */
  readonly what: string;
  readonly targets: readonly string[] | undefined;
  readonly seed: number | undefined;
  readonly signal: AbortSignal;
}

/** A replay at the places given, with its progress on stderr. */
export async function replayAt(scenario: Scenario, schedule: Schedule, places: Places, options: ReplayAtOptions) {
  const { terminal, what, targets, seed, signal } = options;
  if (!schedule.open().next()) throw new UsageError(`${schedule.name}: no request arrives; there is nothing to replay`);
  const progress = startProgress(terminal, what);
  const result = await replay(scenario, schedule, deploymentAt(Object.fromEntries(places)), {
    ...(targets === undefined ? {} : { targets }),
    ...(seed === undefined ? {} : { seed }),
    signal,
    onProgress: ({ target, share }) => progress.update(share, target),
  });
  progress.done(result.interrupted ? "interrupted" : "done");
  return result;
}
