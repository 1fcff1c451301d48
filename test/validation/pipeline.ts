/**
 * The event pipeline on a real Kafka, simulated and measured, written into docs/pipeline.md.
 *
 *   node test/validation/pipeline.ts [--runs 3] [--from 1] [--keep] [scenarios/pipeline.yaml]
 *
 * Run k measures seed 1000 + k, fits every stage to that, predicts seed k, and only then measures seed k. Answers are
 * stored in test/validation/answers/pipeline/; `--keep` rewrites the page from them. KAFKA_BOOTSTRAP names a broker;
 * without it one is started for each measurement.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { QuantileComparison } from "../../src/report/compare.ts";
import { answerFromJson } from "../../src/report/json.ts";
import { machine, markdownTable, marked, milliseconds, writeSection } from "./page.ts";
import { errorPicture, runLinks } from "./pictures.ts";
import { type StoredRun, storedRuns, storeMeasurement, storePrediction } from "./stored.ts";

const root = new URL("../../", import.meta.url);
const set = "pipeline";
/** How far end-to-end quantiles may be. */
const allowed: Readonly<Record<string, number>> = { 0.5: 0.15, 0.9: 0.2, 0.99: 0.3 };
const levels = Object.keys(allowed).map(Number);

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "3" },
    from: { type: "string", default: "1" },
    keep: { type: "boolean", default: false },
  },
});
const [scenario = "scenarios/pipeline.yaml"] = positionals;

function run(seed: number): void {
  const out = `out/validation/pipeline/${seed}`;
  mkdirSync(new URL(`${out}/`, root), { recursive: true });
  const fitted = `${out}/fitted.yaml`;
  coldcast("replay", scenario, "--seed", `${1000 + seed}`, "--through", "kafka", "--out", `${out}/fit`);
  coldcast("calibrate", scenario, "--from", `${out}/fit`, "--out", fitted);
  coldcast("simulate", fitted, "--seed", `${seed}`, "--json", `${out}/simulated.json`);
  const read = (name: string): string => readFileSync(new URL(`${out}/${name}`, root), "utf8");
  const simulated = answerFromJson(read("simulated.json"), "simulated.json");
  const prediction = { scenario: read("fitted.yaml"), predicted: null, simulated };
  storePrediction(set, `${seed}`, prediction, new Date().toISOString());
  coldcast("replay", scenario, "--seed", `${seed}`, "--through", "kafka", "--out", `${out}/judged`);
  storeMeasurement(set, `${seed}`, answerFromJson(read("judged/live.json"), "live.json"));
}

function coldcast(...args: string[]): void {
  process.stderr.write(`coldcast ${args.join(" ")}\n`);
  const { status } = spawnSync(process.execPath, ["bin/coldcast.js", ...args], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`coldcast ${args[0]} ended with exit code ${status}`);
}

function writePage(runs: readonly StoredRun[]): void {
  const [first] = runs;
  if (first === undefined) throw new Error("nothing is stored yet");
  const targets = first.comparison.targets.map(({ name }) => name);
  const pictures = targets.map((target) => errorPicture(`${set}-${target}`, runs, target, allowed));
  writeSection(
    "pipeline",
    "npm run validate:pipeline",
    [machine(), summary(runs), wholes(runs), stages(runs), ...pictures, links(runs)],
    "pipeline.md",
  );
  process.stdout.write(`${summary(runs)}\n`);
}

const judged = (runs: readonly StoredRun[]) =>
  runs.flatMap((each) => each.comparison.targets.map((target) => ({ seed: each.name, ...target })));

function summary(runs: readonly StoredRun[]): string {
  const all = judged(runs);
  const inside = all.filter(({ quantiles }) => levels.every((q) => isWithin(at(quantiles, q), q))).length;
  const bounds = levels.map((q) => `p${q * 100} by ${Math.round(allowed[q]! * 100)} %`).join(", ");
  return `**${inside} of ${all.length}** targets' end-to-end latencies are as predicted, ${bounds} at most.`;
}

function wholes(runs: readonly StoredRun[]): string {
  const header = ["seed", "target", ...levels.map((q) => `p${q * 100} predicted / measured`), "KS", "verdict"];
  return markdownTable(
    header,
    judged(runs).map(({ seed, name, quantiles, ks, verdict, reasons }) => [
      seed,
      name,
      ...levels.map((q) => pair(at(quantiles, q), q)),
      ks === null ? "–" : Number(ks).toFixed(3),
      [verdict, ...reasons].join(": "),
    ]),
  );
}

function stages(runs: readonly StoredRun[]): string {
  const header = ["seed", "target", "stage", ...levels.map((q) => `p${q * 100} predicted / measured`), "verdict"];
  return markdownTable(
    header,
    judged(runs).flatMap(({ seed, name: target, stages: own = [] }) =>
      own.map(({ name, quantiles, verdict }) => [
        seed,
        target,
        name,
        ...levels.map((q) => figures(at(quantiles, q))),
        verdict,
      ]),
    ),
  );
}

const links = (runs: readonly StoredRun[]): string =>
  runs.map((each) => `Seed ${each.name}: ${runLinks(each)}`).join("\n");

const at = (rows: readonly QuantileComparison[], q: number) => rows.find((row) => row.q === q);

const isWithin = (row: QuantileComparison | undefined, q: number): boolean =>
  row !== undefined && Math.abs(row.predicted / row.measured - 1) <= allowed[q]!;

const figures = (row: QuantileComparison | undefined): string =>
  row === undefined ? "–" : `${milliseconds(row.predicted)} / ${milliseconds(row.measured)}`;

const pair = (row: QuantileComparison | undefined, q: number): string => marked(figures(row), isWithin(row, q));

if (!options.keep) for (let k = 0; k < Number(options.runs); k++) run(Number(options.from) + k);
writePage(storedRuns(set));
