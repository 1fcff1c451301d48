import { describe, expect, it } from "vitest";
import { concurrencyReporter } from "../../../src/policies/scaling/concurrencyReporter.ts";
import { queueProxyStat, withoutProxied } from "../../../src/policies/scaling/queueProxyStat.ts";
import { extrapolate, sampleSize } from "../../../src/policies/scaling/sampleSize.ts";

describe("an activator's report", () => {
  it("is the average over the time there were so many, less the request that was told at once", () => {
    const reporter = concurrencyReporter(0);
    expect(reporter.report(0.5)).toBeNull();
    expect(reporter.enter(1)).toEqual({ concurrency: 1, requestsPerSecond: 1 });
    expect(reporter.enter(1.25)).toBeNull();
    reporter.leave(1.75);
    // One for a quarter, two for half, one for a quarter of a second.
    expect(reporter.report(2)).toEqual({ concurrency: 0.5, requestsPerSecond: 1 });
    reporter.leave(2.5);
    expect(reporter.report(3)).toEqual({ concurrency: 0.5, requestsPerSecond: 0 });
  });

  it("of no time at all is of nothing, and a stamp from before the last request changes nothing", () => {
    const reporter = concurrencyReporter(0);
    reporter.enter(1);
    reporter.report(2);
    expect(reporter.report(2)).toEqual({ concurrency: 0, requestsPerSecond: 0 });
    reporter.enter(3);
    expect(reporter.report(2.5)).toEqual({ concurrency: 1, requestsPerSecond: 1 });
  });

  it("ends after a whole period without a request", () => {
    const reporter = concurrencyReporter(0);
    reporter.enter(0);
    reporter.leave(0.5);
    expect(reporter.report(1)).toEqual({ concurrency: 0, requestsPerSecond: 0 });
    expect(reporter.report(2)).toEqual({ concurrency: 0, requestsPerSecond: 0 });
    expect(reporter.report(3)).toBeNull();
    expect(() => reporter.leave(3)).toThrow("a request leaves once");
  });
});

describe("a queue-proxy's report", () => {
  const period = { averageConcurrency: 3, requestCount: 20, averageProxiedConcurrency: 1, proxiedRequestCount: 5 };

  it("is per second, and leaves out what an activator already told", () => {
    const stat = queueProxyStat(period, 2);
    expect(stat).toEqual({
      concurrency: 3,
      proxiedConcurrency: 1,
      requestsPerSecond: 10,
      proxiedRequestsPerSecond: 2.5,
    });
    expect(withoutProxied(stat)).toEqual({ concurrency: 2, requestsPerSecond: 7.5 });
    expect(queueProxyStat({ averageConcurrency: 3, requestCount: 20 }, 1)).toMatchObject({
      proxiedConcurrency: 0,
      proxiedRequestsPerSecond: 0,
    });
  });

  it("needs a period", () => {
    expect(() => queueProxyStat(period, 0)).toThrow("queueProxyStat: periodSeconds must be > 0, got 0");
  });
});

describe("a sample of the pods", () => {
  it("is all of a few, and stands for all", () => {
    expect([0, 1, 2, 3, 4, 100, 1000].map(sampleSize)).toEqual([0, 1, 2, 3, 4, 14, 16]);
    expect([extrapolate([], 3), extrapolate([1, 3], 10)]).toEqual([0, 20]);
  });
});
