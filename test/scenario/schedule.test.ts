import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/base/check.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { collectSchedule, parseScheduleCsv, schedule, scheduleCsvLines } from "../../src/scenario/schedule.ts";

const scenario = {
  name: "schedule",
  seed: 7,
  duration: 20,
  arrivals: { kind: "devices", count: 5, each: { kind: "poisson", rate: 4 } },
  work: { kind: "lognormal", mean: 0.012, scv: 0.4 },
} as unknown as Scenario;

describe("schedule", () => {
  it("is the same for the same seed, bit by bit, and another for another seed or replication", () => {
    const first = collectSchedule(schedule(scenario));
    expect(collectSchedule(schedule(scenario, { seed: 7, replication: 0 }))).toEqual(first);
    expect(collectSchedule(schedule(scenario, { seed: 8 })).sha256).not.toBe(first.sha256);
    expect(collectSchedule(schedule(scenario, { replication: 1 })).sha256).not.toBe(first.sha256);
  });

  it("keeps to [0, duration), and to the number of requests where that is given", () => {
    const { at } = collectSchedule(schedule(scenario));
    expect(at.length).toBeGreaterThan(300);
    expect(at.every((instant) => instant >= 0 && instant < 20)).toBe(true);
    const counted = collectSchedule(schedule(scenario, { requests: 1000 }));
    expect(counted.at.length).toBe(1000);
    expect([...counted.at.slice(0, at.length)]).toEqual([...at]);
  });

  it("comes back from its CSV to the last bit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const drawn = schedule(scenario, { seed, requests: 50 });
        const read = parseScheduleCsv([...scheduleCsvLines(drawn), ""].join("\n"), "s.csv");
        expect(collectSchedule(read)).toEqual(collectSchedule(drawn));
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("of a number of requests knows no end, and of none is empty", () => {
    expect(schedule(scenario).duration).toBe(20);
    expect(schedule(scenario, { requests: 3 }).duration).toBe(Infinity);
    expect(schedule(scenario, { requests: 0 }).open().next()).toBe(false);
    expect(collectSchedule(schedule(scenario, { requests: 0 })).at).toHaveLength(0);
    expect(schedule(scenario)).toMatchObject({ name: "schedule", seed: 7 });
    expect([...scheduleCsvLines(schedule(scenario, { requests: 0 }))]).toEqual(["at_seconds,work_seconds,source"]);
  });

  it("does not exist where requests wait for answers", () => {
    const closed = { kind: "closed", clients: 3, thinkTime: { kind: "deterministic", value: 1 } };
    expect(() => schedule({ ...scenario, arrivals: closed } as never)).toThrow(/closed/);
  });

  it("is told apart by its bits: SHA-256 of the pairs as little-endian doubles", () => {
    const { at, work, sha256, origin } = collectSchedule(schedule(scenario, { requests: 1500 }));
    const bytes = Buffer.alloc(16 * 1500);
    for (let i = 0; i < 1500; i++) {
      bytes.writeDoubleLE(at[i]!, 16 * i);
      bytes.writeDoubleLE(work[i]!, 16 * i + 8);
    }
    expect(sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(new Set(origin)).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it("streams: a million requests hold no array", () => {
    const cursor = schedule(scenario, { requests: 1_000_000 }).open();
    const before = process.memoryUsage().arrayBuffers;
    let count = 0;
    while (cursor.next()) count++;
    expect(count).toBe(1_000_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });
});

describe("a schedule file that is broken", () => {
  it.each([
    ["", "s.csv:1:1: expected the header at_seconds,work_seconds[,source], got an empty line"],
    ["time,work\n1,2", 's.csv:1:1: expected the header at_seconds,work_seconds[,source], got "time,work"'],
    ["at_seconds,work_seconds\n1", "s.csv:2:1: expected 2 cells, got 1"],
    ["at_seconds,work_seconds\n1,0.1\n0.5,0.1", "s.csv:3:1: at_seconds must not decrease, got 0.5 after 1"],
    ["at_seconds,work_seconds\nx,0.1", 's.csv:2:1: at_seconds must be a number ≥ 0, got "x"'],
    ["at_seconds,work_seconds\n1,-1", 's.csv:2:1: work_seconds must be a number ≥ 0, got "-1"'],
    ["at_seconds,work_seconds\n1,", 's.csv:2:1: work_seconds must be a number ≥ 0, got ""'],
    ["\n", "s.csv:1:1: expected the header at_seconds,work_seconds[,source], got an empty line"],
    ["at_seconds,work_seconds\n-1,0.1", 's.csv:2:1: at_seconds must be a number ≥ 0, got "-1"'],
    ["at_seconds,work_seconds\nInfinity,1", 's.csv:2:1: at_seconds must be a number ≥ 0, got "Infinity"'],
    ["at_seconds,work_seconds\n1,Infinity", 's.csv:2:1: work_seconds must be a number ≥ 0, got "Infinity"'],
    ["at_seconds,work_seconds\n\n1,1", "s.csv:2:1: expected 2 cells, got 1"],
    ["at_seconds,work_seconds,source\n1,1,-1", 's.csv:2:1: source must be a whole number ≥ 0, got "-1"'],
    ["at_seconds,work_seconds,source\n1,1,2147483648", 'must be a whole number ≥ 0, got "2147483648"'],
    ["at_seconds,work_seconds,source\n1,1,0.5", 's.csv:2:1: source must be a whole number ≥ 0, got "0.5"'],
  ])("%j", (text, message) => {
    expect(() => parseScheduleCsv(text, "s.csv")).toThrow(InputError);
    expect(() => parseScheduleCsv(text, "s.csv")).toThrow(message);
  });

  it("may end its lines as Windows does, and need not say a source", () => {
    const read = parseScheduleCsv("at_seconds,work_seconds\r\n0,0\r\n0,0.5\r\n2,0.25\r\n\r\n\r\n", "s.csv");
    expect([read.name, read.seed, read.duration]).toEqual(["s.csv", 0, 2]);
    const { at, work, origin } = collectSchedule(read);
    expect([[...at], [...work], [...origin]]).toEqual([
      [0, 0, 2],
      [0, 0.5, 0.25],
      [0, 0, 0],
    ]);
    expect(parseScheduleCsv("at_seconds,work_seconds\n", "s.csv").duration).toBe(0);
    const told = parseScheduleCsv("at_seconds,work_seconds,source\n1,2,2147483647", "s.csv");
    expect([...collectSchedule(told).origin]).toEqual([2 ** 31 - 1]);
    const [cursor, another] = [told.open(), told.open()];
    expect([cursor.next(), cursor.next(), another.next()]).toEqual([true, false, true]);
  });

  it("lists at most ten broken lines at once", () => {
    const text = ["at_seconds,work_seconds", ...Array.from({ length: 50 }, () => "x,y")].join("\n");
    try {
      parseScheduleCsv(text, "s.csv");
      expect.unreachable();
    } catch (error) {
      expect((error as InputError).issues.length).toBe(10);
    }
  });
});
