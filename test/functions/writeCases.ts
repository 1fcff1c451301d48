// Writes functions/detector/cases.json: events as the pipeline's cameras make them and such as a sender may get wrong,
// each with what the native Rust detector answers. Look at the difference: all languages are held to these cases.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cameras } from "../../src/live/pipeline/cameras.ts";

const folder = "functions/detector";
const frame = { id: "e", device: "camera-000", frameSeconds: 1_800_000_000, workSeconds: 0 };
const person = (x: number, y: number, more: object = {}) => ({
  label: "person",
  confidence: 0.9,
  box: [x, y, 0.1, 0.2],
  track: "t1",
  ...more,
});
const face = (x: number, y: number, more: object = {}) =>
  person(x, y, { label: "face", box: [x, y, 0.05, 0.05], ...more });
const seen = (detections: unknown, more: object = {}) => ({ ...frame, detections, ...more });

const made: readonly (readonly [name: string, event: unknown])[] = [
  ["nothing in sight", seen([])],
  ["the stated work is done", seen([], { workSeconds: 0.0001 })],
  ["work of a fraction of a round rounds to the nearest", seen([], { workSeconds: 1e-8 })],
  ["a person with a face", seen([person(0.1, 0.1), face(0.12, 0.12)])],
  ["a person without a face", seen([person(0.1, 0.1), face(0.5, 0.5)])],
  [
    "uncertain detections are not looked at",
    seen([person(0.1, 0.1, { confidence: 0.599 }), face(0.1, 0.1, { confidence: 0.699 })]),
  ],
  [
    "thresholds belong to the certain",
    seen([person(0.1, 0.1, { confidence: 0.6 }), face(0.1, 0.1, { confidence: 0.7 })]),
  ],
  ["one person seen twice counts once", seen([person(0.1, 0.1), person(0.11, 0.1, { confidence: 0.8 })])],
  ["two persons beside each other are two", seen([person(0.1, 0.1), person(0.15, 0.2)])],
  ["of two as certain the first stays", seen([person(0.68, 0.4), person(0.65, 0.4), face(0.74, 0.4)])],
  [
    "boxes without area never overlap",
    seen([person(0.1, 0.1, { box: [0.1, 0.1, 0, 0] }), person(0.1, 0.1, { box: [0.1, 0.1, 0, 0] })]),
  ],
  ["three in a chain are a crowd", seen([person(0.1, 0.1), person(0.25, 0.1), person(0.4, 0.1)])],
  ["two pairs are no crowd", seen([person(0.1, 0.1), person(0.2, 0.1), person(0.7, 0.1), person(0.8, 0.1)])],
  ["exactly as far as near ends is not near", seen([person(0, 0.1), person(0.2, 0.1)])],
  ["somebody in the zone without a face", seen([person(0.8, 0.6)])],
  ["somebody in the zone whose face is seen", seen([person(0.8, 0.6), face(0.82, 0.62)])],
  ["the zone begins at its edge", seen([person(0.65, 0.3), face(0.66, 0.31)])],
  ["somebody has been there for long", seen([person(0.1, 0.1), face(0.1, 0.1)], { dwellSeconds: { t1: 30, t2: 1 } })],
  [
    "an enriched event",
    seen([person(0.8, 0.6)], {
      dwellSeconds: { t1: 31.5 },
      counts: { face: 0, person: 1 },
      sinceLastSeconds: null,
      late: false,
      alerts: [{ rule: "x", device: "c", atSeconds: 1 }],
    }),
  ],
  [
    "a CloudEvent in structured mode",
    { specversion: "1.0", id: "ce", source: "/cameras", type: "coldcast.frame", data: seen([face(0.1, 0.1)]) },
  ],
  ["a CloudEvent without data", { specversion: "1.0", id: "ce", source: "/cameras", type: "coldcast.frame" }],
  ["names with escapes", seen([], { id: 'a"\\\n\u0001\u00e9\u{1f4f7}', device: "\u2028é" })],
  [
    "fields in any order, unknown ones, blanks",
    ' { "x" : [ { "id" : 3 } ] , "detections" : [ ] , "workSeconds" : 0 , "frameSeconds" : 1e9 , "device" : "c" , "id" : "e" } ',
  ],
  [
    "numbers to the last bit",
    '{"id":"e","device":"c","frameSeconds":0,"workSeconds":0,"detections":[{"label":"face","confidence":0.12345678901234567890123,"box":[0.1,2.2250738585072011e-308,0.30000000000000004441,1e-300],"track":""}]}',
  ],
  ["no JSON", "camera-000"],
  ["cut off", JSON.stringify(seen([])).slice(0, 40)],
  ["a list", "[]"],
  ["a number beyond all", '{"id":"e","device":"c","frameSeconds":1e999,"workSeconds":0,"detections":[]}'],
  ["id is no text", seen([], { id: 7 })],
  ["id is empty", seen([], { id: "" })],
  ["device is missing", { ...frame, device: undefined, detections: [] }],
  ["frameSeconds before 1970", seen([], { frameSeconds: -1 })],
  ["workSeconds over an hour", seen([], { workSeconds: 3600.5 })],
  ["workSeconds is a text", seen([], { workSeconds: "1" })],
  ["detections are no list", seen({})],
  ["too many detections", seen(Array.from({ length: 1001 }, () => null))],
  ["a label that nobody knows", seen([face(0.1, 0.1), person(0.1, 0.1, { label: "dog" })])],
  ["confidence over 1", seen([person(0.1, 0.1, { confidence: 1.5 })])],
  ["a box of three sides", seen([person(0.1, 0.1, { box: [0, 0, 1] })])],
  ["a box beyond the frame", seen([person(0.1, 0.1, { box: [0, 0, 1, 2] })])],
  ["a track that is no text", seen([person(0.1, 0.1, { track: null })])],
  ["a detection that is no object", seen([null])],
  ["dwell times that are none", seen([], { dwellSeconds: { t1: "long" } })],
];

const frameOf = cameras(7);
const drawn = Array.from({ length: 60 }, (_, i): readonly [string, unknown] => {
  const device = `camera-${String(i % 5).padStart(3, "0")}`;
  return [
    `frame ${i} of five cameras`,
    frameOf({ id: `run-${i}`, device, frameSeconds: 1_800_000_000 + i / 10, workSeconds: i % 10 === 0 ? 1e-5 : 0 }),
  ];
});

const cases = [...made, ...drawn];
const lines = cases.map(([, event]) => (typeof event === "string" ? event : JSON.stringify(event)));
const answers = execFileSync(`functions/target/out/detector-filter`, {
  input: `${lines.join("\n")}\n`,
  encoding: "utf8",
})
  .trimEnd()
  .split("\n");
const written = cases.map(([name, event], i) => JSON.stringify({ name, event, answer: JSON.parse(answers[i]!) }));
writeFileSync(`${folder}/cases.json`, `[\n${written.join(",\n")}\n]\n`);
