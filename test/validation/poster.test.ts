import { describe, expect, it } from "vitest";
import { claim } from "../../src/model/assumptions.ts";
import { predict } from "../../src/model/predict.ts";
import { posterSection } from "./poster.ts";
import { podsRecorded, podsStarted, posterScenario, recordedWarm } from "./posterPlatform.ts";
import { worlds } from "./posterWorlds.ts";

describe("the poster's scenario", () => {
  it("shows the claims under what they need, and says so of nothing else", () => {
    const claimed = posterScenario();
    const wanted = {
      "waas-claimed": ["p50=22ms", "p95=55ms", "p99=80ms", "overhead=22%"],
      "faas-claimed": ["p50=110ms", "p95=230ms", "p99=350ms", "overhead=58%"],
    };
    const { targets } = predict(claimed, { targets: Object.keys(wanted) });
    for (const [i, texts] of Object.values(wanted).entries()) {
      const answer = targets[i]!;
      if (answer.status === "unavailable") throw new Error(answer.reason);
      for (const { text, value, figure } of texts.map(claim)) {
        expect(figure(answer).value / value, text).toBeGreaterThan(0.95);
        expect(figure(answer).value / value, text).toBeLessThan(1.05);
      }
    }
  });
});

describe("what was measured beside the poster", () => {
  it("starts two pods for one request at containerConcurrency 1, simulated and on a real Knative", () => {
    expect(podsStarted(1, 1, 4)).toBe(2);
    expect(podsStarted(1, 10, 4)).toBe(1);
    for (const { requests, pods } of podsRecorded()) expect(pods).toBe(2 * requests);
  });

  it("finds warm Wasm no faster than the same function natively", () => {
    for (const { wasm, native } of recordedWarm()) {
      for (const [i, value] of wasm.entries()) expect(value).toBeGreaterThan(native[i]!);
    }
  });

  it("writes its section on next to nothing", () => {
    const section = posterSection({
      draws: false,
      worlds: worlds.filter(({ words }) => words.includes("constant time in front of every request")),
      ranges: false,
      duration: "65s",
      replications: 1,
      wakes: 2,
      mins: [4],
      starts: ["5–20 ms"],
      polls: ["5s"],
      requests: [1],
    }).join("\n");
    for (const title of ["beside each other", "**1.55**", "KEDA polls", "Two pods"]) expect(section).toContain(title);
    expect(section).not.toMatch(/NaN|undefined|Infinity/);
  });
});
