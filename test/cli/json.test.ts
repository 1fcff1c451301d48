import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { version } from "../../src/base/version.ts";
import { readScenario } from "../../src/cli/files.ts";
import { answerFromJson } from "../../src/report/json.ts";
import { collectSchedule, parseScheduleCsv, schedule } from "../../src/scenario/schedule.ts";
import { transcript } from "./transcript.ts";

const small = "test/golden/cli/small.yaml";
const unstable = "test/golden/cli/unstable.yaml";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "coldcast-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("--json -", () => {
  it.each([["predict"], ["simulate"]])("%s puts an answer on stdout and nothing else", async (verb) => {
    const { code, out } = await transcript([verb, small, "--json", "-"]);
    expect(code).toBe(0);
    expect(answerFromJson(out).targets.map(({ name }) => name)).toEqual(["single", "lambda"]);
  });

  it("an unstable queue is an answer, without NaN", async () => {
    const { code, out } = await transcript(["predict", unstable, "--json", "-"]);
    expect(code).toBe(0);
    expect(out).not.toContain("NaN");
    expect(answerFromJson(out).targets[0]).toMatchObject({ stable: false });
    expect(JSON.parse(out).targets[0].latency.mean).toEqual({ value: "Infinity", low: "Infinity", high: "Infinity" });
  });

  it("names the seed it was given, and that seed makes the same bytes again", async () => {
    const args = ["simulate", small, "--seed", "42", "--replications", "2", "--json", "-"];
    const [first, second] = [await transcript(args), await transcript([...args, "--workers", "1"])];
    expect(answerFromJson(first.out).seed).toBe(42);
    expect(second.out).toBe(first.out);
  });

  it("schedule tells the hash that answers name, and its CSV reads back to the same requests", async () => {
    const csv = join(folder, "schedule.csv");
    const { out } = await transcript(["schedule", small, "--out", csv, "--json", "-"]);
    const expected = collectSchedule(schedule(readScenario(small)));
    expect(JSON.parse(out)).toMatchObject({ requests: expected.at.length, sha256: expected.sha256, seed: 7 });
    expect(collectSchedule(parseScheduleCsv(readFileSync(csv, "utf8"), csv)).sha256).toBe(expected.sha256);
  });

  it("goes to a file when one is named, and the table stays", async () => {
    const file = join(folder, "deep/model.json");
    const { out } = await transcript(["predict", small, "--json", file]);
    expect(out).toContain("single");
    expect(answerFromJson(readFileSync(file, "utf8")).from).toBe("model");
  });
});

describe("the version", () => {
  it("is package.json's", () => {
    expect(version).toBe(JSON.parse(readFileSync("package.json", "utf8")).version);
  });
});
