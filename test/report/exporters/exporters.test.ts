import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/base/check.ts";
import { source } from "../../../src/random/source.ts";
import { compare } from "../../../src/report/compare.ts";
import { exporters, type Reported } from "../../../src/report/exporters/index.ts";
import { importedAnswer } from "../../../src/report/importers/importedAnswer.ts";
import { importFile } from "../../../src/report/importers/index.ts";
import type { AvailableAnswer } from "../../../src/scenario/answer.ts";
import { latencyAnswerOf } from "../../../src/scenario/latencyAnswer.ts";
import { answers, liveAnswer, modelAnswer, scenario, simAnswer } from "../fixtures/burst.ts";
import { textOf } from "../importers/source.ts";

const { tolerance, quantiles } = scenario.report;
const comparison = compare([modelAnswer, simAnswer], liveAnswer, { tolerance, quantiles });
const reported: Reported = { scenario, answers, comparison };
const hostile = '<b>&"|\n`x`';
const hostileReport: Reported = {
  scenario: { ...scenario, name: hostile },
  answers: answers.map((answer) => ({
    ...answer,
    targets: answer.targets.map((t) => ({ ...t, name: hostile + t.name })),
  })),
  comparison: { ...comparison, targets: comparison.targets.map((t) => ({ ...t, name: hostile + t.name })) },
};

const written = (format: string, from: Reported = reported): string => bytesOrText(format, from) as string;

const bytesOrText = (format: string, from: Reported): string | Uint8Array =>
  exporters.find((exporter) => exporter.format === format)!.write(from);

/** The latency of a file read back, beside the one it was made of. */
function readBack(text: string, name?: string) {
  const { imported } = importFile(textOf(text));
  const series = name === undefined ? imported.series[0]! : imported.series.find((each) => each.name === name)!;
  const answer = importedAnswer({
    imported: { ...imported, series: [series] },
    format: "x",
    report: scenario.report,
    name: "x",
  });
  const target = answer.targets[0]!;
  if (target.status === "unavailable") throw new Error("an import has figures");
  return target;
}

const uniform = source(1, "exported");
const latency = latencyAnswerOf(
  Float64Array.from({ length: 5000 }, () => 0.002 - 0.05 * Math.log1p(-uniform())),
  scenario.report,
);
const simulated = { ...(simAnswer.targets[0] as AvailableAnswer), latency };
const real: Reported = {
  ...reported,
  answers: [{ ...simAnswer, targets: [simulated, { ...simulated, name: "other" }] }],
};
const only: Reported = { ...reported, answers: [{ ...simAnswer, targets: [simulated] }] };

describe("parquet", () => {
  const rowsOf = async (from: Reported) => {
    const { buffer } = bytesOrText("parquet", from) as Uint8Array;
    return parquetReadObjects({ file: buffer as ArrayBuffer });
  };

  it("holds the rows of the CSV, by another reader", async () => {
    const rows = await rowsOf(reported);
    const lines = written("csv").trimEnd().split("\n").slice(1);
    const cell = (value: unknown) => (value === null ? "" : String(value));
    expect(rows.map((row) => Object.values(row).map(cell).join(","))).toEqual(lines);
  });

  it("takes any name", async () => {
    const [row] = await rowsOf(hostileReport);
    expect(String(row!.target).startsWith(hostile)).toBe(true);
  });
});

describe("exporters", () => {
  it.each(["csv", "markdown", "openmetrics", "junit"])("%s ends with a line feed and holds no NaN", (format) => {
    const text = written(format);
    expect(text.endsWith("\n")).toBe(true);
    expect(text).not.toMatch(/NaN|undefined|\[object/);
  });

  it("csv: as many cells in every row, every target and engine", () => {
    const rows = written("csv").trim().split("\n");
    expect(new Set(rows.map((row) => row.split(",").length))).toEqual(new Set([9]));
    for (const { from, targets } of answers) {
      for (const target of targets) {
        if (target.status === "unavailable") continue;
        const mean = rows.find(
          (row) => row.startsWith(`${from},${target.name},`) && row.includes(",latency_mean_seconds,"),
        );
        expect(Number(mean!.split(",")[6])).toBe(target.latency.mean.value);
      }
    }
  });

  it("hlog and hgrm: read back, the very quantiles to the three digits of their buckets", () => {
    const log = readBack(written("hlog", real), `sim.${simulated.name}`);
    const table = readBack(written("hgrm", only));
    for (const [i, { q, value }] of simulated.latency.quantiles.entries()) {
      expect(Math.abs(log.latency.quantiles[i]!.value.value / value.value - 1), `p${q}`).toBeLessThan(2e-3);
      expect(Math.abs(table.latency.quantiles[i]!.value.value / value.value - 1), `p${q}`).toBeLessThan(5e-3);
    }
    expect(log.counts?.completed).toBe(table.counts?.completed);
  });

  it("hgrm: refuses several histograms, and answers without one", () => {
    expect(() => written("hlog")).toThrow("cannot be read");
    expect(() => written("hgrm", real)).toThrow(/a \.hgrm file holds one histogram, and there are \d+/);
    expect(() => written("hgrm", { ...reported, answers: [modelAnswer] })).toThrow("no answer holds a histogram");
  });

  it("openmetrics: every line a comment or a sample, and the end said", () => {
    for (const from of [reported, hostileReport]) {
      const lines = written("openmetrics", from).split("\n");
      expect(lines.at(-2)).toBe("# EOF");
      for (const line of lines.slice(0, -2)) {
        expect(line).toMatch(/^# (TYPE|UNIT|HELP) |^[a-z_]+\{([a-z_]+="([^"\\]|\\.)*",?)*\} ([-+.\deE]+|\+Inf)$/);
      }
    }
  });

  it("junit: a case per judged quantile, and the counts add up", () => {
    for (const from of [reported, hostileReport]) {
      const text = written("junit", from);
      const [, tests, failures, skipped] = /tests="(\d+)" failures="(\d+)" errors="0" skipped="(\d+)"/
        .exec(text)!
        .map(Number);
      expect(text.match(/<testcase /g)!.length).toBe(tests);
      expect((text.match(/<failure /g) ?? []).length).toBe(failures);
      expect((text.match(/<skipped /g) ?? []).length).toBe(skipped);
      expect(text).not.toMatch(/<b>|&(?!amp;|lt;|gt;|quot;)/);
    }
    expect(() => written("junit", { ...reported, comparison: null })).toThrow(InputError);
  });

  it("markdown: names cannot become markup or leave their cells", () => {
    const text = written("markdown", hostileReport);
    expect(text).not.toMatch(/(^|[^\\])<b>/);
    const columns = new Set(
      text
        .split("\n")
        .filter((line) => line.startsWith("|"))
        .map((line) => line.replaceAll("\\|", "").split("|").length),
    );
    expect(columns.size).toBeLessThanOrEqual(2);
    expect(written("markdown")).toContain(`**Verdict: ${comparison.verdict}**`);
  });
});
