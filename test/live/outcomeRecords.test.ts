import { describe, expect, it } from "vitest";
import { fillFromRecords, outcomeRecord } from "../../src/live/outcomeRecords.ts";
import { OutcomeLog } from "../../src/live/outcomes.ts";

const arrivals = { at: Float64Array.of(0, 0.1, 0.25), work: Float64Array.of(0.01, 0.02, 0.03) };
const filled = (): OutcomeLog => {
  const log = new OutcomeLog(arrivals);
  log.set(0, { outcome: "completed", latenessSeconds: 0, latencySeconds: 0.1 + 0.2, status: 200, instance: 'a,"b"' });
  log.set(2, { outcome: "dropped" });
  return log;
};

describe("records of outcomes", () => {
  it("give the log back, in whatever order they came and however often", () => {
    const log = filled();
    const text = [2, 0, 2].map((row) => `${outcomeRecord(log, row)}\n`).join("");
    const again = new OutcomeLog(arrivals);
    expect(fillFromRecords(again, text, "r.csv")).toBe(2);
    for (const row of [0, 1, 2]) expect(again.row(row)).toEqual(log.row(row));
  });

  it("end where the process was killed, half a line included", () => {
    const log = filled();
    const text = `${outcomeRecord(log, 0)}\n${outcomeRecord(log, 2).slice(0, 5)}`;
    const again = new OutcomeLog(arrivals);
    expect(fillFromRecords(again, text, "r.csv")).toBe(1);
    expect(again.row(2).outcome).toBe("unsent");
  });

  it("name the line that is none", () => {
    const told = (text: string) => () => fillFromRecords(new OutcomeLog(arrivals), text, "r.csv");
    expect(told("3,,,completed,,,,,,,,\n")).toThrow("r.csv:1:1: there is no request 3 in this schedule");
    expect(told(`${outcomeRecord(filled(), 0)}\n1,0,0\n`)).toThrow("r.csv:2:1: 13 columns expected, found 4");
    expect(told("1,0,0,lost,,,,,,,,\n")).toThrow("outcome must be one of completed");
  });
});
