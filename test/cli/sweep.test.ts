import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readScenario } from "../../src/cli/files.ts";
import { answerFromJson } from "../../src/report/json.ts";
import { collectSchedule, schedule } from "../../src/scenario/schedule.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { type Transcript, transcript } from "./transcript.ts";

let folder = "";
let whole: Transcript;
const inFolder = (name: string) => join(folder, name);
const scenario = `name: sweeping
seed: 5
duration: 20s
arrivals: { kind: poisson, rate: 20/s }
work: { kind: exponential, mean: 10ms }
targets:
  one: { kind: server, coldStart: 100ms, keepAlive: 200ms }
`;
const variations = ["--vary", "targets.one.coldStart=0,50ms,100ms", "--vary", "arrivals.rate=10/s,20/s"];
const sweep = (...args: string[]) =>
  transcript(["sweep", inFolder("s.yaml"), ...variations, "--replications", "2", "--workers", "1", ...args]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "coldcast-sweep-"));
  writeFileSync(inFolder("s.yaml"), scenario);
  whole = await sweep("--out", inFolder("folder"), "--workers", "2", "--json", "-");
  expect(whole.code).toBe(0);
  copyFileSync(inFolder("folder/sweep.ndjson"), inFolder("all.ndjson"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const lines = (file: string) => readFileSync(inFolder(file), "utf8").split("\n").slice(0, -1);

describe("a sweep", () => {
  it("answers every combination, the last variation first, as simulate would", () => {
    const records = lines("all.ndjson").map((line) => JSON.parse(line));
    expect(records.map(({ point }) => point)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(records[3].values).toEqual({ "targets.one.coldStart": "50ms", "arrivals.rate": "20/s" });
    writeFileSync(inFolder("point.yaml"), scenario.replace("coldStart: 100ms", "coldStart: 50ms"));
    const alone = simulate(readScenario(inFolder("point.yaml")), { replications: 2 });
    expect(answerFromJson(JSON.stringify(records[3].answer))).toEqual(alone);
  });

  it("gives all points the same random numbers, so that what differs is what was varied", () => {
    const at = (text: string) => {
      writeFileSync(inFolder("point.yaml"), text);
      return collectSchedule(schedule(readScenario(inFolder("point.yaml"))));
    };
    const [one, two] = [at(scenario), at(scenario.replace("coldStart: 100ms", "coldStart: 0s"))];
    expect(one.sha256).toBe(two.sha256);
    // Another rate stretches the same draws.
    const slow = at(scenario.replace("20/s", "10/s"));
    for (let i = 0; i < slow.at.length; i++) {
      expect(slow.at[i]).toBeCloseTo(2 * one.at[i]!, 9);
      expect(slow.work[i]).toBe(one.work[i]);
    }
  });

  it("goes on where a killed one stopped, half a line included, and ends with the same bytes", async () => {
    const text = readFileSync(inFolder("all.ndjson"), "utf8");
    const [, second = "", third = ""] = text.split("\n");
    writeFileSync(inFolder("again.ndjson"), `${third}\n${second}\n`);
    appendFileSync(inFolder("again.ndjson"), text.slice(0, 1000));
    expect((await sweep("--out", inFolder("again.ndjson"))).code).toBe(0);
    expect(readFileSync(inFolder("again.ndjson"), "utf8")).toBe(text);
  });

  it("does not mix with another sweep", async () => {
    const { code, err } = await sweep("--out", inFolder("all.ndjson"), "--seed", "6");
    expect(code).toBe(2);
    expect(err).toContain("all.ndjson:1:1: is of another sweep");
  });

  it("is the same in shards, which merge to one", async () => {
    for (const index of [0, 1]) await sweep("--out", inFolder("shards"), "--shard", `${index}/2`);
    const shards = [1, 0].map((index) => inFolder(`shards/sweep-${index}-of-2.ndjson`));
    const merge = (...files: string[]) =>
      transcript(["sweep", "--merge", ...files, "--out", inFolder("merged.ndjson")]);
    expect((await merge(...shards)).code).toBe(0);
    expect(readFileSync(inFolder("merged.ndjson"), "utf8")).toBe(readFileSync(inFolder("all.ndjson"), "utf8"));
    const gap = await merge(...shards.slice(0, 1));
    expect(gap).toMatchObject({ code: 2 });
    expect(gap.err).toContain("3 of 6 points are missing: 0, 2, 4");
    expect((await merge(...shards, shards[0]!)).err).toContain("point 1 is there twice: also in");
    expect((await merge(inFolder("s.yaml"))).err).toContain("s.yaml:1:1: is no line of a coldcast sweep");
  });

  it("writes a summary that names every point, beside the lines in a folder", () => {
    expect(JSON.parse(whole.out).points).toHaveLength(6);
    const html = readFileSync(inFolder("folder/sweep.html"), "utf8");
    expect(html).toContain("6 of 6 points");
    expect(html.match(/<rect/g)).toHaveLength(6);
    expect(html).not.toMatch(/NaN|undefined/);
  });
});
