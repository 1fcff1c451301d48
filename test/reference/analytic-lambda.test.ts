import { describe } from "vitest";
import { expiryChain } from "../../src/model/expiryChain.ts";
import { windowMaximum } from "../../src/model/windowMaximum.ts";
import { exponentialPhase, thenPhases } from "../../src/numerics/thenPhases.ts";
import { momentsOf, tailOf } from "../../src/numerics/uniformised.ts";
import {
  type Close,
  checkEveryFile,
  checkLaw,
  checkNumbers,
  exponentialRate,
  type OracleFile,
  poissonRate,
} from "./analyticFiles.ts";

describe("analytic reference: scale per request", () => {
  checkEveryFile("lambda", (file, close) => {
    if ("expiration_threshold_ms" in file.inputs) checkFixedExpiry(file, close);
    else checkExponentialExpiry(file, close);
  });
});

function checkFixedExpiry(file: OracleFile, close: Close): void {
  const { inputs, outputs } = file;
  const arrivalRate = poissonRate(file);
  const found = windowMaximum({
    arrivalRate,
    holdingSeconds: 1 / exponentialRate(inputs.holding_time, file),
    keepAliveSeconds: inputs.expiration_threshold_ms,
  });
  const known = {
    p_cold: found.cold,
    mean_instances: found.meanInstances,
    var_instances: found.variance,
    mean_busy: found.meanBusy,
    mean_idle: found.meanInstances - found.meanBusy,
    mean_instance_lifespan_ms: found.meanInstances / (arrivalRate * found.cold),
    cold_starts_per_ms: arrivalRate * found.cold,
  };
  checkNumbers(outputs, known, close, { relative: 1e-6 });
  const { atMost } = found;
  if (atMost === null) return;
  for (const [n, wanted] of (outputs.P_instances_le_n ?? []).entries()) {
    close(`P(instances ≤ ${n})`, atMost[n] ?? 1, wanted, 1e-6 * wanted);
  }
}

function checkExponentialExpiry(file: OracleFile, close: Close): void {
  const { inputs, outputs } = file;
  const coldRate = exponentialRate(inputs.cold_start, file);
  const serviceRate = exponentialRate(inputs.service, file);
  const found = expiryChain({
    arrivalRate: poissonRate(file),
    serviceSeconds: 1 / serviceRate,
    coldStartSeconds: 1 / coldRate,
    idleSeconds: 1 / exponentialRate(inputs.idle_lifetime, file),
  });
  // A cold request waits for its own start; without one nobody waits.
  const chance = coldRate === Infinity ? 0 : found.cold;
  const rate = Math.max(serviceRate, coldRate === Infinity ? 0 : coldRate);
  const survival = [chance];
  while (survival.at(-1)! > 1e-17) survival.push(survival.at(-1)! * (1 - coldRate / rate));
  const sojourn = thenPhases({ rate, survival: Float64Array.from(survival) }, exponentialPhase(serviceRate));
  const { mean, second } = momentsOf(sojourn);
  const known = {
    p_cold: found.cold,
    mean_idle: found.meanIdle,
    mean_busy_executing: found.meanExecuting,
    mean_starting: found.meanStarting,
    mean,
    variance: second - mean ** 2,
  };
  checkNumbers(outputs, known, close, { relative: 1e-6 });
  checkLaw(file, (t) => tailOf(sojourn, t), close, 1e-9);
}
