import { describe, expect, it } from "vitest";
import { type Stall, stalledRun, tools, truth } from "../stalledServer.ts";

const stall: Stall = { rate: 400, seconds: 6, pauseSeconds: 1 };
const [coldcast, ...peers] = tools;

describe("a server that pauses for a second", () => {
  it("shows in coldcast's p99 as in that of a client that asks at its instants", async () => {
    const { p99, max, requests } = await stalledRun(coldcast!, stall);
    const real = truth(stall);
    expect(requests).toBe(real.requests);
    expect(p99).toBeGreaterThan(0.9 * real.p99);
    expect(p99).toBeLessThan(1.5 * real.p99);
    expect(max).toBeGreaterThan(0.95 * stall.pauseSeconds);
  });

  for (const peer of peers) {
    const why = peer.program === null ? ` (skipped: ${peer.name} is not here: ${peer.install})` : "";
    it.skipIf(peer.program === null)(`is hidden by ${peer.name}, whose connections wait for it${why}`, async () => {
      const { p99, max } = await stalledRun(peer, stall);
      expect(p99).toBeLessThan(0.3 * truth(stall).p99);
      expect(max).toBeGreaterThan(0.9 * stall.pauseSeconds);
    });
  }
});
