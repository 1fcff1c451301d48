import type { Answer, AvailableAnswer } from "../scenario/answer.ts";
import { answerNames } from "./answerNames.ts";
import { type Comparison, type Judgement, sidesOf, type TargetComparison, type Verdict } from "./compare.ts";
import {
  countsText,
  distanceText,
  durationFigure,
  type Figure,
  numberFigure,
  quantileName,
  shareFigure,
  statedQuantile,
  verdictText,
} from "./format.ts";

export interface TableOptions {
  /** Columns of the terminal; lines are kept within it where words allow. */
  readonly width: number;
  /** Writes ANSI colours. */
  readonly color: boolean;
}

type Style = "bold" | "dim" | "green" | "red" | "yellow";
type Paint = (style: Style, text: string) => string;

const ansi: Readonly<Record<Style, number>> = { bold: 1, dim: 2, green: 32, red: 31, yellow: 33 };
const verdictStyle: Readonly<Record<Verdict, Style>> = { agree: "green", disagree: "red", inconclusive: "yellow" };
const labelWidth = 14;
const cellWidth = 12;

/**
 * Answers side by side as a table for a terminal: per target the quantiles, cold probability and overhead of each
 * engine with status and 95 % interval, then the verdicts in words.
 *
 * @param answers of one scenario, in the order to show
 * @param comparison null where nothing was measured
 * @returns lines that end with a line feed
 */
export function comparisonTable(
  answers: readonly Answer[],
  comparison: Comparison | null,
  { width, color }: TableOptions,
): string {
  const paint: Paint = (style, text) => (color ? `\u001b[${ansi[style]}m${text}\u001b[0m` : text);
  const lines: string[] = [];
  for (const name of targetNames(answers)) {
    if (lines.length > 0) lines.push("");
    const target = comparison?.targets.find((entry) => entry.name === name) ?? null;
    lines.push(...targetLines(name, answers, target, { width, paint }));
  }
  if (comparison !== null) {
    lines.push("", `${paint("bold", "verdict")}  ${paint(verdictStyle[comparison.verdict], comparison.verdict)}`);
    for (const note of comparison.notes) lines.push(...wrap(`note: ${note}`, width, 2));
  }
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

/** Every target's name, in the order of first mention. */
function targetNames(answers: readonly Answer[]): string[] {
  return [...new Set(answers.flatMap(({ targets }) => targets.map(({ name }) => name)))];
}

interface Page {
  readonly width: number;
  readonly paint: Paint;
}

function targetLines(
  name: string,
  answers: readonly Answer[],
  comparison: TargetComparison | null,
  page: Page,
): string[] {
  const { width, paint } = page;
  const names = answerNames(answers);
  const entries = answers.flatMap(({ targets }, i) => {
    const target = targets.find((entry) => entry.name === name);
    return target === undefined ? [] : [{ engine: names[i]!, target }];
  });
  const available = entries.flatMap(({ target }) => (target.status === "unavailable" ? [] : [target]));
  const levels = levelsShown(available, width);
  const heading = ["", ...levels.map(quantileName), "cold", "overhead"];
  const lines = [
    `${paint("bold", name)}  ${paint("dim", entries[0]?.target.kind ?? "")}`,
    ...(available.length > 0 ? [paint("dim", row("", heading.slice(1)))] : []),
  ];
  for (const { engine, target } of entries) {
    if (target.status === "unavailable")
      lines.push(...wrap(`  ${engine.padEnd(labelWidth - 2)}unavailable: ${target.reason}`, width, labelWidth));
    else lines.push(...engineLines(engine, target, levels, page));
  }
  if (comparison !== null) lines.push(...verdictLines(comparison, levels, page));
  return lines;
}

/** As many levels as the width holds beside the two last columns. */
function levelsShown(available: readonly AvailableAnswer[], width: number): number[] {
  const levels = [...new Set(available.flatMap(({ latency }) => latency.quantiles.map(({ q }) => q)))].sort(
    (a, b) => a - b,
  );
  return levels.slice(0, Math.max(1, Math.floor((width - labelWidth) / cellWidth) - 2));
}

function engineLines(
  engine: string,
  target: AvailableAnswer,
  levels: readonly number[],
  { width, paint }: Page,
): string[] {
  const figures: Figure[] = [
    ...levels.map((q) => durationFigure(statedQuantile(target, q))),
    shareFigure(target.cold.probability),
    shareFigure(target.overhead),
  ];
  const lines = [
    row(
      engine,
      figures.map(({ value }) => value),
    ),
    paint(
      "dim",
      row(
        target.status,
        figures.map(({ interval }) => interval),
      ),
    ),
  ];
  const facts = (target.warnings ?? []).map((warning) => `warning: ${warning}`);
  if (!target.stable) facts.push("unstable: the queue grows without bound");
  if (target.latency.withinObjective !== null) {
    const { value, interval } = shareFigure(target.latency.withinObjective);
    facts.push(`within the objective ${value}${interval === "" ? "" : ` (${interval})`}`);
  }
  if (target.counts !== null) facts.push(countsText(target.counts));
  if (target.stages !== undefined) {
    const means = target.stages.map(({ name, mean }) => `${name} ${durationFigure(mean).value}`);
    facts.push(`on average ${means.join(", ")}`);
  }
  if (target.lateness !== null)
    facts.push(`lateness p99 ${durationFigure(statedQuantile({ latency: target.lateness }, 0.99)).value}`);
  if (facts.length > 0)
    lines.push(...wrap(" ".repeat(labelWidth) + facts.join("; "), width, labelWidth).map((line) => paint("dim", line)));
  return lines;
}

function verdictLines(comparison: TargetComparison, levels: readonly number[], page: Page): string[] {
  const lines = [comparison, ...comparison.alsoJudged].flatMap((judgement) => judgementLines(judgement, levels, page));
  for (const { from, name, reason } of comparison.notJudged) {
    lines.push(
      ...wrap(`  ${name ?? from} is not judged: ${reason}`, page.width, 4).map((line) => page.paint("dim", line)),
    );
  }
  return lines;
}

function judgementLines(judgement: Judgement, levels: readonly number[], { width, paint }: Page): string[] {
  const lines: string[] = [];
  const sides = sidesOf(judgement);
  const rows = levels.map((q) => judgement.quantiles.find((entry) => Math.abs(entry.q - q) < 1e-12));
  if (rows.some((entry) => entry !== undefined)) {
    const ratios = rows.map((entry) => numberFigure(entry?.ratio ?? null));
    lines.push(
      row(
        `${sides.judged} ÷ ${sides.judgedBy}`,
        ratios.map(({ value }) => value),
      ),
    );
    lines.push(
      paint(
        "dim",
        row(
          "",
          ratios.map(({ interval }) => interval),
        ),
      ),
    );
    const words = rows.map((entry) =>
      entry === undefined ? "" : entry.verdict === "inconclusive" ? "inconcl." : entry.verdict,
    );
    const painted = words.map((word, i) =>
      word === "" ? word.padStart(cellWidth) : paint(verdictStyle[rows[i]!.verdict], word.padStart(cellWidth)),
    );
    lines.push(" ".repeat(labelWidth) + painted.join(""));
  }
  const said = verdictText(judgement);
  const distance = distanceText(judgement);
  const label = `  ${(sides.judged ?? "verdict").padEnd(labelWidth - 2)}`;
  const [first = "", ...rest] = wrap(`${label}${said}${distance === "" ? "" : ` · ${distance}`}`, width, labelWidth);
  lines.push(first.replace(judgement.verdict, paint(verdictStyle[judgement.verdict], judgement.verdict)), ...rest);
  for (const { name, verdict, quantiles } of judgement.stages ?? []) {
    const ratios = levels.map((q) => quantiles.find((entry) => Math.abs(entry.q - q) < 1e-12)?.ratio ?? null);
    const cells = ratios.map((ratio) => numberFigure(ratio).value);
    lines.push(`${row("· stage", cells)}  ${name} ${paint(verdictStyle[verdict], verdict)}`);
  }
  return lines;
}

function row(label: string, cells: readonly string[]): string {
  return `  ${label}`.padEnd(labelWidth) + cells.map((cell) => cell.padStart(cellWidth)).join("");
}

/** Breaks at spaces; later lines are indented. */
function wrap(text: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const cut = breakBefore(rest, width);
    if (cut <= indent) break;
    lines.push(rest.slice(0, cut));
    rest = " ".repeat(indent) + rest.slice(cut + 1);
  }
  return [...lines, rest];
}

/** The last space within the width that does not tear a number from its unit. */
function breakBefore(text: string, width: number): number {
  let cut = text.lastIndexOf(" ", width);
  while (cut > 0 && /^ (?:µs|ms|s|min|%|±)(?:\W|$)/.test(text.slice(cut))) cut = text.lastIndexOf(" ", cut - 1);
  return cut;
}
