import { describe, expect, it } from "vitest";
import { whyNotReplayed } from "../../src/live/whyNotReplayed.ts";
import { toScenario } from "../../src/scenario/parse.ts";

const given = (target: object, fields: object = {}) =>
  toScenario({
    name: "test",
    duration: "1min",
    arrivals: { kind: "poisson", rate: "5/s" },
    work: "10ms",
    targets: { one: target },
    ...fields,
  } as never);
const why = (target: object, isRig: boolean, fields: object = {}) => {
  const scenario = given(target, fields);
  return whyNotReplayed(scenario, scenario.targets[0]!, isRig);
};
const server = { kind: "server" };
const edge = { kind: "edge", pops: [{ name: "a", share: 1, roundTrip: 0 }], instanceStart: 0 };

describe("what a replay cannot show", () => {
  it("is nothing of a plain target, and nothing of another kind that runs elsewhere", () => {
    expect(why(server, true)).toBeNull();
    expect(why(edge, false)).toBeNull();
  });

  it("is clients that send again, wherever the target runs", () => {
    expect(why({ ...server, retries: {} }, false)).toMatch(/once/);
    expect(why({ ...server, hedge: { delay: "1ms" } }, true)).toMatch(/once/);
  });

  it("is what the rig does not have: other kinds, GPUs, faults", () => {
    expect(why(edge, true)).toBe("the rig has no edge: name where it runs, or simulate it");
    expect(why({ ...server, work: { on: "gpu" } }, true)).toMatch(/GPU/);
    expect(why(server, true, { faults: [{ kind: "podCrash", at: "1s" }] })).toMatch(/faults/);
    expect(why(server, true, { faults: [{ kind: "podCrash", at: "1s", targets: ["two"] }] })).toBeNull();
  });
});
