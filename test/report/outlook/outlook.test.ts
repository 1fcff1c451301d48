import { describe, expect, it } from "vitest";
import { byWork } from "../../../src/report/outlook/byWork.ts";
import { capacity } from "../../../src/report/outlook/capacity.ts";
import { influences } from "../../../src/report/outlook/influences.ts";
import { outlook } from "../../../src/report/outlook/outlook.ts";
import { marginText, outlookSection, rangesSentence, rangeText } from "../../../src/report/outlook/outlookSection.ts";
import { toScenario } from "../../../src/scenario/parse.ts";

/** M/M/1 at 100 requests a second of service: P(T > t) = e^(−(100 − λ)·t), so p99 ≤ 100 ms up to λ = 100 − ln(100)/0.1. */
const queue = toScenario({
  name: "queue",
  duration: "10min",
  warmup: "5s",
  arrivals: { kind: "poisson", rate: "20/s" },
  work: { kind: "exponential", mean: "10ms" },
  targets: { one: { kind: "server" } },
  report: { objective: "100ms" },
});

/** Twice as slow at the work, but without the other's 20 ms: the two cross at p99 = 4.6 · work, work ≈ 4.3 ms. */
const rivals = toScenario({
  name: "rivals",
  duration: "2min",
  arrivals: { kind: "poisson", rate: "20/s" },
  work: { kind: "exponential", mean: "4ms" },
  targets: {
    sandbox: { kind: "server", concurrency: "unlimited", workFactor: 2 },
    box: { kind: "server", concurrency: "unlimited", requestOverhead: "20ms" },
  },
});

describe("capacity", () => {
  const found = capacity(queue, "one")!;

  it("is where queueing theory has it", () => {
    const exact = 100 - Math.log(100) / 0.1;
    expect(found.met).toBe(true);
    expect(found.from).toBeNull();
    expect(found.upTo! / exact).toBeGreaterThan(0.85);
    expect(found.upTo! / exact).toBeLessThan(1.1);
    expect(found.p99).toBeCloseTo(Math.log(100) / 80, 2);
  });

  it("reads as a sentence", () => {
    expect(rangeText(found)).toMatch(/^up to 5\d(\.\d)?\/s$/);
    expect(rangeText({ ...found, ever: false, tried: [1.25, 640] })).toBe(
      "at no load that was tried (1.25/s to 640/s)",
    );
    expect(rangeText({ ...found, from: 3, upTo: null, tried: [1, 640] })).toBe("from 3/s on (tried to 640/s)");
    expect(marginText({ p99: 0.06, met: true }, 0.1)).toBe("40 ms to spare");
    expect(marginText({ p99: 0.25, met: false }, 0.1)).toBe("150 ms over (2.5×)");
  });

  it("finds the load from which on a cold start is no longer met by one in a hundred", () => {
    const sleepy = toScenario({
      name: "sleepy",
      duration: "30min",
      arrivals: { kind: "poisson", rate: "1/s" },
      work: "1ms",
      targets: { one: { kind: "server", coldStart: "1s", keepAlive: "1s" } },
      report: { objective: "100ms" },
    });
    const { met, from, upTo } = capacity(sleepy, "one")!;
    expect(met).toBe(false);
    // Below the rate λ of e^(−λ) = about 1 % per request the pauses are too long; a thousand a second is too much.
    expect(from).toBeGreaterThan(2);
    expect(from).toBeLessThan(12);
    expect(upTo).toBeNull();
  });

  it("is not asked of arrivals that end by themselves, or without an objective", () => {
    expect(capacity({ ...queue, report: { ...queue.report, objective: null } }, "one")).toBeNull();
    expect(capacity({ ...queue, arrivals: { kind: "burst", size: 20 } }, "one")).toBeNull();
  });
});

describe("for which work", () => {
  it("finds that short work is the sandbox's and long work the box's", () => {
    const rows = byWork(rivals, ["sandbox", "box"]);
    expect(rows.map(({ best }) => best.join())).toEqual([
      ...Array.from({ length: 5 }, () => "sandbox"),
      ...Array.from({ length: 4 }, () => "box"),
    ]);
    expect(rangesSentence(rows)).toBe("The lowest p99: sandbox from 250 µs to 4 ms; box from 8 ms to 64 ms.");
  });

  it("has nothing to say of one target", () => expect(byWork(queue, ["one"])).toEqual([]));
});

describe("influences", () => {
  it("puts first what counts most, with the right sign, and leaves out what does nothing", () => {
    const [first, second, ...others] = influences(rivals, "box");
    expect([first!.what, second!.what]).toEqual(["requestOverhead", "work"]);
    expect(first!.more!.by).toBe("+25 %");
    expect(first!.more!.change.value).toBeCloseTo(0.005, 4);
    // 25 % more of an exponential work is 25 % more of its 99th percentile, 18.4 ms; 5,000 requests know it to a tenth.
    expect(second!.more!.change.value).toBeCloseTo(0.25 * 0.0184, 3);
    expect(second!.less!.change.value).toBeLessThan(0);
    expect(others.map(({ what }) => what)).not.toContain("arrival rate");
  });
});

describe("the outlook", () => {
  const found = outlook(queue);

  it("is the same every time", () => expect(outlook(queue)).toEqual(found));

  it("shows every part, and escapes names", () => {
    const named = { ...found, capacities: found.capacities.map((one) => ({ ...one, target: "<b>" })) };
    const { markup } = outlookSection(queue, named)!;
    expect(markup).toContain("&lt;b&gt;");
    expect(markup).toContain("What moves the p99");
    expect(markup).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });
});
