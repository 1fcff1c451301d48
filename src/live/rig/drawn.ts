import type { Seconds } from "../../base/units.ts";
import { type DistributionSpec, distribution } from "../../distributions/index.ts";
import { source } from "../../random/source.ts";

/** The rig's own draws of one purpose: a stream that neither the schedule nor the simulator uses. */
export const drawn = (spec: DistributionSpec, seed: number, target: string, purpose: string): (() => Seconds) =>
  distribution(spec).sampler(source(seed, target, purpose, "live"));
