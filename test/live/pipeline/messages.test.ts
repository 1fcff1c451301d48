import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/base/check.ts";
import { type CameraEvent, eventBytesMax, readCameraEvent } from "../../../src/live/pipeline/cameraEvent.ts";
import { cameras } from "../../../src/live/pipeline/cameras.ts";
import { partitionProgress } from "../../../src/live/pipeline/progress.ts";
import { readMetric } from "../../../src/live/pipeline/result.ts";
import { parseRules } from "../../../src/live/pipeline/rules.ts";
import { passportHeaders, passportOf } from "../../../src/live/pipeline/stamps.ts";

const good: CameraEvent = {
  id: "a-1",
  device: "camera-1",
  frameSeconds: 1000,
  detections: [{ label: "face", confidence: 0.9, box: [0, 0, 0.1, 0.1], track: "t0" }],
  workSeconds: 0.01,
};
const bytes = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));

describe("a camera event", () => {
  it("is read back as it was written", () => {
    expect(readCameraEvent(bytes(good), 1000)).toEqual(good);
  });

  it.each([
    ["nothing", null, "it has no content"],
    ["no JSON", bytes("{"), "it is not JSON"],
    ["a list", bytes([]), "it is not a JSON object"],
    ["too much", Buffer.alloc(eventBytesMax + 1, "1"), "it is 262145 bytes long; at most 262144 are read"],
    ["no id", bytes({ ...good, id: undefined }), "id must be a text of 1 to 200 characters"],
    ["a number for a device", bytes({ ...good, device: 5 }), "device must be a text of 1 to 200 characters"],
    ["the future", bytes({ ...good, frameSeconds: 4600 }), "frameSeconds is 3600 s ahead"],
    ["text for a time", bytes({ ...good, frameSeconds: "now" }), "frameSeconds must be a Unix time"],
    ["endless work", bytes({ ...good, workSeconds: 1e9 }), "workSeconds must be in [0, 3600]"],
    ["no detections", bytes({ ...good, detections: {} }), "detections must be a list"],
    [
      "half a detection",
      bytes({ ...good, detections: [good.detections[0], { label: "cat" }] }),
      "detections[1] must have label, confidence, box and track",
    ],
  ])("is refused with its reason: %s", (_, value, reason) => {
    expect(readCameraEvent(value, 1000)).toBe(reason);
  });

  it("never makes the reader fail", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const read = readCameraEvent(bytes(text), 1000);
        expect(typeof read === "string" || typeof read.id === "string").toBe(true);
      }),
      { seed: 8, numRuns: 300 },
    );
  });

  it("comes from cameras whose visitors keep their tracks, the same for the same seed", () => {
    const shoot = () => {
      const frameOf = cameras(7);
      return Array.from({ length: 200 }, (_, i) =>
        frameOf({ id: String(i), device: `camera-${i % 5}`, frameSeconds: i, workSeconds: 0.01 }),
      );
    };
    const events = shoot();
    expect(events).toEqual(shoot());
    for (const event of events) expect(readCameraEvent(bytes(event), 1000)).toEqual(event);
    const frames = new Map<string, number>();
    for (const { detections } of events)
      for (const { track } of detections) frames.set(track, (frames.get(track) ?? 0) + 1);
    expect(Math.max(...frames.values())).toBeGreaterThan(5);
  });
});

describe("a message's passport", () => {
  it("survives the way through headers to the last bit", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2e9, noNaN: true }), fc.nat(), (due, index) => {
        const passport = { run: "r", index, traceparent: "00-ab-cd-01", due, sent: due + 1e-6, appended: due };
        expect(passportOf(passportHeaders(passport))).toEqual(passport);
      }),
      { seed: 8, numRuns: 200 },
    );
  });

  it("is not there in messages from elsewhere", () => {
    expect(passportOf({})).toBeUndefined();
    expect(passportOf({ "coldcast-run": "r", "coldcast-index": "-1" })).toBeUndefined();
    expect(passportOf({ "coldcast-run": "r", "coldcast-index": "1", "coldcast-due": "x" })).toBeUndefined();
  });
});

describe("progress in a partition", () => {
  it("reaches as far as everything before is done, in whatever order", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 0 }), (order) => {
        const progress = partitionProgress();
        const finish = Array.from({ length: 8 }, (_, i) => progress.begin(BigInt(10 + i)));
        for (const i of order) finish[i]!();
        const firstOpen = Array.from({ length: 9 }, (_, i) => i).find((i) => !order.includes(i))!;
        expect(progress.offset).toBe(firstOpen === 0 ? undefined : BigInt(10 + firstOpen));
        expect(progress.size).toBe(8 - firstOpen);
      }),
      { seed: 8, numRuns: 200 },
    );
  });
});

it("progress in a partition knows a record that is read again", () => {
  const progress = partitionProgress();
  progress.begin(5n);
  progress.begin(6n)();
  expect([5n, 6n, 7n].map(progress.has)).toEqual([true, true, false]);
});

describe("a message of metrics", () => {
  it("is passed over unless it is one", () => {
    for (const text of ["", "null", "[]", "{", '{"kind":"result","run":"r","index":1}', '{"kind":"other"}'])
      expect(readMetric(bytes(text))).toBeUndefined();
    expect(readMetric(bytes('{"kind":"duplicate","run":"r","index":1}'))).toEqual({
      kind: "duplicate",
      run: "r",
      index: 1,
    });
  });
});

describe("a file of rules", () => {
  it("has defaults", () => {
    expect(parseRules("", "rules.yaml")).toEqual({ window: 10, lateness: 2, rules: [] });
  });

  it("is refused where two rules have one name, by which each is remembered", () => {
    const text =
      "rules:\n  - { name: a, kind: absence, of: {}, for: 1s }\n  - { name: a, kind: absence, of: {}, for: 2s }\n";
    expect(() => parseRules(text, "rules.yaml")).toThrow(/rules: each rule needs a name of its own/);
  });

  it("is refused with every problem at once", () => {
    const text = 'window: 10\nrules:\n  - { name: a, kind: threshold, of: { label: dog }, count: 0, within: "1s" }\n';
    const refused = () => parseRules(text, "rules.yaml");
    expect(refused).toThrow(InputError);
    expect(refused).toThrow(/window: 10 has no unit[\s\S]*rules\[0\]\.of\.label[\s\S]*rules\[0\]\.count/);
  });
});
