import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { predict } from "../../src/model/predict.ts";
import { answerToJson } from "../../src/report/json.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { storeMeasurement, storePrediction } from "../validation/stored.ts";
import { transcript } from "./transcript.ts";

const folder = mkdtempSync(join(tmpdir(), "coldcast-baseline-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]) => join(folder, ...names);
const text = (seed: number, coldStart = "50ms") => `
name: judged
seed: ${seed}
duration: 30s
arrivals: { kind: poisson, rate: 30/s }
work: { kind: exponential, mean: 10ms }
targets:
  single: { kind: server, coldStart: ${coldStart}, keepAlive: 100ms }
report: { quantiles: [0.5, 0.9, 0.99] }
`;

/** Three runs whose platform is what the scenario says. */
beforeAll(() => {
  for (const seed of [1, 2, 3]) {
    const scenario = parseScenario(text(seed));
    const played = schedule(scenario);
    const simulated = simulate(scenario, { schedule: played, replications: 4 });
    const [set, run] = [pathToFileURL(at("runs")).href, `${seed}`];
    storePrediction(
      set,
      run,
      { scenario: text(seed), predicted: predict(scenario), simulated },
      "2026-01-01T00:00:00Z",
    );
    storeMeasurement(set, run, {
      ...simulate(scenario, { schedule: played, seed: 70 + seed, replications: 1 }),
      from: "live",
      seed,
    });
    writeFileSync(at(`before-${seed}.json`), answerToJson(simulated));
  }
});

/** The runs with a scenario that this version answers otherwise, as a version that has become worse would. */
function spoilt(coldStart: string): string {
  for (const seed of [1, 2, 3]) writeFileSync(at("runs", `${seed}`, "scenario.yaml"), text(seed, coldStart));
  return at("runs");
}

describe("compare --baseline FOLDER", () => {
  it("is content with the version that made the predictions", async () => {
    const { code, out } = await transcript(["compare", "--baseline", spoilt("50ms")]);
    expect(code).toBe(0);
    expect(out).toContain("as accurate as the baseline: 3 runs");
    expect(out).toMatch(/single sim p99: .+ → /);
  });

  it("exits 1 and says which figures are further off, of both engines", async () => {
    const { code, out } = await transcript(["compare", "--baseline", spoilt("90ms")]);
    expect(code).toBe(1);
    expect(out).toMatch(/worse {2}mean of all {2}single {2}sim +p90/);
    expect(out).toMatch(/worse .+model +p90/);
  });

  it("sees in the mean over runs what no run alone shows", async () => {
    const { out } = await transcript(["compare", "--baseline", spoilt("56ms"), "--json", "-"]);
    const { figures } = JSON.parse(out) as { figures: { run: string | null; from: string; verdict: string }[] };
    const worse = figures.filter(({ verdict, from }) => verdict === "worse" && from === "sim");
    expect(worse.some(({ run }) => run === null)).toBe(true);
  });

  it("does not take other arrivals for the measured ones", async () => {
    writeFileSync(at("runs", "2", "scenario.yaml"), text(2).replace("30/s", "31/s"));
    const { code, err } = await transcript(["compare", "--baseline", at("runs")]);
    expect(code).toBe(2);
    expect(err).toContain("no longer draws the arrivals that were measured");
  });

  it("needs runs", async () => {
    const { code, err } = await transcript(["compare", "--baseline", at("runs", "1", "..", "..", "runs", "1")]);
    expect([0, 1]).toContain(code);
    expect(err).not.toContain("holds");
    const none = mkdtempSync(join(folder, "none-"));
    expect(readdirSync(none)).toEqual([]);
    const empty = await transcript(["compare", "--baseline", none]);
    expect(empty).toMatchObject({ code: 2 });
    expect(empty.err).toContain("holds scenario.yaml, simulated.json and measured.json");
  });
});

describe("compare --baseline FILE", () => {
  const files = (seed: number) => [at(`before-${seed}.json`), at("runs", `${seed}`, "measured.json")];

  it("holds a prediction against an earlier one of the same measurement", async () => {
    const same = await transcript(["compare", ...files(1), "--baseline", at("before-1.json")]);
    expect(same).toMatchObject({ code: 0 });
    const scenario = parseScenario(text(1, "100ms"));
    writeFileSync(at("slow.json"), answerToJson(simulate(scenario, { schedule: schedule(scenario), replications: 4 })));
    const worse = await transcript(["compare", at("slow.json"), files(1)[1]!, "--baseline", at("before-1.json")]);
    expect(worse.code).toBe(1);
    expect(worse.out).toContain("less accurate than the baseline");
    const better = await transcript(["compare", ...files(1), "--baseline", at("slow.json")]);
    expect(better.code).toBe(0);
    expect(better.out).toContain("better");
  });

  it("says what it cannot do", async () => {
    const wrong = async (...args: string[]) => (await transcript(["compare", ...args])).err;
    expect(await wrong(...files(1), "--baseline", files(1)[1]!)).toContain("is from live, and no prediction given is");
    expect(await wrong("--baseline", at("before-1.json"))).toContain("name the predictions and the measurement too");
    expect(await wrong(...files(1), "--baseline", at("before-1.json"), "--strict")).toContain("cannot be used with");
  });
});
