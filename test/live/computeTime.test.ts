import { describe, expect, it } from "vitest";
import { computeTimeOf } from "../../src/live/targets/computeTime.ts";

const within = (seconds: number, withinSeconds: number) => ({
  seconds: expect.closeTo(seconds, 12),
  withinSeconds: expect.closeTo(withinSeconds, 12),
});

describe("the time behind the network, by an answer's headers", () => {
  it.each([
    ["app;dur=12.34", 0.01234, 5e-6],
    ["lookup;dur=0.004120", 4.12e-6, 5e-10],
    ["cdn-cache; desc=MISS, edge; dur=1, origin; dur=23", 0.024, 1e-3],
    ["db;dur=53, TOTAL;dur=60.5, app;dur=47.2", 0.0605, 5e-5],
    ['cache;desc="a, b; dur=9";dur="2.5"', 0.0025, 5e-5],
    ["miss, a;Dur = 3", 0.003, 5e-4],
  ])("server-timing: %s", (text, seconds, withinSeconds) => {
    expect(computeTimeOf({ "server-timing": text })).toEqual(within(seconds, withinSeconds));
  });

  it("several header lines are one list", () => {
    expect(computeTimeOf({ "server-timing": ["edge;dur=1.0", "origin;dur=2.0"] })?.seconds).toBeCloseTo(0.003, 12);
  });

  it("Envoy's is whole milliseconds, rounded down", () => {
    expect(computeTimeOf({ "x-envoy-upstream-service-time": "0" })).toEqual(within(0.0005, 0.0005));
    expect(computeTimeOf({ "x-envoy-upstream-service-time": "17" })).toEqual(within(0.0175, 0.0005));
  });

  it("the finer one counts where both are there, Envoy's where server-timing has no duration", () => {
    const envoy = { "x-envoy-upstream-service-time": "3" };
    expect(computeTimeOf({ ...envoy, "server-timing": "app;dur=2.25" })?.seconds).toBeCloseTo(0.00225, 12);
    expect(computeTimeOf({ ...envoy, "server-timing": "cache;desc=hit" })?.seconds).toBeCloseTo(0.0035, 12);
  });

  it.each([
    [{}],
    [{ "server-timing": "" }],
    [{ "server-timing": "cache" }],
    [{ "server-timing": "a;dur=-1" }],
    [{ "server-timing": "a;dur=NaN" }],
    [{ "server-timing": "a;dur=1e3" }],
    [{ "x-envoy-upstream-service-time": "1.5" }],
    [{ "x-envoy-upstream-service-time": "" }],
  ])("nothing is said by %j", (headers) => {
    expect(computeTimeOf(headers)).toBeUndefined();
  });
});
