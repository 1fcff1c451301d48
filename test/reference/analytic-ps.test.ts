import { describe } from "vitest";
import { sharedProcessor } from "../../src/model/sharedProcessor.ts";
import { momentsOf, tailOf } from "../../src/numerics/uniformised.ts";
import { checkEveryFile, checkLaw, checkNumbers, exponentialRate, poissonRate } from "./analyticFiles.ts";

describe("analytic reference: processor sharing", () => {
  checkEveryFile("ps", (file, close) => {
    const limit = file.inputs.c;
    const sojourn = sharedProcessor({
      arrivalRate: poissonRate(file),
      serviceRate: exponentialRate(file.inputs.work, file),
      cores: 1,
      limit: limit ?? Infinity,
    });
    checkLaw(file, (t) => tailOf(sojourn, t), close, 1e-9);
    const { mean, second } = momentsOf(sojourn);
    const variance = second - mean ** 2;
    const known = { mean, variance, variance_closed_form: variance };
    checkNumbers(file.outputs, known, close, { relative: 1e-9 });
  });
});
