import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compare } from "../../src/report/compare.ts";
import { jsonText } from "../../src/report/json.ts";
import { differenceOf, judgeQuantile, knownDifference, ratioOf, shrinkNeeded } from "../../src/report/tolerance.ts";
import {
  type Answer,
  type AvailableAnswer,
  type Estimate,
  exactly,
  type LatencyAnswer,
} from "../../src/scenario/answer.ts";
import { answerOf, draws, exactLatency, sampleLatency, targetAnswer } from "./fixtures/answers.ts";

const tolerance = { quantileRatio: 1.25, absolute: 0.001, ks: 0.1 };
const options = { tolerance, quantiles: [0.5, 0.9, 0.99] };
const law = { kind: "exponential", mean: 0.05 } as const;

const simOf = (latency: LatencyAnswer): Answer =>
  answerOf("sim", [targetAnswer({ name: "faas", kind: "knative", from: "sim", latency, requests: 100_000 })]);
const liveOf = (latency: LatencyAnswer, overrides: Partial<AvailableAnswer> = {}): Answer =>
  answerOf("live", [{ ...targetAnswer({ name: "faas", kind: "knative", from: "live", latency }), ...overrides }]);
const sim = simOf(exactLatency(law));
const measured = sampleLatency(draws(law, 20_000, "live"));
const scaled = (factor: number) => sampleLatency(draws(law, 20_000, "live").map((x) => x * factor));

describe("compare", () => {
  it("finds that an answer agrees with itself", () => {
    const live = liveOf(measured, {
      counts: {
        scheduled: 20_000,
        sent: 20_000,
        completed: 20_000,
        failed: {},
        dropped: 0,
        unsent: 0,
        measured: 20_000,
      },
    });
    const { verdict, targets } = compare([{ ...live, from: "sim" }], live, options);
    expect(verdict).toBe("agree");
    expect(targets).toHaveLength(1);
    expect(targets[0]).toMatchObject({
      name: "faas",
      judged: "sim",
      verdict: "agree",
      ks: 0,
      wassersteinSeconds: 0,
      ksVerdict: "agree",
    });
    for (const row of targets[0]!.quantiles) expect(row).toMatchObject({ verdict: "agree", ratio: { value: 1 } });
  });

  it("finds that a measurement twice as slow disagrees, as does one twice as fast", () => {
    for (const factor of [2, 0.5]) {
      const { verdict, targets } = compare([sim], liveOf(scaled(factor)), options);
      expect(verdict).toBe("disagree");
      expect(targets[0]!.quantiles.map((row) => row.verdict)).toEqual(["disagree", "disagree", "disagree"]);
      expect(targets[0]!.quantiles[0]!.ratio.value).toBeCloseTo(1 / factor, 1);
      expect(targets[0]).not.toHaveProperty("needRequests");
    }
  });

  it("takes no measurement that counts from the send for agreement, and still sees it disagree", () => {
    const uncorrected = (latency: LatencyAnswer): Answer => ({
      ...liveOf(latency, { omission: "uncorrected" }),
      from: "import",
    });
    const [agreeing] = compare([sim], uncorrected(measured), options).targets;
    expect(agreeing!.verdict).toBe("inconclusive");
    expect(agreeing!.reasons[0]).toContain("count from the send");
    expect(compare([sim], uncorrected(scaled(2)), options).verdict).toBe("disagree");
  });

  it("says how many requests would settle what is open, and they do", () => {
    const few = sampleLatency(draws(law, 150, "brief"));
    const counts = { scheduled: 150, sent: 150, completed: 150, failed: {}, dropped: 0, unsent: 0, measured: 150 };
    const open = compare([sim], liveOf(few, { counts }), options);
    expect(open.verdict).toBe("inconclusive");
    const needed = open.targets[0]!.needRequests!;
    expect(needed).toBeGreaterThan(150);
    const factor = Math.sqrt(150 / needed) * 0.97;
    const narrowed = {
      ...few,
      quantiles: few.quantiles.map(({ q, value }) => ({ q, value: scaleWidth(value, factor) })),
    };
    const more = { ...counts, measured: Math.ceil(needed * 1.1) };
    expect(compare([sim], liveOf(narrowed, { counts: more }), options).verdict).not.toBe("inconclusive");
  });

  it("judges the model beside the simulator where it has a steady state", () => {
    const live = liveOf(measured);
    const model = answerOf("model", [
      targetAnswer({ name: "faas", kind: "knative", from: "model", latency: exactLatency({ ...law, mean: 0.15 }) }),
    ]);
    const both = compare([model, sim], live, options);
    expect(both.targets[0]).toMatchObject({
      judged: "sim",
      verdict: "agree",
      alsoJudged: [{ judged: "model", verdict: "disagree" }],
    });
    expect(both.verdict).toBe("disagree");

    const finite = compare([model, sim], live, { ...options, transient: true });
    expect(finite.verdict).toBe("agree");
    expect(finite.targets[0]!.notJudged).toEqual([
      { from: "model", reason: "the arrivals are finite, and the model describes the steady state" },
    ]);

    const unstable = { ...model, targets: [{ ...(model.targets[0] as AvailableAnswer), stable: false }] };
    expect(compare([unstable, sim], live, options)).toMatchObject({ verdict: "agree", targets: [{ alsoJudged: [] }] });
    expect(compare([model], live, options).targets[0]).toMatchObject({ judged: "model", verdict: "disagree" });
  });

  it("is inconclusive where one side has nothing to say", () => {
    const none = { name: "faas", kind: "knative", status: "unavailable", reason: "no such thing" } as const;
    const unpredicted = compare([answerOf("sim", [none])], liveOf(measured), options);
    expect(unpredicted).toMatchObject({
      verdict: "inconclusive",
      targets: [{ judged: null, ks: null, notJudged: [{ from: "sim", reason: "no such thing" }] }],
    });
    const unmeasured = compare([sim], answerOf("live", [none]), options);
    expect(unmeasured).toMatchObject({
      verdict: "inconclusive",
      targets: [{ reasons: ["not measured: no such thing"], quantiles: [] }],
    });
    const other = compare([sim], answerOf("live", [{ ...none, name: "waas" }]), options);
    expect(other.notes).toEqual(["Predicted by the sim, not measured: faas."]);
  });

  it("is inconclusive where the replay was late", () => {
    const late = liveOf(measured, { lateness: exactLatency({ kind: "exponential", mean: 0.002 }) });
    const { targets } = compare([sim], late, options);
    expect(targets[0]!.verdict).toBe("inconclusive");
    expect(targets[0]!.reasons[0]).toMatch(
      /^the replay was late: p99 of the lateness is 2\d % of the measured median \(at most 10 %\)$/,
    );
    expect(targets[0]).not.toHaveProperty("needRequests");
  });

  it("never lets a prediction of another scenario agree", () => {
    const { verdict, targets } = compare([{ ...sim, scenario: "other" }], liveOf(measured), options);
    expect(verdict).toBe("inconclusive");
    expect(targets[0]!.reasons[0]).toMatch(/^it answers scenario other, and the measurement is of /);
  });

  it("says where failures differ, of which the latency of completed requests knows nothing", () => {
    const live = liveOf(measured);
    const [target] = live.targets;
    if (target?.status !== "measured" || target.counts === null) throw new Error("the fixture is a measurement");
    const counts = { ...target.counts, scheduled: 200, completed: 100, failed: { timeout: 100 } };
    const { notes } = compare([sim], { ...live, targets: [{ ...target, counts }] }, options);
    expect(notes.join()).toMatch(
      /^On faas 50 % of the requests failed, and [\d.]+ % did in the sim: the verdict is on/,
    );
    expect(compare([sim], live, options).notes).toEqual([]);
  });

  it("never lets a fit agree with the data it was fitted on, nor hides that the arrivals differ", () => {
    const fitted = {
      ...sim,
      provenance: { ...sim.provenance, calibration: { answerSha256: "", seed: 7 }, scheduleSha256: "d" },
    };
    const { verdict, targets, notes } = compare([fitted], liveOf(measured), options);
    expect(verdict).toBe("inconclusive");
    expect(targets[0]!.reasons).toEqual(["fitted on seed 7, the seed it is judged by"]);
    expect(notes).toEqual(["The simulator saw other arrivals than the replay sent: the schedules differ."]);
    expect(compare([{ ...fitted, targets: simOf(scaled(3)).targets }], liveOf(measured), options).verdict).toBe(
      "disagree",
    );
  });

  it("judges the distance of laws only where they are broad", () => {
    const narrow = (mean: number) => sampleLatency(draws({ kind: "erlang", mean, stages: 100 }, 20_000, mean));
    const { targets } = compare([simOf(narrow(0.05))], liveOf(narrow(0.054)), options);
    expect(targets[0]).toMatchObject({ verdict: "agree", ksVerdict: null });
    expect(targets[0]!.ks).toBeGreaterThan(0.2);
  });

  it("reads a quantile the answer does not state off its curve, with no interval", () => {
    const { targets } = compare([sim], liveOf(measured), { ...options, quantiles: [0.75] });
    expect(targets[0]!.quantiles[0]!.measured).toBeCloseTo(0.05 * Math.log(4), 2);
    expect(targets[0]!.verdict).toBe("inconclusive");
  });

  it("can be written down where so few were measured that a quantile has no upper end", () => {
    const quantiles = measured.quantiles.map(({ q, value }) => ({ q, value: { ...value, high: Infinity } }));
    const written = JSON.parse(jsonText(compare([sim], liveOf({ ...measured, quantiles }), options)));
    expect(written.targets[0].quantiles[0].difference.low).toBe(null);
  });

  it("survives a measurement in which nothing completed", () => {
    const nothing: LatencyAnswer = {
      ...measured,
      mean: exactly(Number.NaN),
      variance: exactly(Number.NaN),
      quantiles: [],
      curve: { seconds: [], probability: [] },
    };
    expect(compare([sim], liveOf(nothing), options).targets[0]).toMatchObject({
      verdict: "inconclusive",
      ksVerdict: null,
      ks: 1,
    });
  });

  it("refuses arguments outside their domain", () => {
    expect(() => compare([sim], liveOf(measured), { ...options, quantiles: [1] })).toThrow(
      "compare: quantiles must be in (0, 1), got 1",
    );
    expect(() => compare([sim], liveOf(measured), { ...options, quantiles: [] })).toThrow(RangeError);
    expect(() =>
      compare([sim], liveOf(measured), { ...options, tolerance: { ...tolerance, quantileRatio: 0.8 } }),
    ).toThrow(RangeError);
  });
});

const figure = fc.double({ min: 1e-4, max: 10, noNaN: true });
const estimate = fc
  .tuple(figure, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 3, noNaN: true }))
  .map(([value, down, up]): Estimate => ({ value, low: value * (1 - down), high: value * (1 + up) }));

describe("the verdict on a quantile", () => {
  it("turns only to inconclusive when an interval widens", () => {
    fc.assert(
      fc.property(estimate, estimate, figure, figure, (p, m, down, up) => {
        const before = judgeQuantile(p, m, tolerance);
        const wide = { ...m, low: m.low - down, high: m.high + up };
        for (const after of [judgeQuantile(p, wide, tolerance), judgeQuantile(wide, p, tolerance)]) {
          expect([judgeQuantile(p, m, tolerance), judgeQuantile(m, p, tolerance), "inconclusive"]).toContain(after);
        }
        if (before === "inconclusive") expect(judgeQuantile(p, wide, tolerance)).toBe("inconclusive");
      }),
      { seed: 6, numRuns: 2000 },
    );
  });

  it("agrees exactly inside the tolerance when both are exact", () => {
    fc.assert(
      fc.property(figure, figure, (p, m) => {
        const inside = Math.max(p / m, m / p) <= 1.25 || Math.abs(p - m) <= 0.001;
        expect(judgeQuantile(exactly(p), exactly(m), tolerance)).toBe(inside ? "agree" : "disagree");
      }),
      { seed: 7 },
    );
  });

  it("becomes conclusive when the intervals shrink as much as asked", () => {
    fc.assert(
      fc.property(estimate, estimate, (p, m) => {
        const factor = shrinkNeeded(p, m, tolerance);
        if (judgeQuantile(p, m, tolerance) !== "inconclusive" || !(factor < 1e3)) return;
        // Shrinking is exact on the difference's scale and nearly so on the logarithm's.
        const by = (e: Estimate) => scaleWidth(e, 1 / (4 * factor));
        expect(judgeQuantile(by(p), by(m), tolerance)).not.toBe("inconclusive");
      }),
      { seed: 8, numRuns: 2000 },
    );
  });

  it("takes the interval of a ratio from both sides in quadrature", () => {
    const { low, high } = ratioOf({ value: 3, low: 2, high: 4 }, { value: 3, low: 2, high: 4 });
    expect(high).toBeCloseTo(Math.exp(Math.hypot(Math.log(4 / 3), Math.log(3 / 2))), 12);
    expect(low).toBeCloseTo(1 / high, 12);
  });

  it("copes with zero, infinite and unknown figures", () => {
    const unknown = exactly(Number.NaN);
    expect(judgeQuantile(exactly(0), exactly(0), tolerance)).toBe("agree");
    expect(judgeQuantile(exactly(Infinity), exactly(Infinity), tolerance)).toBe("agree");
    expect(judgeQuantile(exactly(Infinity), exactly(1), tolerance)).toBe("disagree");
    expect(judgeQuantile(exactly(0), exactly(1), tolerance)).toBe("disagree");
    expect(judgeQuantile(exactly(0), exactly(0.0005), tolerance)).toBe("agree");
    expect(judgeQuantile(unknown, exactly(1), tolerance)).toBe("inconclusive");
    expect(judgeQuantile(exactly(1), { value: 1, low: Number.NaN, high: 1 }, tolerance)).toBe("inconclusive");
    expect(judgeQuantile(exactly(9), { value: 1, low: Number.NaN, high: 1.1 }, tolerance)).toBe("disagree");
    expect(shrinkNeeded(unknown, exactly(1), tolerance)).toBe(Infinity);
    expect(ratioOf(exactly(0), exactly(1))).toEqual(exactly(0));
    // No time is below zero, whatever a file says; nor is a ratio.
    expect(ratioOf({ value: -1e308, low: 0.04, high: 0.05 }, exactly(0.04)).value).toBe(0);
    expect(ratioOf(exactly(1), { value: -0, low: 0, high: 1 }).value).toBe(Infinity);
    expect(knownDifference(exactly(1), exactly(Infinity))).toEqual(exactly(Number.NaN));
    expect(differenceOf(exactly(Infinity), exactly(Infinity))).toEqual(exactly(0));
  });
});

function scaleWidth({ value, low, high }: Estimate, factor: number): Estimate {
  return { value, low: value - (value - low) * factor, high: value + (high - value) * factor };
}
