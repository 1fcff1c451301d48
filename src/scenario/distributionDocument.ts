import type { DistributionSpec } from "../distributions/index.ts";
import { durationText } from "./quantityText.ts";

/** A distribution as a document has it. */
export function distributionDocument(spec: DistributionSpec): unknown {
  switch (spec.kind) {
    case "deterministic":
      return durationText(spec.value);
    case "exponential":
    case "erlang":
    case "gamma":
    case "lognormal":
    case "weibull":
    case "lomax":
      return { ...spec, mean: durationText(spec.mean) };
    case "pareto":
      return { ...spec, minimum: durationText(spec.minimum) };
    case "hyperexponential":
      return "mean" in spec
        ? { ...spec, mean: durationText(spec.mean) }
        : { ...spec, means: spec.means.map(durationText) };
    case "uniform":
      return { ...spec, low: durationText(spec.low), high: durationText(spec.high) };
    case "discrete":
    case "empirical":
      return { ...spec, values: spec.values.map(durationText) };
    case "phaseType":
      return { ...spec, initial: [...spec.initial], generator: spec.generator.map((row) => [...row]) };
    case "shifted":
      return { ...spec, by: durationText(spec.by), of: distributionDocument(spec.of) };
    case "mixture":
      return { ...spec, of: spec.of.map(({ weight, of }) => ({ weight, of: distributionDocument(of) })) };
  }
}
