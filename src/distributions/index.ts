import { deterministic } from "./deterministic.ts";
import type { Distribution } from "./distribution.ts";
import { exponential } from "./exponential.ts";

export type { Distribution, TransformPart } from "./distribution.ts";

/** Every distribution a scenario can name. Adding one: a file, a line here, and its fields in scenario/schema. */
export const distributions = { deterministic, exponential };

type Kinds = typeof distributions;
/** A distribution as plain data, times in seconds. */
export type DistributionSpec = { [K in keyof Kinds]: { readonly kind: K } & Parameters<Kinds[K]>[0] }[keyof Kinds];

export const distribution = (spec: DistributionSpec): Distribution => distributions[spec.kind](spec as never);
