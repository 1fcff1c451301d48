import { describe } from "vitest";
import { distribution } from "../../src/distributions/index.ts";
import { burstAfterStart, burstOnMany, burstOnOne, burstOnSetups } from "../../src/model/burstLaw.ts";
import { momentsOf, tailOf, type Uniformised } from "../../src/numerics/uniformised.ts";
import {
  checkEveryFile,
  checkLaw,
  checkNumbers,
  checkQuantiles,
  exponentialRate,
  type OracleFile,
} from "./analyticFiles.ts";
import { lawOf } from "./analyticScenario.ts";

describe("analytic reference: a burst on cold instances", () => {
  checkEveryFile("burst", (file, close) => {
    const { tail, mean } = burstOf(file);
    checkLaw(file, tail, close, 1e-8);
    checkNumbers(file.outputs, { mean }, close, { relative: 1e-9 });
    const { burst } = file.inputs;
    const slowest = (t: number): number => -Math.expm1(burst * Math.log1p(-tail(t)));
    // The power multiplies an error of the cdf by the size of the burst.
    checkQuantiles(file.outputs.max_of_burst_quantiles_ms, slowest, close, 1e-8);
  });
});

/** In milliseconds. */
function burstOf(file: OracleFile): { readonly mean: number; tail(t: number): number } {
  const { inputs } = file;
  const { burst } = inputs;
  const start = inputs.cold_start_setup;
  const laws = {
    coldStart: distribution(lawOf(start as never)),
    service: distribution(lawOf(inputs.service as never)),
  };
  const instances = inputs.k ?? inputs.instances;
  if (instances === 1) return inSeconds(burstOnOne({ burst, ...laws }));
  if (instances === "unlimited") return inSeconds(burstOnMany(laws.coldStart, laws.service));
  if (typeof instances !== "number") throw new Error(`unknown instances in ${file.id}: ${instances}`);
  const serviceRate = exponentialRate(inputs.service, file);
  if (start.type === "deterministic") {
    return delayed(burstAfterStart({ burst, instances, serviceRate }), start.value_ms);
  }
  return delayed(burstOnSetups({ burst, instances, serviceRate, setupRate: exponentialRate(start, file) }), 0);
}

const inSeconds = (law: { readonly mean: number; cdf(t: number): number }) => ({
  mean: law.mean * 1000,
  tail: (t: number) => 1 - law.cdf(t / 1000),
});

const delayed = (law: Uniformised, delay: number) => ({
  mean: momentsOf(law).mean + delay,
  tail: (t: number) => (t < delay ? 1 : tailOf(law, t - delay)),
});
