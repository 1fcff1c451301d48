import { describe, expect, it } from "vitest";
import { absences, aggregate, type DeviceState, freshDevice } from "../../../src/live/pipeline/aggregate.ts";
import {
  type CameraEvent,
  type Detection,
  enrichedBytesMax,
  readCameraEvent,
} from "../../../src/live/pipeline/cameraEvent.ts";
import type { Rule, Rules } from "../../../src/live/pipeline/rules.ts";

const seen = (label: Detection["label"], track = "t0", confidence = 0.9): Detection => ({
  label,
  confidence,
  box: [0, 0, 0.1, 0.1],
  track,
});
const frame = (id: number, frameSeconds: number, detections: Detection[] = []): CameraEvent => ({
  id: String(id),
  device: "camera-1",
  frameSeconds,
  detections,
  workSeconds: 0.01,
});
const rulesWith = (...rules: Rule[]): Rules => ({ window: 10, lateness: 2, rules });

/** Feeds frames in turn, the watermark following the newest. */
function feed(frames: readonly CameraEvent[], rules: Rules, from: DeviceState = freshDevice) {
  let state = from;
  let newest = state.lastSeen ?? 0;
  const enriched = frames.map((event) => {
    const result = aggregate(state, event, { watermark: newest - rules.lateness, rules });
    state = result.state;
    newest = Math.max(newest, event.frameSeconds);
    return result.enriched;
  });
  return { state, enriched, newest };
}

describe("the aggregator's enrichment", () => {
  it("counts sightings within the window, and how long a track stays", () => {
    const { enriched } = feed(
      [
        frame(1, 100, [seen("person"), seen("face", "t1")]),
        frame(2, 104, [seen("person")]),
        frame(3, 109, [seen("person")]),
        frame(4, 112, [seen("person")]),
      ],
      rulesWith(),
    );
    expect(enriched.map((event) => event?.counts)).toEqual([
      { face: 1, person: 1 },
      { face: 1, person: 2 },
      { face: 1, person: 3 },
      { face: 0, person: 3 },
    ]);
    expect(enriched.map((event) => event?.dwellSeconds.t0)).toEqual([0, 4, 9, 12]);
    expect(enriched.map((event) => event?.sinceLastSeconds)).toEqual([null, 4, 5, 3]);
  });

  it("lets an event through once", () => {
    const { enriched } = feed([frame(1, 100), frame(1, 100), frame(2, 101)], rulesWith());
    expect(enriched.map((event) => event?.id ?? null)).toEqual(["1", null, "2"]);
  });

  it("marks what is behind the watermark, and does not count it", () => {
    const { enriched, state } = feed(
      [frame(1, 100, [seen("person")]), frame(2, 97, [seen("person")]), frame(3, 98.5, [seen("person")])],
      rulesWith(),
    );
    expect(enriched.map((event) => event?.late)).toEqual([false, true, false]);
    expect(state.sightings).toHaveLength(2);
    expect(state.lastSeen).toBe(100);
  });

  it("goes on from a state that was written down and read back", () => {
    const frames = Array.from({ length: 40 }, (_, i) => frame(i, 100 + i * 0.7, [seen(i % 3 ? "person" : "face")]));
    const rules = rulesWith({ name: "crowd", kind: "threshold", of: { confidence: 0 }, count: 5, within: 6 });
    const whole = feed(frames, rules);
    const half = feed(frames.slice(0, 20), rules);
    const rest = feed(frames.slice(20), rules, JSON.parse(JSON.stringify(half.state)) as DeviceState);
    expect([...half.enriched, ...rest.enriched]).toEqual(whole.enriched);
  });
});

describe("a crowd before a camera", () => {
  it("never makes a device's memory or its event more than a broker takes", () => {
    const crowd = (id: number): CameraEvent =>
      frame(
        id,
        1000 + id * 0.05,
        Array.from({ length: 1000 }, (_, k) => seen("person", `${id}-${k}-`.padEnd(100, "x"))),
      );
    const frames = Array.from({ length: 6 }, (_, id) => crowd(id));
    const { state, enriched } = feed(frames, rulesWith());
    const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
    expect(bytes(state).length).toBeLessThan(1_000_000);
    expect(enriched.at(-1)!.counts.person).toBe(2000);
    const raw = bytes(frames[0]);
    expect(readCameraEvent(raw, 1000)).toEqual(frames[0]);
    expect(readCameraEvent(bytes(enriched[0]), 1000, enrichedBytesMax)).toMatchObject({ id: "0", late: false });
    // The newest tracks are known again.
    const again = feed([frame(99, 1000.5, [seen("person", frames[5]!.detections[0]!.track)])], rulesWith(), state);
    expect(Object.values(again.enriched[0]!.dwellSeconds)[0]).toBeCloseTo(0.25);
  });
});

describe("the aggregator's rules", () => {
  it("tells a threshold at each crossing, counting nothing twice", () => {
    const crowd: Rule = {
      name: "crowd",
      kind: "threshold",
      of: { label: "person", confidence: 0.5 },
      count: 3,
      within: 10,
    };
    const frames = [0, 1, 2, 3, 4, 5].map((second) => frame(second, 100 + second, [seen("person")]));
    const { enriched } = feed(frames, rulesWith(crowd));
    expect(enriched.map((event) => event!.alerts.length)).toEqual([0, 0, 1, 0, 0, 1]);
  });

  it("ignores what is not confident enough", () => {
    const crowd: Rule = { name: "crowd", kind: "threshold", of: { confidence: 0.95 }, count: 1, within: 10 };
    const { enriched } = feed([frame(1, 100, [seen("person")])], rulesWith(crowd));
    expect(enriched[0]!.alerts).toEqual([]);
  });

  it("tells a sequence only in its order and within its time", () => {
    const approach: Rule = {
      name: "approach",
      kind: "sequence",
      of: [
        { label: "person", confidence: 0 },
        { label: "face", confidence: 0 },
      ],
      within: 5,
    };
    const told = (...frames: CameraEvent[]) =>
      feed(frames, rulesWith(approach)).enriched.flatMap((event) => event!.alerts.map(({ rule }) => rule));
    expect(told(frame(1, 100, [seen("person")]), frame(2, 103, [seen("face")]))).toEqual(["approach"]);
    expect(told(frame(1, 100, [seen("face")]), frame(2, 103, [seen("person")]))).toEqual([]);
    expect(told(frame(1, 100, [seen("person")]), frame(2, 106, [seen("face")]))).toEqual([]);
  });

  it("tells an absence once, when the watermark makes it certain or the next frame ends it", () => {
    const left: Rule = { name: "left", kind: "absence", of: { confidence: 0 }, for: 10 };
    const rules = rulesWith(left);
    const { state } = feed([frame(1, 100, [seen("person")])], rules);
    expect(absences(state, "camera-1", { watermark: 109, rules }).alerts).toEqual([]);
    const told = absences(state, "camera-1", { watermark: 110, rules });
    expect(told.alerts).toEqual([{ rule: "left", device: "camera-1", atSeconds: 110 }]);
    expect(absences(told.state, "camera-1", { watermark: 200, rules }).alerts).toEqual([]);
    const back = feed([frame(2, 150, [seen("person")])], rules, state);
    expect(back.enriched[0]!.alerts.map(({ atSeconds }) => atSeconds)).toEqual([110]);
    const again = absences(back.state, "camera-1", { watermark: 161, rules });
    expect(again.alerts.map(({ atSeconds }) => atSeconds)).toEqual([160]);
  });
});
