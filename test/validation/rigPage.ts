import { breakdownParts } from "../../src/report/breakdownChart.ts";
import type { Judgement } from "../../src/report/compare.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { markdownTable, milliseconds, writeSection } from "./page.ts";
import { curvePicture, errorPicture, runLinks } from "./pictures.ts";
import { type StoredRun, storedRuns } from "./stored.ts";

const levels = [0.5, 0.9, 0.99];
const allowed = { 0.5: 0.25, 0.9: 0.25, 0.99: 0.25 };

interface Row {
  readonly run: StoredRun;
  readonly target: string;
  readonly simulated: AvailableAnswer;
  readonly measured: AvailableAnswer;
  readonly judgement: Judgement & { readonly model: Judgement | null };
}

/**
 * Writes the section of the rig from all stored runs, pictures included.
 *
 * @returns its summary
 */
export function writeRigPage(): string {
  const runs = storedRuns("rig");
  if (runs.length === 0) return "no run is stored";
  const rows = runs.flatMap(rowsOf);
  const targets = [...new Set(rows.map(({ target }) => target))];
  const [first] = runs;
  writeSection("rig", "npm run validate", [
    `Measured ${spanOf(runs)} on ${[...new Set(runs.map((run) => run.measured.provenance.machine))].join("; ")}.`,
    summary(runs, rows, targets),
    "Predicted over measured, a mark for every run, simulator and model; the band is what is allowed, the bars are 95 % intervals:",
    targets.map((target) => errorPicture(`rig-${target}`, runs, target, allowed)).join("\n"),
    `The whole laws of run ${first!.name}, for one: ${runLinks(first!)}`,
    targets.map((target) => curvePicture(first!, target)).join("\n"),
    "What missed, and where the difference lies:",
    misses(rows),
    "All runs:",
    table(rows),
  ]);
  return summary(runs, rows, targets);
}

function rowsOf(run: StoredRun): Row[] {
  return run.comparison.targets.flatMap((judged) => {
    const of = (answer: StoredRun["measured"]) => answer.targets.find(({ name }) => name === judged.name);
    const [simulated, measured] = [of(run.simulated), of(run.measured)];
    if (simulated === undefined || simulated.status === "unavailable") return [];
    if (measured === undefined || measured.status === "unavailable") return [];
    const model = judged.alsoJudged.find(({ judged: engine }) => engine === "model") ?? null;
    return [{ run, target: judged.name, simulated, measured, judgement: { ...judged, model } }];
  });
}

/** Runs whose quantiles of the simulator are all within 25 % or 1 ms of the measured ones, by target. */
function summary(runs: readonly StoredRun[], rows: readonly Row[], targets: readonly string[]): string {
  const lines = targets.map((target) => {
    const own = rows.filter((row) => row.target === target);
    const counted = (judgement: (row: Row) => Judgement | null): string => {
      const judged = own.map(judgement).filter((one) => one !== null);
      const inside = judged.filter(areWithin).length;
      return judged.length === 0 ? "no answer" : `${inside} of ${judged.length}`;
    };
    const verdicts = (judgement: (row: Row) => Judgement | null): string =>
      ["agree", "inconclusive", "disagree"]
        .map((verdict) => `${own.filter((row) => judgement(row)?.verdict === verdict).length} ${verdict}`)
        .join(", ");
    const model = (row: Row) => row.judgement.model;
    return [
      target,
      counted(({ judgement }) => judgement),
      verdicts((row) => row.judgement),
      counted(model),
      own.some(model) ? verdicts(model) : "–",
    ];
  });
  const all = runs.filter((run) =>
    rows.filter((row) => row.run === run).every(({ judgement }) => areWithin(judgement)),
  );
  return [
    `**${all.length} of ${runs.length} runs** have p50, p90 and p99 of all targets within 25 % or 1 ms of what was measured.`,
    "",
    markdownTable(["target", "simulator within", "its verdicts", "model within", "its verdicts"], lines),
  ].join("\n");
}

/** Each miss, with the part of the mean latency that differs most and the starts, which tell most of them apart. */
function misses(rows: readonly Row[]): string {
  const missed = rows.filter(({ judgement }) => !areWithin(judgement));
  if (missed.length === 0) return "Nothing did.";
  return missed
    .map(({ run, target, simulated, measured, judgement }) => {
      const figures = levels.filter((q) => !isWithin(judgement, q)).map((q) => `p${100 * q} ${pair(judgement, q)}`);
      const parts = breakdownParts
        .map((part) => ({ part, gap: simulated.breakdown[part].value - measured.breakdown[part].value }))
        .toSorted((a, b) => Math.abs(b.gap) - Math.abs(a.gap));
      const starts = [simulated, measured].map(({ cold }) => milliseconds(cold.duration?.mean.value ?? Number.NaN));
      const slowest = [simulated, measured].map(({ cold }) =>
        milliseconds(cold.duration?.quantiles.at(-1)?.value.value ?? Number.NaN),
      );
      const { part, gap } = parts[0]!;
      return `- **${run.name}, \`${target}\`**: ${figures.join(", ")}. Of the mean, ${part} differs most (${gap > 0 ? "+" : "−"}${milliseconds(Math.abs(gap))}); starts took ${starts.join(" / ")} on average, the slowest ${slowest.join(" / ")}. ${runLinks(run)}`;
    })
    .join("\n");
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
  return markdownTable(
    header,
    rows.map(({ run, target, measured, judgement }) => [
      `[${run.name}](../test/validation/answers/rig/${run.name})`,
      target,
      `${measured.counts?.measured ?? 0}`,
      ...levels.map((q) => marked(judgement, q)),
      judgement.ks === null ? "–" : judgement.ks.toFixed(3),
      milliseconds(measured.lateness?.quantiles.find(({ q }) => q === 0.99)?.value.value ?? Number.NaN),
      judgement.verdict,
      judgement.model === null
        ? "–"
        : `${levels.map((q) => marked(judgement.model!, q)).join(", ")} (${judgement.model.verdict})`,
    ]),
  );
}

const marked = (judgement: Judgement, q: number): string =>
  isWithin(judgement, q) ? pair(judgement, q) : `**${pair(judgement, q)}**`;

function pair(judgement: Judgement, q: number): string {
  const row = judgement.quantiles.find((one) => one.q === q);
  return row === undefined ? "–" : `${milliseconds(row.predicted)} / ${milliseconds(row.measured)}`;
}

const areWithin = (judgement: Judgement): boolean => levels.every((q) => isWithin(judgement, q));

function isWithin(judgement: Judgement, q: number): boolean {
  const row = judgement.quantiles.find((one) => one.q === q);
  if (row === undefined) return false;
  const ratio = row.ratio.value;
  return (ratio <= 1.25 && ratio >= 1 / 1.25) || Math.abs(row.difference.value) <= 0.001;
}

/** From the first to the last measurement. */
function spanOf(runs: readonly StoredRun[]): string {
  const instants = runs.flatMap(({ measured }) => measured.provenance.at ?? []).sort();
  const minute = (instant: string | undefined) => instant?.slice(0, 16).replace("T", " ") ?? "";
  return `from ${minute(instants[0])} to ${minute(instants.at(-1))} UTC`;
}
