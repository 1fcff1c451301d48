import type { Scenario } from "../scenario/scenario.ts";
import { type ReplicationOptions, simulateReplication } from "./simulate.ts";
import { type TraceData, TraceRecorder } from "./traceRecorder.ts";

export interface TraceOptions extends Pick<ReplicationOptions, "seed" | "requests" | "schedule"> {
  /** Which requests to keep, by their number from 0; all when absent. */
  readonly wanted?: ((number: number) => boolean) | undefined;
  /** Requests, instances and changes of counters to keep, of each; default 100,000. */
  readonly most?: number | undefined;
}

/**
 * Replication 0 of a target, watched: the very run that `simulate` does, request by request and instance by instance.
 *
 * @throws {RangeError} as `simulateReplication`
 */
export function traceReplication(scenario: Scenario, targetName: string, options: TraceOptions = {}): TraceData {
  const { wanted = () => true, most = 100_000, ...rest } = options;
  let trace: TraceRecorder | undefined;
  simulateReplication(scenario, targetName, 0, {
    ...rest,
    watch: (recorder) => {
      trace = new TraceRecorder(recorder, { wanted, most });
      return trace;
    },
  });
  const kind = scenario.targets.find(({ name }) => name === targetName)!.kind;
  return trace!.data(targetName, kind);
}
