import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { completedOf, importedAnswer } from "../../../src/report/importers/importedAnswer.ts";
import type { ImportedLaw } from "../../../src/report/importers/importer.ts";
import { importFile } from "../../../src/report/importers/index.ts";
import { realRuns } from "./examples.ts";
import { type PrintedQuantile, printedBy } from "./printed.ts";
import { fileOf } from "./source.ts";

// What the tools themselves wrote (npm run formats:real), held to what they printed of the same runs.

const cases = realRuns.flatMap((run) => run.files.map((file) => [run.tool, file, run] as const));

/** How many ranks a tool's rule may be away from ours: vegeta estimates by a digest. */
const ranksOf = (tool: string, count: number): number => (tool === "vegeta" ? Math.ceil(0.02 * count) : 1);

/** Of a sample: the values by whose side a tool's may lie, whatever its rule of ranks. */
function neighbours(law: ImportedLaw, q: number, tool: string): readonly [low: number, high: number] | null {
  if (!("seconds" in law)) return null;
  const sorted = law.seconds.slice().sort();
  const rank = Math.max(1, Math.ceil(q * sorted.length - 1e-9));
  const ranks = ranksOf(tool, sorted.length);
  return [sorted[Math.max(0, rank - 1 - ranks)]!, sorted[Math.min(sorted.length - 1, rank - 1 + ranks)]!];
}

describe("files of the tools themselves", () => {
  it("are of all the tools that could be had", () => {
    const tools = ["ab", "artillery", "autocannon", "fortio", "hey", "k6", "locust", "oha", "vegeta", "wrk"];
    expect(realRuns.map(({ tool }) => tool)).toEqual(tools);
    for (const { version } of realRuns) expect(version).toMatch(/^v?\d+\.\d+/);
  });

  it.each(cases)("%s: %s has the quantiles that were printed", (tool, file, { printed }) => {
    const { imported, importer } = importFile(fileOf(join("real", file)));
    const [series] = imported.series;
    expect(completedOf(series!.law) ?? 100).toBeGreaterThanOrEqual(100);
    const rows: readonly PrintedQuantile[] =
      printed === null ? [] : printedBy[tool]!(readFileSync(`test/report/importers/files/real/${printed}`, "utf8"));
    if (printed !== null) expect(rows.length).toBeGreaterThanOrEqual(4);
    const quantiles = rows.map(({ q }) => q);
    const report = {
      quantiles,
      cdfAt: [],
      buckets: [],
      objective: null,
      tolerance: { quantileRatio: 1, absolute: 0, ks: 0 },
    };
    const target = importedAnswer({ imported, format: importer.format, report, name: file }).targets[0]!;
    if (target.status === "unavailable") throw new Error("an import has figures");
    // Whole milliseconds stand for anything within half of one.
    const own = importer.format === "ab-tsv" ? 0.5e-3 : 0;
    for (const [i, { q, seconds, within }] of rows.entries()) {
      const value = target.latency.quantiles[i]!.value.value;
      const [low, high] = neighbours(series!.law, q, tool) ?? [value, value];
      const slack = (within + own) * (1 + 1e-9) + 1e-12;
      expect(seconds, `p${100 * q} printed`).toBeGreaterThanOrEqual(low - slack);
      expect(seconds, `p${100 * q} printed`).toBeLessThanOrEqual(high + slack);
      expect(value).toBeGreaterThanOrEqual(low);
      expect(value).toBeLessThanOrEqual(high);
    }
  });
});
