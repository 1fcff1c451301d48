import type { Seconds } from "../base/units.ts";
import { deploymentAt } from "../live/deployment.ts";
import type { Rendezvous } from "../live/rendezvous.ts";
import { type ReplayOptions, replay } from "../live/replay.ts";
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
  readonly senders?: number | undefined;
  readonly rendezvous?: Rendezvous | undefined;
  /** How long what is in a cluster may take to become ready. */
  readonly wait?: Seconds | undefined;
  /** Certificates to trust, as PEM text, in place of the system's. */
  readonly ca?: string | undefined;
  readonly onRecord?: ReplayOptions["onRecord"];
  readonly onTarget?: ReplayOptions["onTarget"];
}

/** A replay at the places given, with its progress on stderr. */
export async function replayAt(scenario: Scenario, schedule: Schedule, places: Places, options: ReplayAtOptions) {
  const { terminal, what, targets, seed, signal, senders, rendezvous, wait, ca, onRecord, onTarget } = options;
  if (!schedule.open().next()) throw new UsageError(`${schedule.name}: no request arrives; there is nothing to replay`);
  const progress = startProgress(terminal, what);
  // Said at once: of a long schedule, measuring and writing what there is takes a while.
  const tell = (): void => progress.done("interrupted");
  signal.addEventListener("abort", tell, { once: true });
  const how = { ca, ...(wait === undefined ? {} : { patienceSeconds: wait }) };
  const result = await replay(scenario, schedule, deploymentAt(Object.fromEntries(places), "rig", how), {
    targets,
    seed,
    senders,
    rendezvous,
    signal,
    onRecord,
    onTarget,
    onProgress: ({ target, share }) => progress.update(share, target),
  }).finally(() => signal.removeEventListener("abort", tell));
  if (!result.interrupted) progress.done();
  return result;
}
