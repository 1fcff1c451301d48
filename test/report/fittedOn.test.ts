import { describe, expect, it } from "vitest";
import { fittedLatenessNotes, fittedRateNotes, fittedReason } from "../../src/report/fittedOn.ts";
import { type Answer, exactly } from "../../src/scenario/answer.ts";
import type { CalibrationSource } from "../../src/scenario/scenario.ts";

const answerSha256 = "0".repeat(64);
const answer = (from: "sim" | "live", calibration: CalibrationSource | null, scheduleSha256: string | null): Answer =>
  ({
    from,
    seed: 7,
    provenance: { calibration, scheduleSha256 },
    targets: [
      { status: "measured", counts: { scheduled: 500 }, timeline: { everySeconds: 1, ready: new Array(10).fill(1) } },
    ],
  }) as unknown as Answer;
const live = answer("live", null, "a");

describe("what a prediction was fitted on", () => {
  it("is told apart by the schedule where it is known, else by the seed", () => {
    expect(fittedReason(answer("sim", { answerSha256, seed: 7 }, null), live)).toMatch("the seed it is judged by");
    expect(fittedReason(answer("sim", { answerSha256, seed: 8 }, null), live)).toBeNull();
    expect(fittedReason(answer("sim", { answerSha256, seed: 7, scheduleSha256: "b" }, null), live)).toBeNull();
    expect(fittedReason(answer("sim", { answerSha256, seed: 8, scheduleSha256: "a" }, null), live)).not.toBeNull();
    expect(fittedReason(answer("sim", null, null), live)).toBeNull();
  });

  it("is noted where it was another load", () => {
    const fitted = (ratePerSecond: number) => answer("sim", { answerSha256, seed: 8, ratePerSecond }, null);
    expect(fittedRateNotes([fitted(10), fitted(10)], live)).toEqual([
      "Fitted at 10 requests a second and judged at 50: a fit at another load may not hold.",
    ]);
    expect(fittedRateNotes([fitted(45)], live)).toEqual([]);
    expect(fittedRateNotes([answer("sim", null, null)], live)).toEqual([]);
  });

  it("is noted where the machine was busier, as the sender's lateness tells", () => {
    const fitted = (latenessSeconds: number) => answer("sim", { answerSha256, seed: 8, latenessSeconds }, null);
    const late = (seconds: number): Answer => {
      const lateness = { quantiles: [{ q: 0.99, value: exactly(seconds) }] };
      return { ...live, targets: [{ ...live.targets[0]!, lateness }] } as unknown as Answer;
    };
    expect(fittedLatenessNotes([fitted(0.008)], late(0.0004))).toEqual([
      "Fitted while requests went out 8 ms late (p99) and judged at 400 µs: the machine was busier when it was fitted, and starts and overheads longer.",
    ]);
    expect(fittedLatenessNotes([fitted(0.0004)], late(0.008))[0]).toContain("busier when it was judged");
    expect(fittedLatenessNotes([fitted(0.0008)], late(0.0003))).toEqual([]);
    expect(fittedLatenessNotes([fitted(0.008)], late(0.006))).toEqual([]);
    expect(fittedLatenessNotes([fitted(0.008)], live)).toEqual([]);
  });
});
