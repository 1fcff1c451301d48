import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/base/check.ts";
import { OutcomeLog, outcomeCsvLines, outcomeKinds, parseOutcomes } from "../../src/live/outcomes.ts";

const header =
  "at_seconds,work_seconds,lateness_seconds,latency_seconds,outcome,status,cold,instance,instance_started_seconds,work_done_seconds,start_seconds";

const seconds = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => x + 0);
const outcome = fc.record(
  {
    latenessSeconds: seconds,
    latencySeconds: seconds.map(Math.abs),
    status: fc.integer({ min: 100, max: 599 }),
    cold: fc.boolean(),
    instance: fc.string({ minLength: 1 }).filter((text) => !/[\r\n]/.test(text)),
    instanceStartedSeconds: seconds,
    workDoneSeconds: seconds.map(Math.abs),
    startSeconds: seconds.map(Math.abs),
  },
  { requiredKeys: [] },
);

describe("an outcome log", () => {
  it("comes back from its CSV, to the last bit", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(outcome, fc.constantFrom(...outcomeKinds)), { maxLength: 20 }), (rows) => {
        const at = Float64Array.from(rows, (_, i) => i / 3);
        const log = new OutcomeLog({ at, work: at });
        // What is completed has taken some time.
        for (const [i, [row, kind]] of rows.entries()) {
          log.set(i, { ...(kind === "completed" ? { latencySeconds: i } : {}), ...row, outcome: kind });
        }
        const text = [...outcomeCsvLines(log)].join("\n");
        const back = parseOutcomes(text, "log.csv");
        for (let i = 0; i < log.length; i++) expect(back.row(i)).toEqual(log.row(i));
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it("says unsent of everything at first", () => {
    const log = new OutcomeLog({ at: Float64Array.of(0, 1), work: Float64Array.of(1, 1) });
    expect([...outcomeCsvLines(log)]).toEqual([header, "0,1,,,unsent,,,,,,", "1,1,,,unsent,,,,,,"]);
  });

  it.each([
    ["", "the first line of an outcome log must be"],
    [`${header}\n1,2`, "11 columns expected, found 2"],
    [`${header}\n1,2,,,lost,,,,,,`, "outcome must be one of completed, timeout"],
    [`${header}\n,2,,,completed,,,,,,`, 'column at_seconds must be a number, found ""'],
    [`${header}\n1,2,x,,completed,,,,,,`, 'column lateness_seconds must be a number, found "x"'],
    [`${header}\n1,-2,,,completed,,,,,,`, "column work_seconds must be ≥ 0"],
    [`${header}\n-1,2,,,completed,,,,,,`, "column at_seconds must be ≥ 0"],
    [`${header}\n1e8,2,,,completed,,,,,,`, "column at_seconds must be at most 10000000"],
    [`${header}\n1,2,,-3,completed,,,,,,`, "column latency_seconds must be ≥ 0"],
    [`${header}\n1,2,,,completed,,,,,,`, "a completed request must have its latency_seconds"],
    [`${header}\n1,2,,,completed,,2,,,,`, "column cold must be 0 or 1"],
  ])("refuses %j", (text, message) => {
    expect(() => parseOutcomes(text, "log.csv")).toThrow(InputError);
    expect(() => parseOutcomes(text, "log.csv")).toThrow(message);
  });

  it("names every broken line at once", () => {
    expect(() => parseOutcomes(`${header}\n1\n0,0,,1,completed,,,,,,\n2\n`, "log.csv")).toThrow(
      /log\.csv:2:1: .*\nlog\.csv:4:1: /,
    );
  });
});
