import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Measurement, writeMeasurement } from "../../src/cli/measurement.ts";
import { addPastRun, readPastRuns } from "../../src/cli/pastRuns.ts";
import { askedFor, inOrder, joined, openUnfinished, recovered, removeUnfinished } from "../../src/cli/unfinished.ts";
import { outcomeRecord } from "../../src/live/outcomeRecords.ts";
import type { OutcomeLog } from "../../src/live/outcomes.ts";
import type { Snapshot } from "../../src/live/pipeline/snapshot.ts";
import { type MeasuredTarget, replay } from "../../src/live/replay.ts";
import { FakeTarget } from "../../src/live/targets/fake.ts";
import { virtualClock } from "../../src/live/virtualClock.ts";
import { answerToJson } from "../../src/report/json.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";

const scenario = parseScenario(`
name: unfinished
seed: 3
duration: 10s
arrivals: { kind: poisson, rate: 8/s }
work: 20ms
targets:
  one: { kind: server }
  two: { kind: server, workFactor: 2 }
`);
const drawn = schedule(scenario);
const names = ["one", "two"];
const asked = askedFor(scenario, drawn.seed, names);
let said = "";
const terminal = {
  out: () => {},
  err: (text: string) => {
    said += text;
  },
  live: false,
  color: false,
  width: 80,
  nowMs: () => 0,
};

let folder = "";
/** What a replay gave of each target, and of all. */
const parts: MeasuredTarget[] = [];
let whole: Measurement;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "coldcast-unfinished-"));
  const clock = virtualClock();
  const deployment = { target: () => new FakeTarget({ clock }) };
  whole = await replay(scenario, drawn, deployment, {
    clock,
    onTarget: async (part) => void parts.push(part),
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Leaves behind what a process has that was killed during the second target. */
async function killed(out: string, recordsOfTwo: number): Promise<void> {
  const kept = openUnfinished(out, asked, terminal);
  await kept.onTarget(parts[0]!);
  const log = whole.outcomes.get("two") as OutcomeLog;
  for (let row = 0; row < recordsOfTwo; row++) kept.onRecord("two", outcomeRecord(log, row));
  await kept.close();
}

describe("a replay that was killed", () => {
  it("can be read: the target that was done as it was, the other as far as it was", async () => {
    const out = join(folder, "recovered");
    await killed(out, 20);
    const found = recovered(out, asked, { scenario, drawn, names });
    await writeMeasurement(found, { folder: out, logs: out });
    removeUnfinished(out);
    const [one, two] = found.answer.targets as AvailableAnswer[];
    expect(one!.counts).toEqual((whole.answer.targets[0] as AvailableAnswer).counts);
    const { scheduled, completed, unsent } = two!.counts!;
    expect({ completed, unsent }).toEqual({ completed: 20, unsent: scheduled - 20 });
    expect(two!.method).toContain(`broken off: 20 of ${scheduled} requests had their outcome on the disk`);
    expect(readdirSync(out).sort()).toEqual(["live.json", "one.outcomes.csv", "two.outcomes.csv"]);
  });

  it("goes on with the targets that were not done, and ends as an unbroken one", async () => {
    const out = join(folder, "going-on");
    await killed(out, 20);
    const again = openUnfinished(out, asked, terminal);
    expect(again.done!.answer.targets.map(({ name }) => name)).toEqual(["one"]);
    const result = inOrder(joined(again.done, parts[1]!), scenario);
    await writeMeasurement(result, { folder: out, logs: out });
    again.remove();
    const reference = join(folder, "unbroken");
    await writeMeasurement(whole, { folder: reference, logs: reference });
    for (const name of readdirSync(reference)) {
      const [mine, theirs] = [out, reference].map((each) => withoutTime(readFileSync(join(each, name), "utf8")));
      expect(mine, name).toBe(theirs);
    }
    expect(readdirSync(out).sort()).toEqual(readdirSync(reference).sort());
  });

  it("is not taken for another one", async () => {
    const out = join(folder, "another");
    await killed(out, 3);
    const other = askedFor(scenario, 4, names);
    expect(() => recovered(out, other, { scenario, drawn, names })).toThrow("is of another measurement");
    said = "";
    expect(openUnfinished(out, other, terminal).done).toBeNull();
    expect(said).toContain("is of another measurement, and is replaced");
    expect(() => recovered(join(folder, "nothing"), asked, { scenario, drawn, names })).toThrow("holds nothing of");
  });

  it("may have left anything: what cannot be read counts as not there", async () => {
    const out = join(folder, "garbage");
    await killed(out, 3);
    writeFileSync(join(out, "unfinished", "asked.json"), "{");
    expect(openUnfinished(out, asked, terminal).done).toBeNull();
  });
});

/** The instant of the measurement is no part of it. */
const withoutTime = (text: string): string => text.replace(/"at": "\d{4}-[^"]+"/, "");

describe("a measurement in place of an earlier one", () => {
  it("leaves it as it was until all of its own is written", async () => {
    const out = join(folder, "kept");
    await writeMeasurement(whole, { folder: out, logs: out });
    const before = readdirSync(out).map((name) => [name, readFileSync(join(out, name), "utf8")]);
    const broken = { ...whole, files: new Map([["three.outcomes.csv", join(out, "none")]]) };
    await expect(writeMeasurement(broken, { folder: out, logs: out })).rejects.toThrow("ENOENT");
    expect(readdirSync(out).map((name) => [name, readFileSync(join(out, name), "utf8")])).toEqual(before);
    expect(answerToJson(whole.answer)).toBe(readFileSync(join(out, "live.json"), "utf8"));
  });
});

describe("the runs of before", () => {
  it("survive a line that was broken off", () => {
    const out = join(folder, "runs");
    const snapshot = { run: "r", atSeconds: 0, verdict: null, targets: [] } as unknown as Snapshot;
    addPastRun(out, snapshot);
    const file = join(out, "runs.ndjson");
    writeFileSync(file, `${readFileSync(file, "utf8")}{"run":"half`);
    addPastRun(out, snapshot);
    expect(readPastRuns(out).map(({ run }) => run)).toEqual(["r", "r"]);
    expect(existsSync(`${file}.${process.pid}.tmp`)).toBe(false);
  });
});
