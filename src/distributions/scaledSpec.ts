import { check } from "../base/check.ts";
import type { DistributionSpec } from "./index.ts";

/** Fields that hold times, in whatever distribution they stand. */
const times: ReadonlySet<string> = new Set(["value", "mean", "minimum", "low", "high", "by", "values", "means"]);

/**
 * A law's plain data with every time multiplied; `distribution` of it is the law `scaled`.
 *
 * @param factor in (0, ∞)
 * @example
 * scaledSpec({ kind: "exponential", mean: 2 }, 1.5) // => { kind: "exponential", mean: 3 }
 */
export function scaledSpec(spec: DistributionSpec, factor: number): DistributionSpec {
  check(factor > 0 && factor < Infinity, "scaledSpec", "factor must be in (0, ∞)", factor);
  const fields = Object.entries(spec).map(([name, value]) => [name, scaledField(name, value, factor)]);
  return Object.fromEntries(fields) as DistributionSpec;
}

function scaledField(name: string, value: unknown, factor: number): unknown {
  if (times.has(name)) return Array.isArray(value) ? value.map((each) => each * factor) : (value as number) * factor;
  if (name === "generator") return (value as number[][]).map((row) => row.map((rate) => rate / factor));
  if (name !== "of") return value;
  if (!Array.isArray(value)) return scaledSpec(value as DistributionSpec, factor);
  return value.map(({ weight, of }) => ({ weight, of: scaledSpec(of, factor) }));
}
