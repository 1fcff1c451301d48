/**
 * Ten runs of the main job on the embedded rig, each with seeds of its own, written into docs/validation.md.
 *
 *   node test/validation/rig.ts [--runs 10] [--from 1] [--keep]
 *
 * Run k judges seed k and calibrates on seed 1000 + k; `--keep` rewrites the page from the results already in
 * out/validation without running anything.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Comparison, Judgement } from "../../src/report/compare.ts";
import { answerFromJson } from "../../src/report/json.ts";
import type { Estimate, LatencyAnswer } from "../../src/scenario/answer.ts";
import { machine, markdownTable, milliseconds, writeSection } from "./page.ts";

const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "10" },
    from: { type: "string", default: "1" },
    keep: { type: "boolean", default: false },
  },
});
const root = new URL("../../", import.meta.url);
const levels = [0.5, 0.9, 0.99];
const seeds = Array.from({ length: Number(options.runs) }, (_, k) => Number(options.from) + k);

interface Row {
  readonly seed: number;
  readonly target: string;
  readonly requests: number;
  readonly latenessP99: number;
  readonly judgement: Judgement & { readonly model: Judgement | null };
}

const rows = seeds.flatMap((seed) => {
  const out = `out/validation/${seed}`;
  if (!options.keep) runMainJob(seed, out);
  return readRun(seed, out);
});
writePage(rows);

function runMainJob(seed: number, out: string): void {
  mkdirSync(new URL(`${out}/`, root), { recursive: true });
  const scenario = "scenarios/camera-burst.yaml";
  const args = ["bin/coldcast.js", "run", scenario, "--seed", `${seed}`, "--calibrate", `${1000 + seed}`, "--out", out];
  process.stderr.write(`run ${seed}: node ${args.join(" ")}\n`);
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  // 0 is no disagreement, 1 a disagreement: both are results. Anything else is a failure of the run itself.
  if (status !== 0 && status !== 1) throw new Error(`run ${seed} ended with exit code ${status}`);
}

function readRun(seed: number, out: string): Row[] {
  const read = (name: string): string => readFileSync(new URL(`${out}/${name}`, root), "utf8");
  const comparison = JSON.parse(read("comparison.json")) as Comparison;
  const live = answerFromJson(read("live.json"), `${out}/live.json`);
  return comparison.targets.map((judged) => {
    const measured = live.targets.find(({ name }) => name === judged.name);
    if (measured === undefined || measured.status === "unavailable") throw new Error(`${judged.name} was not measured`);
    return {
      seed,
      target: judged.name,
      requests: measured.counts?.measured ?? 0,
      latenessP99: quantile(measured.lateness, 0.99),
      judgement: { ...judged, model: judged.alsoJudged.find(({ judged: engine }) => engine === "model") ?? null },
    };
  });
}

function writePage(rows: readonly Row[]): void {
  writeSection("rig", "npm run validate", [machine(), summary(rows), table(rows)]);
  process.stdout.write(`${summary(rows)}\n`);
}

/** Runs whose quantiles of the simulator are all within 25 % or 1 ms of the measured ones, by target. */
function summary(rows: readonly Row[]): string {
  const targets = [...new Set(rows.map(({ target }) => target))];
  const lines = targets.map((target) => {
    const own = rows.filter((row) => row.target === target);
    const counted = (judgement: (row: Row) => Judgement | null): string => {
      const judged = own.map(judgement).filter((one) => one !== null);
      const inside = judged.filter((one) => levels.every((q) => isWithin(one, q))).length;
      return judged.length === 0 ? "no answer" : `${inside} of ${judged.length}`;
    };
    const verdicts = ["agree", "inconclusive", "disagree"].map(
      (verdict) => `${own.filter(({ judgement }) => judgement.verdict === verdict).length} ${verdict}`,
    );
    const model = counted(({ judgement }) => judgement.model);
    return `| ${target} | ${counted(({ judgement }) => judgement)} | ${model} | ${verdicts.join(", ")} |`;
  });
  const all = seeds.filter((seed) =>
    rows.filter((row) => row.seed === seed).every(({ judgement }) => levels.every((q) => isWithin(judgement, q))),
  ).length;
  return [
    `**${all} of ${seeds.length} runs** have p50, p90 and p99 of all targets within 25 % or 1 ms of what was measured.`,
    "",
    "| target | simulator within | model within | verdicts (simulator) |",
    "| --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}

function table(rows: readonly Row[]): string {
  const header = [
    "seed",
    "target",
    "requests",
    ...levels.map((q) => `p${q * 100} predicted / measured`),
    "KS",
    "late p99",
    "verdict",
    "model",
  ];
  const lines = rows.map(({ seed, target, requests, latenessP99, judgement }) => [
    `${seed}`,
    target,
    `${requests}`,
    ...levels.map((q) => pair(judgement, q)),
    judgement.ks === null ? "–" : judgement.ks.toFixed(3),
    milliseconds(latenessP99),
    judgement.verdict,
    judgement.model === null
      ? "–"
      : `${levels.map((q) => pair(judgement.model!, q)).join(", ")} (${judgement.model.verdict})`,
  ]);
  return markdownTable(header, lines);
}

function pair(judgement: Judgement, q: number): string {
  const row = judgement.quantiles.find((one) => one.q === q);
  if (row === undefined) return "–";
  const text = `${milliseconds(row.predicted)} / ${milliseconds(row.measured)}`;
  return isWithin(judgement, q) ? text : `**${text}**`;
}

function isWithin(judgement: Judgement, q: number): boolean {
  const row = judgement.quantiles.find((one) => one.q === q);
  if (row === undefined) return false;
  const { value: ratio }: Estimate = row.ratio;
  return (ratio <= 1.25 && ratio >= 1 / 1.25) || Math.abs(row.difference.value) <= 0.001;
}

function quantile(law: LatencyAnswer | null, q: number): number {
  return law?.quantiles.find((one) => one.q === q)?.value.value ?? Number.NaN;
}
