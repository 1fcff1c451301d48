import { check } from "../base/check.ts";
import type { ArrivalProcess } from "./arrivals.ts";
import { fixed, isSingle } from "./batch.ts";
import { type ArrivalsSpec, arrivals } from "./index.ts";
import { merge } from "./merge.ts";

/**
 * Several independent processes together.
 *
 * @param of at least one process
 */
export function superposition({ of }: { readonly of: readonly ArrivalsSpec[] }): ArrivalProcess {
  check(of.length >= 1, "superposition", "needs at least one process", of.length);
  const parts = of.map((spec) => arrivals(spec));
  const origins = parts.map((part) => part.origins);
  const singlePoisson = parts.every((part) => part.poisson !== undefined && isSingle(part.poisson.batch));
  const rate = parts.reduce((sum, part) => sum + part.rate, 0);
  return {
    rate,
    finite: parts.every((part) => part.finite),
    origins: origins.reduce((sum, count) => sum + count, 0),
    ...(singlePoisson && { poisson: { rate, batch: fixed({ size: 1 }) } }),
    instants: (name) =>
      merge(
        parts.map((part, i) => part.instants([...name, i])),
        origins,
      ),
  };
}
