import { describe, expect, it } from "vitest";
import { ownBroker, whyNoJars } from "../../e2e/broker.ts";
import { crashPipeline, crashReplay, crashSimulate, crashSweep } from "../crashes.ts";

const limit = 280_000;
const how = { seed: 2 };

describe("killed by SIGKILL at a random moment, and asked the same again", () => {
  it.each([
    ["sweep", crashSweep],
    ["simulate", crashSimulate],
  ])("%s gives the bytes of an unbroken run", { timeout: limit }, async (_, crash) => {
    const { wrong, broken } = await crash({ ...how, moments: 4 });
    expect(wrong).toEqual([]);
    expect(broken).toBeGreaterThan(0);
  });

  it("replay has kept what it measured, and goes on with the targets that were not done", {
    timeout: limit,
  }, async () => {
    const { wrong, takenUp } = await crashReplay({ ...how, moments: 4 });
    expect(wrong).toEqual([]);
    expect(takenUp).toBeGreaterThan(0);
  });
});

const skipped = whyNoJars === null ? "" : ` (skipped: ${whyNoJars})`;
describe.skipIf(whyNoJars !== null)(`a pipeline killed by SIGKILL${skipped}`, () => {
  const own = ownBroker();

  it("goes on under its name until every event is counted once", { timeout: limit }, async () => {
    const { wrong } = await crashPipeline(own.broker.bootstrap, { ...how, moments: 2 });
    expect(wrong).toEqual([]);
  });
});
