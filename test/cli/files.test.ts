import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InputError, TargetError } from "../../src/base/check.ts";
import { describeError, ofFile, UsageError } from "../../src/cli/exit.ts";
import { readScenario, readTextFile, writeFileAtomic, writeLinesAtomic } from "../../src/cli/files.ts";
import { readMeasurement, writeMeasurement } from "../../src/cli/measurement.ts";
import { startProgress } from "../../src/cli/progress.ts";
import { simulateParallel } from "../../src/cli/simulateParallel.ts";
import { OutcomeLog, outcomeCsvLines } from "../../src/live/outcomes.ts";
import { answerToJson } from "../../src/report/json.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import { collectSchedule, schedule } from "../../src/scenario/schedule.ts";
import { simulate } from "../../src/sim/simulate.ts";

/** All targets, measured with a seed that no scenario here has. */
const everything = { chosen: undefined, seed: 1007 };

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "coldcast-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("files", () => {
  it("are written whole, with the folders above them and nothing left over", async () => {
    const file = join(folder, "a/b/c.txt");
    writeFileAtomic(file, "one");
    await writeLinesAtomic(file, ["x", "y"]);
    expect(readFileSync(file, "utf8")).toBe("x\ny\n");
    expect(readdirSync(join(folder, "a/b"))).toEqual(["c.txt"]);
  });

  it("keep their old content when writing fails half-way", async () => {
    const file = join(folder, "kept.txt");
    writeFileAtomic(file, "old");
    const broken = function* () {
      yield "new";
      throw new Error("no more");
    };
    await expect(writeLinesAtomic(file, broken())).rejects.toThrow("no more");
    expect(readFileSync(file, "utf8")).toBe("old");
    expect(existsSync(`${file}.${process.pid}.tmp`)).toBe(false);
  });

  it("go through a link, which stays one", () => {
    const [place, link] = [join(folder, "place.txt"), join(folder, "link.txt")];
    writeFileSync(place, "old");
    symlinkSync(place, link);
    writeFileAtomic(link, "new");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(place, "utf8")).toBe("new");
  });

  it.skipIf(process.platform === "win32")("never take the place of a device or a pipe", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    writeFileAtomic(pipe, "one\n");
    await writeLinesAtomic(pipe, ["two"]);
    expect(statSync(pipe).isFIFO()).toBe(true);
    const bytes = Buffer.alloc(16);
    expect(bytes.toString("utf8", 0, readSync(reader, bytes))).toBe("one\ntwo\n");
    closeSync(reader);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("that killed processes had half written go when the file is written again, those of running ones stay", () => {
    const own = join(folder, "left");
    mkdirSync(own);
    for (const pid of [process.pid, process.ppid, 2 ** 22 + 1]) writeFileSync(join(own, `x.json.${pid}.tmp`), "half");
    writeFileSync(join(own, "x.json.old.tmp"), "the user's own");
    writeFileAtomic(join(own, "x.json"), "whole");
    expect(readdirSync(own).sort()).toEqual(["x.json", `x.json.${process.ppid}.tmp`, "x.json.old.tmp"]);
  });

  it.skipIf(!existsSync("/dev/full"))("say that the disk is full by their own name", async () => {
    const full = Object.assign(new Error("ENOSPC"), { code: "ENOSPC", syscall: "write" });
    const errors = [
      await writeLinesAtomic("/dev/full", ["x"]).catch((error: unknown) => error),
      await Promise.resolve()
        .then(() => writeFileAtomic("/dev/full", "x"))
        .catch((error: unknown) => error),
      ofFile(full, "/dev/full"),
    ];
    for (const error of errors)
      expect(describeError(error)).toEqual({ message: "/dev/full: the disk is full", code: 2 });
  });

  it("are told by the name the user gave", () => {
    const message = (act: () => void): string => {
      try {
        act();
      } catch (error) {
        return describeError(error).message;
      }
      return "";
    };
    expect(message(() => writeFileAtomic(folder, ""))).toBe(`${folder}: it is a folder, not a file`);
    expect(message(() => writeFileAtomic("", ""))).toBe("the name of the file to write is empty");
    const failure = Object.assign(new Error("EACCES"), { code: "EACCES", syscall: "open", path: "/a/b.json.17.tmp" });
    expect(describeError(failure).message).toBe("/a/b.json: permission denied");
  });

  it("of another scenario's measurement are not fitted to", () => {
    const measured = join(folder, "measured");
    mkdirSync(measured);
    const scenario = toScenario({
      name: "mine",
      duration: "1s",
      arrivals: { kind: "poisson", rate: "1/s" },
      work: "1ms",
      targets: { one: { kind: "server" } },
    });
    const answer = { ...simulate(scenario, { replications: 2 }), from: "live", scenario: "other" } as const;
    writeFileSync(join(measured, "live.json"), answerToJson(answer));
    expect(() => readMeasurement(measured, scenario, everything)).toThrow(/is a measurement of other, not of mine/);
  });

  it("may be one outcome log, whose target its name or --target says and whose seed the user", () => {
    const targets = { one: { kind: "server" }, two: { kind: "server" } } as const;
    const scenario = toScenario({
      name: "mine",
      duration: "1s",
      arrivals: { kind: "poisson", rate: "1/s" },
      work: "1ms",
      targets,
    });
    const text = [...outcomeCsvLines(new OutcomeLog(collectSchedule(schedule(scenario, { requests: 3 }))))].join("\n");
    const named = join(folder, "two.outcomes.csv");
    const unnamed = join(folder, "some.csv");
    for (const file of [named, unnamed]) writeFileSync(file, `${text}\n`);
    const { outcomes, source } = readMeasurement(named, scenario, { ...everything, seed: 9 });
    expect([...outcomes.keys()]).toEqual(["two"]);
    expect(outcomes.get("two")!.length).toBe(3);
    expect(source.seed).toBe(9);
    expect(() => readMeasurement(unnamed, scenario, everything)).toThrow(/which target is it of/);
    const chosen = readMeasurement(unnamed, scenario, { ...everything, chosen: ["one"] });
    expect([...chosen.outcomes.keys()]).toEqual(["one"]);
  });

  it("of a measurement replace those of an earlier one", async () => {
    const out = join(folder, "twice");
    const scenario = toScenario({
      name: "mine",
      duration: "1s",
      arrivals: { kind: "poisson", rate: "1/s" },
      work: "1ms",
      targets: { one: { kind: "server" } },
    });
    const answer = { ...simulate(scenario, { replications: 2 }), from: "live" } as const;
    const log = new OutcomeLog(collectSchedule(schedule(scenario, { requests: 3 })));
    const logs = join(out, "live");
    const pods = new Map([["old", { pods: [], events: [] }]]);
    await writeMeasurement({ answer, outcomes: new Map([["old", log]]), pods }, { folder: out, logs });
    expect(readdirSync(logs).sort()).toEqual(["old.events.csv", "old.outcomes.csv", "old.pods.csv"]);
    writeFileSync(join(logs, "notes.txt"), "the user's own");
    await writeMeasurement({ answer, outcomes: new Map([["one", log]]), pods: new Map() }, { folder: out, logs });
    expect(readdirSync(logs).sort()).toEqual(["notes.txt", "one.outcomes.csv"]);
  });

  it("must be UTF-8 text", () => {
    const file = join(folder, "bytes");
    writeFileSync(file, Buffer.from([0x66, 0xff, 0xfe]));
    expect(() => readTextFile(file)).toThrow(/is not a text file/);
  });

  it("named by a scenario may not lead out of its folder through a link", () => {
    const inside = join(folder, "scenario");
    mkdirSync(inside);
    writeFileSync(join(folder, "secret.csv"), "1\n2\n");
    symlinkSync(join(folder, "secret.csv"), join(inside, "link.csv"));
    const scenario = `name: x\narrivals: { kind: trace, file: link.csv }\nwork: 1ms\ntargets: { one: { kind: server } }\n`;
    writeFileSync(join(inside, "s.yaml"), scenario);
    expect(() => readScenario(join(inside, "s.yaml"))).toThrow(/outside the scenario's folder/);
    writeFileSync(join(inside, "t.yaml"), scenario.replace("link.csv", "own.csv"));
    writeFileSync(join(inside, "own.csv"), "1\n2\n");
    expect(readScenario(join(inside, "t.yaml")).arrivals).toEqual({ kind: "trace", times: [1, 2] });
  });
});

describe("errors", () => {
  it.each([
    [new UsageError("write it so"), 2, "write it so"],
    [new InputError("f.yaml", [{ path: "a", message: "is wrong", line: 2, column: 3 }]), 2, "f.yaml:2:3: a: is wrong"],
    [new TargetError("faas", "refused", { retriable: true }), 3, "faas: refused (trying again may help)"],
    [new Error("oops\n  at line"), 70, "internal error: oops (set COLDCAST_DEBUG=1 for the stack trace)"],
    ["text", 70, "internal error: text (set COLDCAST_DEBUG=1 for the stack trace)"],
  ])("%s", (error, code, message) => {
    expect(describeError(error)).toEqual({ code, message });
  });
});

describe("progress", () => {
  const watch = (live: boolean) => {
    let text = "";
    let now = 0;
    const err = (more: string) => {
      text += more;
    };
    const progress = startProgress({ out: err, err, live, color: false, width: 80, nowMs: () => (now += 50) }, "work");
    return { progress, text: () => text };
  };

  it("is a line per 10 % where lines cannot be redrawn", () => {
    const { progress, text } = watch(false);
    for (let i = 0; i <= 100; i++) progress.update(i / 100, "faas");
    progress.done();
    expect(text().split("\n").length).toBe(11);
    expect(text()).toContain("work: 30 % (faas)\n");
    expect(text()).not.toContain("\u001b");
  });

  it("redraws one line on a terminal, not too often", () => {
    const { progress, text } = watch(true);
    for (let i = 0; i <= 100; i++) progress.update(i / 100);
    progress.done();
    expect(text().split("\n").length).toBe(2);
    expect(text().split("\r").length).toBeLessThan(60);
  });
});

describe("simulateParallel", () => {
  it("gives the same answer for any number of workers, and as simulate does", async () => {
    const scenario = readScenario("test/golden/cli/small.yaml");
    const answers = await Promise.all(
      [1, 3].map((workers) => simulateParallel(scenario, { workers, replications: 3 })),
    );
    expect(answers[0]).toEqual(simulate(scenario, { replications: 3 }));
    expect(answers[1]).toEqual(answers[0]);
  });

  it("ends at once when interrupted", async () => {
    const scenario = readScenario("test/golden/cli/small.yaml");
    const signal = AbortSignal.abort();
    expect(await simulateParallel(scenario, { requests: 1e8, signal })).toBeNull();
  });
});
