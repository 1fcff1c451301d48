import {
  closedClients,
  edges,
  kafkaPipelines,
  limitedQueues,
  manyServers,
  pipelines,
  revisions,
} from "./manyServers.ts";
import { batchServers, fittedServers, mapServers, singleServers } from "./oneServer.ts";
import { servers } from "./twelveServers.ts";

/** A scenario as its document's parts; the target's name is left to the comparison. */
export interface AgreementCase {
  readonly name: string;
  readonly arrivals: object;
  readonly work: object;
  readonly target: object;
}

/** The first `count` scenarios of a list without end, the same each time. */
export type Family = (count: number) => readonly AgreementCase[];

/** Every family that model and simulator are compared on. */
export const families: Readonly<Record<string, Family>> = {
  servers,
  single: singleServers,
  batch: batchServers,
  map: mapServers,
  fitted: fittedServers,
  many: manyServers,
  limited: limitedQueues,
  edge: edges,
  pipeline: pipelines,
  kafka: kafkaPipelines,
  closed: closedClients,
  knative: revisions,
};
