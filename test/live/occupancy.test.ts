import { describe, expect, it } from "vitest";
import { OccupancyRecorder } from "../../src/live/occupancy.ts";
import { joinOccupancies } from "../../src/live/rig/joinOccupancies.ts";

const level = (starting: number, ready: number, busy: number) => ({ starting, ready, busy });

describe("OccupancyRecorder", () => {
  it("averages over the span only and keeps the steps of the whole time", () => {
    const recorder = new OccupancyRecorder({ fromSeconds: 1, toSeconds: 4 });
    recorder.change(0.5, level(1, 0, 0));
    recorder.change(1.5, level(0, 1, 1));
    recorder.started(0.5, 1);
    recorder.change(2.5, level(0, 1, 0));
    recorder.change(3, level(0, 0, 0));
    const report = recorder.report(10);
    expect(report.starting).toBeCloseTo(0.5 / 3, 12);
    expect(report.ready).toBeCloseTo(1.5 / 3, 12);
    expect(report.busy).toBeCloseTo(1 / 3, 12);
    expect(report.states).toEqual({ starting: 0.5 / 3, busy: 1 / 3, idle: 0.5 / 3, off: 1 / 3 });
    expect(report.startingSteps).toEqual([0.5, 0.5, 0, 0]);
    expect(report.readySteps).toEqual([0, 0.5, 1, 0]);
    expect(report.starts).toBe(0); // ordered before the span
    expect(report.startSeconds).toEqual([1]);
  });

  it("averages over what was seen when the end came early", () => {
    const recorder = new OccupancyRecorder({ fromSeconds: 0, toSeconds: 100, level: level(0, 2, 1) });
    const report = recorder.report(0.5);
    expect([report.ready, report.busy, report.spanSeconds]).toEqual([2, 1, 0.5]);
    expect(report.readySteps).toEqual([2]);
  });

  it("adds processes up", () => {
    const one = new OccupancyRecorder({ fromSeconds: 0, toSeconds: 2, level: level(0, 1, 1) }).report(2);
    const other = new OccupancyRecorder({ fromSeconds: 0, toSeconds: 2, level: level(0, 1, 0) }).report(2);
    expect(joinOccupancies([one, other])).toMatchObject({ ready: 2, busy: 1, readySteps: [2, 2] });
  });
});
