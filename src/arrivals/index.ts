import type { ArrivalProcess } from "./arrivals.ts";
import { burst } from "./burst.ts";
import { closed } from "./closed.ts";
import { deterministic } from "./deterministic.ts";
import { devices } from "./devices.ts";
import { hawkes } from "./hawkes.ts";
import { map } from "./map.ts";
import { mmpp } from "./mmpp.ts";
import { onOff } from "./onOff.ts";
import { poisson } from "./poisson.ts";
import { profile } from "./profile.ts";
import { renewal } from "./renewal.ts";
import { superposition } from "./superposition.ts";
import { trace } from "./trace.ts";

export type { ArrivalProcess, Instants, MarkovianArrivals } from "./arrivals.ts";
export { type Batch, type BatchSpec, isSingle } from "./batch.ts";
export { mapProblem } from "./map.ts";
export { multiplied } from "./multiplied.ts";

/** Every arrival process a scenario can name. Adding one: a file, a line here, and its fields in scenario/schema. */
export const arrivalProcesses = {
  poisson,
  deterministic,
  renewal,
  mmpp,
  map,
  onOff,
  hawkes,
  profile,
  devices,
  superposition,
  burst,
  trace,
  closed,
};

type Kinds = typeof arrivalProcesses;
/** An arrival process as plain data, times in seconds, rates per second. */
export type ArrivalsSpec = { [K in keyof Kinds]: { readonly kind: K } & Parameters<Kinds[K]>[0] }[keyof Kinds];

export const arrivals = (spec: ArrivalsSpec): ArrivalProcess => arrivalProcesses[spec.kind](spec as never);
