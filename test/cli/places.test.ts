import { describe, expect, it } from "vitest";
import { parsePlaces } from "../../src/cli/places.ts";
import { parseScenario } from "../../src/scenario/parse.ts";

const scenario = parseScenario(`
name: two
duration: 1s
arrivals: { kind: poisson, rate: 1/s }
work: 1ms
targets:
  edge: { kind: edge, instanceStart: 0, pops: [{ name: near, share: 0.5, roundTrip: 1ms }, { name: far, share: 0.5, roundTrip: 9ms }] }
  one: { kind: server }
`);

describe("places of the command line", () => {
  it("are of targets, and of points of presence", () => {
    const places = parsePlaces(scenario, ["edge/near=https://a.example", "edge=http://b.example/x?y=z", "one=rig"]);
    expect([...places]).toEqual([
      ["edge/near", "https://a.example"],
      ["edge", "http://b.example/x?y=z"],
      ["one", "rig"],
    ]);
  });

  it.each([
    ["edge/nowhere=https://a.example", "edge/nowhere"],
    ["one/near=https://a.example", "one/near"],
    ["edge/near=rig", "a point of presence is at an http(s) URL"],
    ["edge/near=", "a point of presence is at an http(s) URL"],
  ])("%s is refused", (text, why) => {
    expect(() => parsePlaces(scenario, [text])).toThrow(why);
  });

  it("are said once", () => {
    const twice = ["edge/far=http://a.example", "edge/far=http://b.example"];
    expect(() => parsePlaces(scenario, twice)).toThrow("edge/far already has a place");
  });
});
