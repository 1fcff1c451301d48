import { check } from "../base/check.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import { type Distribution, type DistributionSpec, distribution } from "../distributions/index.ts";
import { type Source, source } from "../random/source.ts";
import { standardExponential } from "../random/standardExponential.ts";
import type { ArrivalProcess } from "./arrivals.ts";
import { fixed } from "./batch.ts";
import { modulated } from "./mmpp.ts";

/**
 * Poisson requests during on-times, silence during off-times, the two alternating; starts stationary.
 *
 * @param on length of an on-time, mean in (0, ∞)
 * @param off length of an off-time, mean in (0, ∞)
 * @param rate requests per second while on, in (0, ∞)
 */
export function onOff({
  on: onSpec,
  off: offSpec,
  rate,
}: {
  readonly on: DistributionSpec;
  readonly off: DistributionSpec;
  readonly rate: PerSecond;
}): ArrivalProcess {
  const on = distribution(onSpec);
  const off = distribution(offSpec);
  for (const time of [on, off]) {
    check(time.mean > 0 && time.mean < Infinity, "onOff", "on and off must have a mean in (0, ∞)", time.mean);
  }
  check(rate > 0 && rate < Infinity, "onOff", "rate must be in (0, ∞)", rate);
  const shareOn = on.mean / (on.mean + off.mean);
  const markovian = onSpec.kind === "exponential" && offSpec.kind === "exponential";
  const switching = [
    [0, 1 / off.mean],
    [1 / on.mean, 0],
  ];
  return {
    rate: rate * shareOn,
    finite: false,
    origins: 1,
    ...(markovian && { map: modulated([0, rate], switching, fixed({ size: 1 })) }),
    instants: (name) => {
      const uniform = source(...name, "events");
      const draw = standardExponential(uniform);
      const nextOn = on.sampler(source(...name, "on"));
      const nextOff = off.sampler(source(...name, "off"));
      let isOn = uniform() < shareOn;
      let ends = isOn ? residual(on, onSpec, uniform) : residual(off, offSpec, uniform);
      let at = 0;
      const next = (): Seconds => {
        for (;;) {
          if (isOn) {
            at += draw() / rate;
            if (at < ends) return at;
          }
          at = ends;
          isOn = !isOn;
          ends += isOn ? nextOn() : nextOff();
        }
      };
      return { next, origin: 0 };
    },
  };
}

/**
 * What is left of a time when a stationary observer looks.
 *
 * An exponential time has no memory. For the others: the time seen is length-biased, its rest uniform within it; the
 * length comes from 4,096 strata of equal probability, so only the far tail of a heavy-tailed law is coarse, and only
 * in the first on- or off-time of a run.
 */
function residual(law: Distribution, spec: DistributionSpec, uniform: Source): Seconds {
  if (spec.kind === "exponential") return law.sampler(uniform)();
  const strata = 4096;
  const lengths = Float64Array.from({ length: strata }, (_, i) => law.quantile((i + 0.5) / strata));
  let rest = uniform() * lengths.reduce((sum, length) => sum + length, 0);
  let i = 0;
  while (i < strata - 1 && rest >= lengths[i]!) rest -= lengths[i++]!;
  return uniform() * lengths[i]!;
}
