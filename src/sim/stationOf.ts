import type { TargetSpec } from "../scenario/scenario.ts";
import { ClientsRun } from "./clientsRun.ts";
import { EdgeRun } from "./edgeRun.ts";
import { KnativeRun } from "./knativeRun.ts";
import { NodeRun } from "./nodeRun.ts";
import { PerRequestRun } from "./perRequestRun.ts";
import { PipelineRun } from "./pipeline/pipelineRun.ts";
import type { RunInput, Station } from "./run.ts";
import { ServerRun } from "./serverRun.ts";
import { SpinkubeRun } from "./spinkubeRun.ts";

/** The simulation of a target, its clients' retries and hedges included. */
export function stationOf(input: RunInput): Station {
  const { retries, hedge } = input.target;
  if (retries === undefined && hedge === undefined) return bareStationOf(input);
  return new ClientsRun(input, { retries, hedge }, bareStationOf);
}

/**
 * The same for one that waits for its answers: the target's timeout then ends a request at its instant, and not when the answer would have come.
 */
export function answeringStationOf(input: RunInput): Station {
  const { retries, hedge, timeout } = input.target;
  return timeout === Infinity && retries === undefined && hedge === undefined
    ? bareStationOf(input)
    : new ClientsRun(input, { retries, hedge }, bareStationOf);
}

function bareStationOf(input: RunInput): Station {
  const { target } = input;
  switch (target.kind) {
    case "server":
      return new ServerRun(input as RunInput<typeof target>);
    case "perRequest":
      return new PerRequestRun(input as RunInput<typeof target>);
    case "spinkube":
      return new SpinkubeRun(input as RunInput<typeof target>);
    case "knative":
      return new KnativeRun(input as RunInput<typeof target>);
    case "edge":
      return new EdgeRun(input as RunInput<typeof target>);
    case "pipeline":
      return new PipelineRun(input as RunInput<typeof target>, answeringStationOf);
    case "node":
      return new NodeRun(input as RunInput<typeof target>);
    default:
      return unknownKind(target);
  }
}

function unknownKind(target: never): never {
  throw new RangeError(`simulate: there is no simulator for kind ${(target as TargetSpec).kind}`);
}
