import { describe, expect, it } from "vitest";
import { replayScript } from "../../../src/report/exporters/replayScript.ts";
import { toScenario } from "../../../src/scenario/parse.ts";

const scenario = (arrivals: object, live: object = {}) =>
  toScenario({
    name: "small",
    duration: "1min",
    arrivals: arrivals as { kind: "poisson"; rate: string },
    work: "10ms",
    targets: { one: { kind: "server", live } },
  });
const schedule = { file: "./schedule.csv", requests: 120, lastSeconds: 59.2, perSecondMost: 9 };
const poisson = { kind: "poisson", rate: "2/s" };
const even = { kind: "deterministic", interval: "400ms" };

describe("replayScript", () => {
  it("k6: waits for each request's instant and fills in its work", () => {
    const live = { url: "http://faas:80/", path: "/work", query: { ms: "{workMs}" }, method: "POST", body: "{id}" };
    const text = replayScript("k6", scenario(poisson, live), schedule);
    expect(text).toContain('"url":"http://faas:80/work?ms={workMs}"');
    expect(text).toContain("vus: Number(__ENV.VUS || 36), iterations: requests.length");
    expect(text).toContain('open("./schedule.csv")');
    // A module that says what it says: it parses.
    expect(
      () =>
        new Function(
          text
            .replace(/^import .*$/gm, "")
            .replace("export { replay as default };", "")
            .replace(/^export /gm, ""),
        ),
    ).not.toThrow();
  });

  it("vegeta and fortio: a constant rate, and nothing else", () => {
    const url = "http://faas/";
    expect(replayScript("vegeta", scenario(even), schedule, url)).toContain("vegeta attack -rate=5/2s -duration=60s");
    expect(replayScript("fortio", scenario(even), schedule, url)).toContain("fortio load -qps 2.5 -c 1 -n 120");
    for (const tool of ["vegeta", "fortio"] as const) {
      expect(() => replayScript(tool, scenario(poisson), schedule, url)).toThrow(
        `${tool} sends at a constant rate only, and these arrivals are poisson`,
      );
      const filled = scenario(even, { query: { ms: "{workMs}" } });
      expect(() => replayScript(tool, filled, schedule, url)).toThrow("cannot fill in {…}");
    }
    const odd = scenario({ kind: "deterministic", interval: "0.3333333s" });
    expect(() => replayScript("vegeta", odd, schedule, url)).toThrow("whole requests per whole seconds");
  });

  it("needs a URL, and keeps one from leaving its quotes", () => {
    expect(() => replayScript("k6", scenario(poisson), schedule)).toThrow("no URL is known");
    expect(replayScript("vegeta", scenario(even), schedule, "http://x/'; rm -rf '")).not.toContain("'; rm");
  });
});
