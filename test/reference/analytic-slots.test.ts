import { describe } from "vitest";
import { distribution } from "../../src/distributions/index.ts";
import { transformAt } from "../../src/model/law.ts";
import { slotsQueue } from "../../src/model/slotsQueue.ts";
import { add, type Complex, complex, divide, multiply, scale, subtract } from "../../src/numerics/complex.ts";
import { fourierSeries } from "../../src/numerics/fourierSeries.ts";
import { checkEveryFile, checkLaw, checkNumbers, exponentialRate, poissonRate } from "./analyticFiles.ts";
import { lawOf } from "./analyticScenario.ts";

describe("analytic reference: slots in one instance", () => {
  checkEveryFile("slots", (file, close) => {
    const { inputs, outputs } = file;
    // Seconds from here on.
    const serviceRate = exponentialRate(inputs.service, file) * 1000;
    const coldStart = distribution(lawOf(inputs.setup as never));
    const queue = slotsQueue({
      arrivalRate: poissonRate(file) * 1000,
      serviceRate,
      slots: inputs.container_concurrency,
      coldStart,
      keepAlive: distribution({ kind: "deterministic", value: inputs.keep_alive_ms_deterministic / 1000 }),
    });
    const sojourn = (s: Complex): Complex => {
      const trigger = scale(transformAt(coldStart.transform ?? [], s), queue.triggered);
      const service = divide(complex(serviceRate), complex(serviceRate + s.re, s.im));
      return multiply(add(queue.waitOfOthers(s), trigger), service);
    };
    const tail = (t: number): number =>
      t === 0 ? 1 : fourierSeries((s) => divide(subtract(complex(1), sojourn(s)), s), t / 1000);
    checkLaw(file, tail, close, 1e-9);
    const variance = queue.waitSecondMoment - queue.meanWait ** 2 + 1 / serviceRate ** 2;
    const { off, starting, idle } = queue.states;
    const known = {
      mean: (queue.meanWait + 1 / serviceRate) * 1e3,
      variance: variance * 1e6,
      p_cold_trigger: queue.triggered,
      frac_time_empty: off + idle,
      frac_time_setup: starting,
      p_arrives_during_setup: starting,
    };
    checkNumbers(outputs, known, close, { relative: 1e-9, absolute: 1e-12 });
  });
});
