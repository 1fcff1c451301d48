import { check } from "../base/check.ts";
import { scaledSpec } from "../distributions/index.ts";
import type { ArrivalsSpec } from "./index.ts";

/**
 * The same arrivals, so many times as often: rates are multiplied and the shape in time is kept (how long bursts, phases and
 * silences last); what has no rate to multiply is sped up as a whole.
 *
 * Bursts and closed clients are multiplied in number, rounded, and at least one.
 *
 * @param factor in (0, ∞)
 * @example
 * multiplied({ kind: "poisson", rate: 10 }, 3) // => { kind: "poisson", rate: 30 }
 */
export function multiplied(spec: ArrivalsSpec, factor: number): ArrivalsSpec {
  check(factor > 0 && factor < Infinity, "multiplied", "factor must be in (0, ∞)", factor);
  switch (spec.kind) {
    case "poisson":
    case "onOff":
    case "hawkes":
      return { ...spec, rate: spec.rate * factor };
    case "mmpp":
      return { ...spec, rates: spec.rates.map((rate) => rate * factor) };
    case "map":
      return { ...spec, d0: times(spec.d0, factor), d1: times(spec.d1, factor) };
    case "deterministic":
      return { ...spec, interval: spec.interval / factor };
    case "renewal":
      return { ...spec, interval: scaledSpec(spec.interval, 1 / factor) };
    case "profile":
      return { ...spec, points: spec.points.map(({ at, rate }) => ({ at, rate: rate * factor })) };
    case "devices":
      return { ...spec, each: multiplied(spec.each, factor) };
    case "superposition":
      return { ...spec, of: spec.of.map((part) => multiplied(part, factor)) };
    case "trace":
      return { ...spec, times: spec.times.map((at) => at / factor) };
    case "burst":
      return { ...spec, size: atLeastOne(spec.size * factor) };
    case "closed":
      return { ...spec, clients: atLeastOne(spec.clients * factor) };
  }
}

const times = (matrix: readonly (readonly number[])[], factor: number): number[][] =>
  matrix.map((row) => row.map((rate) => rate * factor));

const atLeastOne = (count: number): number => Math.max(1, Math.round(count));
