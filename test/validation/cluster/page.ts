import { existsSync, readFileSync } from "node:fs";
import type { Judgement } from "../../../src/report/compare.ts";
import type { Answer, AvailableAnswer, LatencyAnswer } from "../../../src/scenario/answer.ts";
import { machine, markdownTable, marked, milliseconds, percent, writeSection } from "../page.ts";
import { errorPicture, runLinks } from "../pictures.ts";
import { type StoredRun, storedRuns } from "../stored.ts";
import { type Case, cases, type TargetName, targetNames } from "./cases.ts";

/** What was asked for: how far a quantile may be, as a share, or else by a millisecond. */
const allowed: Readonly<Record<string, number>> = { 0.5: 0.1, 0.9: 0.15, 0.99: 0.25 };
const levels = Object.keys(allowed).map(Number);
const absoluteSeconds = 1e-3;

/** One target of one run. */
interface Row {
  readonly one: Case;
  readonly run: StoredRun;
  readonly target: TargetName;
  readonly measured: AvailableAnswer;
  readonly simulated: AvailableAnswer;
  readonly judgement: Judgement;
  readonly model: Judgement | undefined;
}

/** Writes the section of docs/validation.md from what is stored; a run that is not there is said to be missing. */
export function writeClusterPage(set: string): void {
  const runs = storedRuns(set);
  const rows = cases.flatMap((one) => rowsOf(one, runs));
  const latencies = rows.filter(({ one }) => one.judges === "latency");
  const counted = latencies.filter(({ one }) => one.counts);
  const pictures = targetNames.flatMap((target) => {
    const own = [...new Set(counted.filter((row) => row.target === target).map(({ run }) => run))];
    return own.length === 0 ? [] : [errorPicture(`cluster-${target}`, own, target, allowed)];
  });
  const body = [machine(), madeOn(runs), summary(counted), ...missing(runs), ...pictures, latencyTable(counted)];
  const outside = counted.filter(({ judgement, one }) => !isWithin(judgement, one));
  if (outside.length > 0)
    body.push("What is outside, and where the difference lies:", outside.map(explained).join("\n"));
  const others = latencies.filter(({ one }) => !one.counts);
  if (others.length > 0) body.push("Scaled while requests come:", scaledTable(others));
  const starts = rows.filter(({ one }) => one.judges === "starts");
  if (starts.length > 0)
    body.push("Twenty pods ordered at one instant, and how long each took until it was ready:", startTable(starts));
  writeSection("cluster", "npm run validate:cluster", body);
  process.stdout.write(`${summary(counted)}\n`);
}

function rowsOf(one: Case, runs: readonly StoredRun[]): readonly Row[] {
  const own = runs.filter(({ name }) => one.seeds.some((seed) => name === `${one.name}-${seed}`));
  return own.flatMap((run) =>
    targetNames.flatMap((target): readonly Row[] => {
      const measured = answerOf(run.measured, target);
      const simulated = answerOf(run.simulated, target);
      const judgement = run.comparison.targets.find(({ name }) => name === target);
      if (measured === undefined || simulated === undefined || judgement === undefined) return [];
      const model = judgement.alsoJudged.find(({ judged }) => judged === "model");
      return [{ one, run, target, measured, simulated, judgement, model }];
    }),
  );
}

function answerOf({ targets }: Answer, name: string): AvailableAnswer | undefined {
  const found = targets.find((target) => target.name === name);
  return found === undefined || found.status === "unavailable" ? undefined : found;
}

/** When, and whether every prediction was there before its measurement began, of the same requests. */
function madeOn(runs: readonly StoredRun[]): string {
  if (runs.length === 0) return "Nothing has been run yet.";
  const times = runs.map((run) => {
    const { at } = JSON.parse(readFileSync(new URL("prediction.json", run.folder), "utf8")) as { readonly at: string };
    return { run, predicted: at, measured: run.measured.provenance.at ?? "" };
  });
  const late = times.filter(({ predicted, measured }) => !(Date.parse(predicted) <= Date.parse(measured)));
  const foreign = runs.filter(
    ({ simulated, measured }) => simulated.provenance.scheduleSha256 !== measured.provenance.scheduleSha256,
  );
  const [first, last] = [
    times.map(({ predicted }) => predicted).sort()[0],
    times
      .map(({ measured }) => measured)
      .sort()
      .at(-1),
  ];
  const sound =
    late.length + foreign.length === 0
      ? "Every prediction was written before its replay began (`prediction.json` has when, and the files' SHA-256), for the schedule with the SHA-256 that was then replayed."
      : `**Not sound**: ${[...late.map(({ run }) => run), ...foreign].map(({ name }) => name).join(", ")}.`;
  return `Predicted and measured from ${minute(first)} to ${minute(last)} UTC. ${sound}`;
}

const minute = (at = ""): string => at.slice(0, 16).replace("T", " ");

function summary(rows: readonly Row[]): string {
  const lines = targetNames.map((target) => {
    const own = rows.filter((row) => row.target === target);
    const inside = own.filter(({ judgement, one }) => isWithin(judgement, one)).length;
    const judged = own.flatMap(({ model, one }) => (model === undefined ? [] : [{ model, one }]));
    const ofModel = judged.filter(({ model, one }) => isWithin(model, one)).length;
    return [target, `**${inside} of ${own.length}**`, judged.length === 0 ? "–" : `${ofModel} of ${judged.length}`];
  });
  return [
    "Runs in which p50, p90 and p99 are within 10, 15 and 25 % (or 1 ms) and the distance of the laws (KS) is at most 0.05, from zero 0.10:",
    "",
    markdownTable(["target", "simulator", "model, where the load is stationary"], lines),
  ].join("\n");
}

function missing(runs: readonly StoredRun[]): readonly string[] {
  const names = cases.flatMap((one) => one.seeds.map((seed) => `${one.name}-${seed}`));
  const absent = names.filter((name) => !runs.some((run) => run.name === name));
  return absent.length === 0 ? [] : [`Not run, or not to the end: ${absent.join(", ")}.`];
}

/** What both tables of latencies begin with. */
const latencyHead = ["run", "load", "target", "requests", ...levels.map((q) => `p${q * 100}`), "KS"];

const latencyCells = ({ one, run, target, measured, judgement }: Row): readonly string[] => [
  run.name,
  one.load,
  target,
  `${measured.counts?.measured ?? 0}`,
  ...levels.map((q) => pair(judgement, q)),
  ksText(judgement, one),
];

function latencyTable(rows: readonly Row[]): string {
  return markdownTable(
    [...latencyHead, "start", "late p99", "model", ""],
    rows.map((row) => {
      const { one, run, measured, simulated, model } = row;
      return [
        ...latencyCells(row),
        one.from === "" ? "–" : both(simulated, measured, ({ cold }) => milliseconds(quantile(cold.duration, 0.5))),
        milliseconds(quantile(measured.lateness, 0.99)),
        loadOf(run),
        model === undefined ? "–" : `${levels.map((q) => predicted(model, q)).join(", ")}, KS ${ksText(model, one)}`,
        runLinks(run),
      ];
    }),
  );
}

function scaledTable(rows: readonly Row[]): string {
  return markdownTable(
    [...latencyHead, "pods, mean", "most pods", "cold", ""],
    rows.map((row) => {
      const { run, measured, simulated } = row;
      return [
        ...latencyCells(row),
        both(simulated, measured, ({ instances }) => instances.ready?.value.toFixed(2) ?? "–"),
        both(simulated, measured, ({ timeline }) => `${Math.max(...(timeline?.ready ?? [Number.NaN]).map(Number))}`),
        both(simulated, measured, ({ cold }) => percent(cold.probability.value, 2)),
        runLinks(run),
      ];
    }),
  );
}

function startTable(rows: readonly Row[]): string {
  const header = ["run", "target", ...levels.map((q) => `p${q * 100}`), ""];
  return markdownTable(
    header,
    rows.map(({ run, target, measured, simulated }) => {
      const [real, foretold] = [measured.cold.duration, simulated.cold.duration];
      const cells = levels.map((q) => {
        const [p, m] = [quantile(foretold, q), quantile(real, q)];
        return marked(`${milliseconds(p)} / ${milliseconds(m)}`, Math.abs(p / m - 1) <= allowed[q]!);
      });
      return [run.name, target, ...cells, runLinks(run)];
    }),
  );
}

/** Which part of the mean latency differs most, and what else the run met. */
function explained({ one, run, target, measured, simulated }: Row): string {
  const parts = (["network", "cold", "start", "queue", "work"] as const).flatMap((part) => {
    const [foretold, real] = [simulated.breakdown[part]?.value, measured.breakdown[part]?.value];
    return foretold === undefined || real === undefined ? [] : [{ part, foretold, real }];
  });
  const [most] = parts.sort((a, b) => Math.abs(b.foretold - b.real) - Math.abs(a.foretold - a.real));
  const mean = both(simulated, measured, ({ latency }) => milliseconds(latency.mean.value));
  const lies =
    most === undefined ? "" : `, most of it ${most.part} (${milliseconds(most.foretold)} / ${milliseconds(most.real)})`;
  const start =
    one.from === ""
      ? ""
      : `; its one start took ${milliseconds(quantile(measured.cold.duration, 0.5))}, simulated ones ${milliseconds(quantile(simulated.cold.duration, 0.5))} at the median and ${milliseconds(quantile(simulated.cold.duration, 0.99))} at p99`;
  const late = milliseconds(quantile(measured.lateness, 0.99));
  return `- **${run.name}, ${target}**: mean ${mean}${lies}${start}; p99 of the sender's lateness ${late}, load average ${loadOf(run)}.`;
}

/** The machine's load average before and after a run: how much else it did. */
function loadOf({ folder }: StoredRun): string {
  const file = new URL("conditions.json", folder);
  if (!existsSync(file)) return "–";
  const { loadAverage } = JSON.parse(readFileSync(file, "utf8")) as { loadAverage: Record<"before" | "after", number> };
  return `${loadAverage.before.toFixed(1)}, ${loadAverage.after.toFixed(1)}`;
}

const both = (
  simulated: AvailableAnswer,
  measured: AvailableAnswer,
  text: (answer: AvailableAnswer) => string,
): string => `${text(simulated)} / ${text(measured)}`;

function pair(judgement: Judgement, q: number): string {
  const row = judgement.quantiles.find((one) => one.q === q);
  if (row === undefined) return "–";
  return marked(`${milliseconds(row.predicted)} / ${milliseconds(row.measured)}`, isNear(judgement, q));
}

const predicted = (judgement: Judgement, q: number): string => {
  const row = judgement.quantiles.find((one) => one.q === q);
  return row === undefined ? "–" : marked(milliseconds(row.predicted), isNear(judgement, q));
};

const ksText = ({ ks }: Judgement, one: Case): string => (ks === null ? "–" : marked(ks.toFixed(3), ks <= one.ks));

function isNear(judgement: Judgement, q: number): boolean {
  const row = judgement.quantiles.find((one) => one.q === q);
  if (row === undefined) return false;
  return Math.abs(row.ratio.value - 1) <= allowed[q]! || Math.abs(row.difference.value) <= absoluteSeconds;
}

const isWithin = (judgement: Judgement, one: Case): boolean =>
  levels.every((q) => isNear(judgement, q)) && judgement.ks !== null && judgement.ks <= one.ks;

function quantile(law: LatencyAnswer | null, q: number): number {
  return law?.quantiles.find((one) => one.q === q)?.value.value ?? Number.NaN;
}
