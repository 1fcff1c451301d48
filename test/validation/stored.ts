/**
 * What a validation leaves behind for a reader to check, in test/validation/answers/SET/RUN/:
 *
 *   scenario.yaml    the scenario that was predicted, with what was fitted and on which measurement
 *   predicted.json   the model's answer          simulated.json   the simulator's
 *   prediction.json  when those three were written, and their SHA-256
 *   measured.json    the measurement             comparison.json  what `compare` says of the files above
 *
 * Answers are stored without their HDR histograms, with thinner curves and seven digits: everything else is there.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type CompareOptions, type Comparison, compare } from "../../src/report/compare.ts";
import { answerFromJson, answerToJson, jsonText } from "../../src/report/json.ts";
import type { Answer, LatencyAnswer } from "../../src/scenario/answer.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { isTransient } from "../../src/scenario/schema/normalise.ts";

/** A run read back. */
export interface StoredRun {
  readonly set: string;
  readonly name: string;
  readonly folder: URL;
  /** `scenarios.yaml` where replications took several in turn. */
  readonly scenarioFile: string;
  readonly scenario: string;
  /** Null where the model answers none of the targets. */
  readonly predicted: Answer | null;
  readonly simulated: Answer;
  readonly measured: Answer;
  readonly comparison: Comparison;
}

/** What was said before anything was measured. */
export interface Prediction {
  /** The scenario as YAML, fitted values and the fit's source included. */
  readonly scenario: string;
  readonly predicted: Answer | null;
  readonly simulated: Answer;
}

const answers = new URL("answers/", import.meta.url);
/** A set is a name, or the address of a folder elsewhere. */
const folderOf = (set: string, run: string): URL => new URL(`${set}/${run}/`, answers);

/**
 * Writes a prediction, in place of whatever was stored of this run: called before the measurement is made.
 *
 * @param at when it was made, ISO 8601
 */
export function storePrediction(set: string, run: string, prediction: Prediction, at: string): void {
  const folder = folderOf(set, run);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { scenario, predicted, simulated } = prediction;
  const texts: Record<string, string> = { "scenario.yaml": scenario };
  if (predicted !== null) texts["predicted.json"] = compactJson(predicted);
  texts["simulated.json"] = compactJson(simulated);
  const sha256: Record<string, string> = {};
  for (const [name, text] of Object.entries(texts)) {
    writeFileSync(new URL(name, folder), text);
    sha256[name] = createHash("sha256").update(text).digest("hex");
  }
  writeFileSync(new URL("prediction.json", folder), jsonText({ at, sha256 }));
}

/** Writes the measurement beside its prediction, and what `compare` says of the two as stored. */
export function storeMeasurement(set: string, run: string, measured: Answer): StoredRun {
  const folder = folderOf(set, run);
  writeFileSync(new URL("measured.json", folder), compactJson(measured));
  const stored = readAnswers(folder);
  const { report, arrivals } = parseScenario(stored.scenario, { file: "scenario.yaml" });
  const predictions = [stored.simulated, ...(stored.predicted === null ? [] : [stored.predicted])];
  const { quantiles, tolerance } = report;
  const comparison = compare(predictions, stored.measured, { quantiles, tolerance, transient: isTransient(arrivals) });
  writeFileSync(new URL("comparison.json", folder), rounded(comparison));
  return readRun(set, run);
}

/**
 * Writes a recording of others beside its simulation: there is no schedule that a seed draws, and so no prediction to make anew.
 *
 * @param scenarios that the replications took in turn, as YAML
 */
export function storeRecording(
  set: string,
  run: string,
  given: { readonly scenarios: string; readonly simulated: Answer; readonly measured: Answer },
  options: CompareOptions,
): void {
  const folder = folderOf(set, run);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL("scenarios.yaml", folder), given.scenarios);
  writeFileSync(new URL("simulated.json", folder), compactJson(given.simulated));
  writeFileSync(new URL("measured.json", folder), compactJson(given.measured));
  const { simulated, measured } = readAnswers(folder);
  writeFileSync(new URL("comparison.json", folder), rounded(compare([simulated], measured, options)));
}

/** Every complete run of a set, by name; numbers in names count as numbers. */
export function storedRuns(set: string): readonly StoredRun[] {
  const folder = new URL(`${set}/`, answers);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((run) => isStored(set, run))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .map((run) => readRun(set, run));
}

/** Whether a run was measured to its end, so that a set that was broken off can be taken up. */
export const isStored = (set: string, run: string): boolean =>
  existsSync(new URL("comparison.json", folderOf(set, run)));

function readRun(set: string, name: string): StoredRun {
  const folder = folderOf(set, name);
  const comparison = JSON.parse(readFileSync(new URL("comparison.json", folder), "utf8")) as Comparison;
  return { set, name, folder, ...readAnswers(folder), comparison };
}

function readAnswers(folder: URL) {
  const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");
  const scenarioFile = existsSync(new URL("scenario.yaml", folder)) ? "scenario.yaml" : "scenarios.yaml";
  const answer = (name: string): Answer => answerFromJson(read(name), name);
  return {
    scenarioFile,
    scenario: read(scenarioFile),
    predicted: existsSync(new URL("predicted.json", folder)) ? answer("predicted.json") : null,
    simulated: answer("simulated.json"),
    measured: answer("measured.json"),
  };
}

/** An answer small enough to keep: the laws beside the latency need fewer points than it does. */
function compactJson(answer: Answer): string {
  return rounded({
    ...answer,
    targets: answer.targets.map((target) =>
      target.status === "unavailable"
        ? target
        : {
            ...target,
            latency: compact(target.latency, 100),
            cold: { ...target.cold, duration: compact(target.cold.duration, 20) },
            instanceStart: compact(target.instanceStart, 20),
            lateness: compact(target.lateness, 20),
            uncorrected: compact(target.uncorrected, 20),
          },
    ),
  } satisfies Answer);
}

/** Without the histogram, and with one point of the curve per step of probability, at the median and far in the tail alike. */
function compact<Law extends LatencyAnswer | null>(law: Law, steps: number): Law {
  if (law === null) return law;
  const { hdr: _, curve, ...rest } = law;
  const depth = (probability: number) => -Math.log10(1 - Math.min(probability, 1 - 1e-9));
  const kept: number[] = [];
  for (const [i, probability] of curve.probability.entries()) {
    const last = curve.probability[kept.at(-1) ?? -1] ?? -1;
    const isFar = probability - last >= 1 / steps || depth(probability) - depth(Math.max(last, 0)) >= 10 / steps;
    // The end of a jump and its beginning belong together.
    const jumps = (curve.probability[i + 1] ?? probability) - probability >= 1 / steps;
    if (isFar || jumps || i === curve.probability.length - 1) kept.push(i);
  }
  const pick = (values: readonly number[]) => kept.map((i) => values[i]!);
  return { ...rest, curve: { seconds: pick(curve.seconds), probability: pick(curve.probability) } } as unknown as Law;
}

/** JSON with seven digits, and a part or target a line; of curves every digit, because their steps must stay at the same instants. */
function rounded(value: unknown): string {
  const text = JSON.stringify(fewerDigits(JSON.parse(answerToJson(value as Answer))));
  return `${text.replaceAll(
    /,(?="(?:latency|breakdown|overhead|cold|instances|timeline|lateness|uncorrected|targets|quantiles)":)|,(?=\{"name")/g,
    ",\n",
  )}\n`;
}

function fewerDigits(value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? value : Number(value.toPrecision(7));
  if (Array.isArray(value)) return value.map(fewerDigits);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, key === "seconds" ? part : fewerDigits(part)]),
  );
}
