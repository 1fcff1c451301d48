import type { AvailableAnswer, TargetAnswer } from "../scenario/answer.ts";
import { type SweepRecord, valueText } from "../scenario/variations.ts";
import { durationFigure, numberFigure, quantileName, shareFigure, statedQuantile } from "./format.ts";
import type { TableOptions } from "./table.ts";

/** One target at one point. */
export interface SweepRow {
  readonly values: readonly string[];
  readonly target: TargetAnswer;
}

/** The rows of a sweep, target by target, each in the order of the points. */
export function sweepRows(records: readonly SweepRecord[]): SweepRow[] {
  const names = [...new Set(records.flatMap(({ answer }) => answer.targets.map(({ name }) => name)))];
  return names.flatMap((name) =>
    records.flatMap(({ values, answer }) =>
      answer.targets
        .filter((target) => target.name === name)
        .map((target) => ({ values: Object.values(values).map(valueText), target })),
    ),
  );
}

/** What is varied, each by as much of its path as tells it from the others. */
export function sweepHeads(records: readonly SweepRecord[]): string[] {
  const paths = Object.keys(records[0]?.values ?? {}).map((path) => path.split("."));
  return paths.map((keys) => {
    let length = 1;
    const tail = (other: readonly string[]) => other.slice(-length).join(".");
    while (length < keys.length && paths.some((other) => other !== keys && tail(other) === tail(keys))) length++;
    return tail(keys);
  });
}

interface Column {
  readonly head: string;
  cell(target: AvailableAnswer): string;
}

/** The figures of a sweep: quantiles, failures, cold starts, instances, and cost where prices are stated. */
export function sweepColumns(rows: readonly SweepRow[]): Column[] {
  const answers = rows.flatMap(({ target }) => (target.status === "unavailable" ? [] : [target]));
  const levels = [...new Set(answers.flatMap(({ latency }) => latency.quantiles.map(({ q }) => q)))].sort();
  const columns: Column[] = levels.map((q) => ({
    head: quantileName(q),
    cell: (target) => durationFigure(statedQuantile(target, q)).value,
  }));
  if (answers.some((target) => failureShare(target) > 0)) {
    columns.push({ head: "failed", cell: (target) => percent(failureShare(target)) });
  }
  columns.push({ head: "cold", cell: ({ cold }) => shareFigure(cold.probability).value });
  columns.push({ head: "instances", cell: ({ instances }) => numberFigure(instances.total).value });
  if (answers.some(({ resources }) => resources?.cost != null)) {
    columns.push({ head: "cost/h", cell: ({ resources }) => numberFigure(resources?.cost ?? null).value });
  }
  return columns;
}

/**
 * A sweep as a table for a terminal: a line per point and target. Columns that the width does not hold are left out from the far quantiles on.
 *
 * @returns lines that end with a line feed
 */
export function sweepTable(records: readonly SweepRecord[], { width, color }: TableOptions): string {
  const rows = sweepRows(records);
  const heads = ["target", ...sweepHeads(records)];
  let columns = sweepColumns(rows);
  const table = () => [
    [...heads, ...columns.map(({ head }) => head)],
    ...rows.map(({ values, target }) => [
      target.name,
      ...values,
      ...(target.status === "unavailable" ? ["unavailable"] : columns.map(({ cell }) => cell(target))),
    ]),
  ];
  const widthsOf = (cells: readonly (readonly string[])[]) =>
    cells[0]!.map((_, i) => Math.max(...cells.map((row) => (row[i] ?? "").length)));
  const total = (widths: readonly number[]) => widths.reduce((sum, each) => sum + each + 2, -2);
  for (let last = lastQuantile(columns); last > 0 && total(widthsOf(table())) > width; last = lastQuantile(columns)) {
    columns = columns.toSpliced(last, 1);
  }
  const cells = table();
  const widths = widthsOf(cells);
  const lines = cells.map((row, line) => {
    const text = row
      .map((cell, i) => (i < heads.length ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd();
    return line === 0 && color ? `\u001b[1m${text}\u001b[0m` : text;
  });
  return `${lines.join("\n")}\n`;
}

/** The median stays whatever the width. */
const lastQuantile = (columns: readonly Column[]): number => columns.findLastIndex(({ head }) => /^p\d/.test(head));

const percent = (share: number): string => shareFigure({ value: share, low: share, high: share }).value;

function failureShare({ counts }: AvailableAnswer): number {
  if (counts === null || counts.scheduled === 0) return 0;
  return Object.values(counts.failed).reduce((sum, count) => sum + count, 0) / counts.scheduled;
}
