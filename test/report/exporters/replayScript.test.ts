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
    expect(text).toContain('"url":"http://faas/work?ms={workMs}"');
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

  it("vegeta and fortio: a constant rate of one request, and nothing else", () => {
    const url = "http://faas/";
    const live = { method: "PUT", headers: { "X-Key": "it's" }, body: "ö" };
    const vegeta = replayScript("vegeta", scenario(even, live), schedule, url);
    expect(vegeta).toContain("| head -n 120 | vegeta attack -lazy -format=json -rate=5/2s > results.gob");
    const [, target] = /^yes '(.*)' \|/m.exec(vegeta)!;
    expect(JSON.parse(target!)).toEqual({ method: "PUT", url, header: { "x-key": ["it's"] }, body: "w7Y=" });
    const fortio = replayScript("fortio", scenario(even, live), schedule, url);
    expect(fortio).toContain(
      `fortio load -qps 2.5 -c 1 -n 120 -X 'PUT' -H 'x-key: it'\\''s' -payload 'ö' -json result.json 'http://faas/'`,
    );
    for (const tool of ["vegeta", "fortio"] as const) {
      expect(() => replayScript(tool, scenario(poisson), schedule, url)).toThrow(
        `${tool} sends at a constant rate only, and these arrivals are poisson`,
      );
      for (const filled of [{ query: { ms: "{workMs}" } }, { body: "{id}" }, { headers: { at: "{scheduledAt}" } }])
        expect(() => replayScript(tool, scenario(even, filled), schedule, url)).toThrow("cannot fill in {…}");
      expect(replayScript(tool, scenario(even, { body: '{"a":1}' }), schedule, url)).toContain(tool);
    }
    const odd = scenario({ kind: "deterministic", interval: "0.3333333s" });
    expect(() => replayScript("vegeta", odd, schedule, url)).toThrow("whole requests per whole seconds");
  });

  it("needs a URL, and keeps one from leaving its quotes", () => {
    expect(() => replayScript("k6", scenario(poisson), schedule)).toThrow("no URL is known");
    const hostile = "http://x/'; rm -rf '";
    expect(replayScript("vegeta", scenario(even), schedule, hostile)).toContain("http://x/\\u0027;%20rm");
    expect(replayScript("fortio", scenario(even), schedule, hostile)).toContain("'http://x/'\\'';%20rm");
  });
});
