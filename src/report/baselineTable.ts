import type { BaselineComparison, BaselineFigure } from "./baseline.ts";

/** What has become worse or better, one figure a line, and the sum of it all. */
export function baselineTable({ runs, worse, better, figures }: BaselineComparison): string {
  const changed = figures.filter(({ verdict }) => verdict !== "same");
  const rows = changed.map((figure) => [
    figure.verdict,
    figure.run ?? "mean of all",
    figure.target,
    figure.from,
    figure.figure,
    `${share(figure.was)} → ${share(figure.is)} of the tolerance`,
    `(chance ${share(figure.chance)})`,
  ]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
  const verdict = worse > 0 ? "less accurate than the baseline" : "as accurate as the baseline";
  const sum = `${runs} ${runs === 1 ? "run" : "runs"}, ${figures.length} figures: ${worse} worse, ${better} better`;
  return [...lines, ...(lines.length > 0 ? [""] : []), ...means(figures), `${verdict}: ${sum}`].join("\n");
}

/** The mean error of each figure over all runs, then and now. */
function means(figures: readonly BaselineFigure[]): string[] {
  const all = figures.filter(({ run }) => run === null);
  const lines = all.map(
    ({ target, from, figure, was, is }) => `${target} ${from} ${figure}: ${share(was)} → ${share(is)}`,
  );
  return lines.length === 0
    ? []
    : ["mean error as a share of the tolerance, then and now", ...lines.map((line) => `  ${line}`), ""];
}

const share = (part: number): string => (part === Infinity ? "no answer" : `${Number((100 * part).toPrecision(2))} %`);
