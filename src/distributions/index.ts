import { deterministic } from "./deterministic.ts";
import { discrete } from "./discrete.ts";
import type { Distribution } from "./distribution.ts";
import { empirical } from "./empirical.ts";
import { erlang } from "./erlang.ts";
import { exponential } from "./exponential.ts";
import { gamma } from "./gamma.ts";
import { hyperexponential } from "./hyperexponential.ts";
import { lognormal } from "./lognormal.ts";
import { lomax } from "./lomax.ts";
import { mixture } from "./mixture.ts";
import { pareto } from "./pareto.ts";
import { phaseType } from "./phaseType.ts";
import { shifted } from "./shifted.ts";
import { uniform } from "./uniform.ts";
import { weibull } from "./weibull.ts";

export type { Distribution, TransformPart } from "./distribution.ts";
export { phaseTypeProblem } from "./phaseType.ts";
export { scaled } from "./scaled.ts";
export { scaledSpec } from "./scaledSpec.ts";

/** Every distribution a scenario can name. Adding one: a file, a line here, and its fields in scenario/schema. */
export const distributions = {
  deterministic,
  exponential,
  erlang,
  gamma,
  hyperexponential,
  lognormal,
  weibull,
  lomax,
  pareto,
  uniform,
  discrete,
  phaseType,
  shifted,
  mixture,
  empirical,
};

type Kinds = typeof distributions;
/** A distribution as plain data, times in seconds. */
export type DistributionSpec = { [K in keyof Kinds]: { readonly kind: K } & Parameters<Kinds[K]>[0] }[keyof Kinds];

export const distribution = (spec: DistributionSpec): Distribution => distributions[spec.kind](spec as never);
