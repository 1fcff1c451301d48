import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/base/check.ts";
import { source } from "../../../src/random/source.ts";
import { completedOf, importedAnswer } from "../../../src/report/importers/importedAnswer.ts";
import type { Imported } from "../../../src/report/importers/importer.ts";
import { importers, importFile } from "../../../src/report/importers/index.ts";
import { answerFromJson, answerToJson } from "../../../src/report/json.ts";
import { differencesOf } from "./differences.ts";
import { examples } from "./examples.ts";
import { type Mutation, mutationsOf } from "./mutations.ts";
import { sourceOf } from "./source.ts";

// Faulty files of every importer that there is: a clear error, or what the intact lines say. `npm run fuzz:importers` makes
// more of them, by other seeds.
const perFile = Number(process.env.FUZZ_PER_FILE ?? 60);
const seed = Number(process.env.FUZZ_SEED ?? 1);

const report = {
  quantiles: [0.5, 0.99],
  cdfAt: [0.01],
  buckets: [0.01],
  objective: null,
  tolerance: { quantileRatio: 1.25, absolute: 1e-3, ks: 0.1 },
};

/** So much of a long file as a hundred faults are quickly read of. */
function shortened(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 8192 || bytes.includes(0)) return bytes;
  const text = new TextDecoder().decode(bytes);
  return text.startsWith("{\n") || !text.includes("\n", 1)
    ? bytes
    : new TextEncoder().encode(`${text.split("\n").slice(0, 41).join("\n")}\n`);
}

/** How many values a touched line or number may change: a flow of Hubble's is paired with others, a row of IBM's is a list. */
const touchedBy: Readonly<Record<string, number>> = { hubble: 6, "ibm-latency": Infinity };
// An edge and a stated quantile, of itself and of a neighbour that is held to it.
const touchedByDefault = 4;

/** Whose files are several wholes, one after the other: intervals, label sets, exports. Without one the others still add up. */
const ofWholes: readonly string[] = ["hlog", "prometheus", "otel"];

const countOf = ({ series }: Imported): number => series.reduce((sum, { law }) => sum + (completedOf(law) ?? 0), 0);
const isLess = (one: Imported, other: Imported): boolean => countOf(one) < countOf(other);

function judge(mutation: Mutation, whole: Imported, format: string, name: string): Imported | undefined {
  let imported: Imported;
  try {
    imported = importFile(sourceOf(name, mutation.bytes), { format }).imported;
  } catch (error) {
    expect(error, String(error)).toBeInstanceOf(InputError);
    const { file, issues } = error as InputError;
    expect(file).toBe(name);
    expect(issues.map(({ message }) => message).join("\n")).not.toMatch(/undefined|\[object|^$/);
    expect(mutation.must, `refused: ${(error as Error).message}`).not.toBe("be the same");
    return undefined;
  }
  expect(mutation.must).not.toBe("be refused");
  if (ofWholes.includes(format) && isLess(imported, whole)) return imported;
  const { missing, made } = differencesOf(whole, imported);
  const touched = touchedBy[format] ?? touchedByDefault;
  if (mutation.must === "be the same") expect({ missing, made }).toEqual({ missing: 0, made: 0 });
  if (mutation.must === "be a part") expect(made).toBeLessThanOrEqual(format === "hubble" ? touched : 0);
  if (mutation.must === "differ in few") {
    expect(made).toBeLessThanOrEqual(touched);
    expect(missing).toBeLessThanOrEqual(touched);
  }
  return imported;
}

describe(`${perFile} faulty files of each format are refused, or say what their intact lines say`, () => {
  it("of every importer", () => {
    expect(Object.keys(examples).sort()).toEqual(importers.map(({ format }) => format).sort());
  });

  it.each(Object.entries(examples))("%s", { timeout: 30_000 + 100 * perFile }, (format, files) => {
    for (const [n, name] of files.entries()) {
      const bytes = shortened(readFileSync(`test/report/importers/files/${name}`));
      const whole = importFile(sourceOf(name, bytes), { format }).imported;
      const uniform = source(seed, "faults", name);
      let i = 0;
      for (const mutation of mutationsOf(bytes, uniform, n === 0 ? perFile : Math.ceil(perFile / 4))) {
        try {
          const imported = judge(mutation, whole, format, name);
          if (imported === undefined || i++ % 5 > 0) continue;
          const first = { ...imported, series: imported.series.slice(0, 1) };
          const answer = importedAnswer({ imported: first, format, report, name });
          expect(() => answerFromJson(answerToJson(answer))).not.toThrow();
        } catch (error) {
          throw new Error(`${name} with ${mutation.fault}: ${error instanceof Error ? error.message : error}`, {
            cause: error,
          });
        }
      }
    }
  });
});
