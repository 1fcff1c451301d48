import { describe, expect, it } from "vitest";
import { blinkSection } from "./blink.ts";
import { hey, round, splitOf, withClients } from "./blinkClaims.ts";

describe("the talk's load test", () => {
  it("keeps Little's law with itself", () => {
    const { seconds, fromTotal, outside } = round();
    expect(fromTotal / seconds).toBeCloseTo(1, 3);
    expect(hey.requests / hey.total / hey.perSecond).toBeCloseTo(1, 3);
    expect(outside).toBeGreaterThan(0);
    expect(outside).toBeLessThan(0.1 * seconds);
  });

  it("comes out of a closed loop whatever the network, as long as it is shorter than the fastest request", () => {
    for (const network of [0, 0.003]) {
      const { mean, perSecond, queue, work } = splitOf(network);
      expect(mean / hey.mean).toBeCloseTo(1, 4);
      expect(perSecond / hey.perSecond).toBeCloseTo(1, 4);
      expect(network + queue + work).toBeCloseTo(hey.mean, 6);
      // Sixteen servers are 17,507 requests a second together.
      expect(16 / work / hey.perSecond).toBeCloseTo(1, 2);
      expect(withClients(network, work, 100).mean).toBeLessThan(0.5 * hey.mean);
    }
  });

  it("writes its section", () => {
    const section = blinkSection({ rates: ["2/min"], networks: [0.003] }).join("\n");
    for (const title of ["wasm-in-one-region", "closed loop", "17507"]) expect(section).toContain(title);
    expect(section).not.toMatch(/NaN|undefined|Infinity/);
  });
});
