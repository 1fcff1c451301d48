import { describe, expect, it } from "vitest";
import { type Stall, stalledRun, type Tool, tools, truth } from "../stalledServer.ts";

const stall: Stall = { rate: 400, seconds: 6, pauseSeconds: 1 };
const [coldcast, hey, wrk] = tools;

describe("a server that pauses for a second", () => {
  it("shows in coldcast's p99 as in that of a client that asks at its instants", async () => {
    const { p99, max, requests } = await stalledRun(coldcast!, stall);
    const real = truth(stall);
    expect(requests).toBe(real.requests);
    expect(p99).toBeGreaterThan(0.9 * real.p99);
    expect(p99).toBeLessThan(1.5 * real.p99);
    expect(max).toBeGreaterThan(0.95 * stall.pauseSeconds);
  });

  const whyNot = (peer: Tool): string =>
    peer.program === null ? ` (skipped: ${peer.name} is not here: ${peer.install})` : "";

  it.skipIf(hey!.program === null)(`is hidden by hey, whose connections wait for it${whyNot(hey!)}`, async () => {
    const { p99, max } = await stalledRun(hey!, stall);
    expect(p99).toBeLessThan(0.3 * truth(stall).p99);
    expect(max).toBeGreaterThan(0.9 * stall.pauseSeconds);
  });

  it.skipIf(wrk!.program === null)(`is estimated by wrk, which saw two requests wait${whyNot(wrk!)}`, async () => {
    const { p99, requests } = await stalledRun(wrk!, stall);
    // Two of so many are far less than a hundredth: the rest above the p99 is made up.
    expect(2 / requests).toBeLessThan(0.005);
    expect(p99).toBeGreaterThan(0.3 * truth(stall).p99);
  });
});
