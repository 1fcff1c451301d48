import { formatDuration } from "../base/units.ts";
import type { Answer, AvailableAnswer } from "../scenario/answer.ts";
import { curveProbability } from "../stats/distances.ts";
import { shareFigure } from "./format.ts";
import { timeDomain } from "./latencyChart.ts";
import { logScale } from "./svg.ts";

const marks = ["●", "▲", "■", "◆", "○", "△", "□", "◇"];
const rows = 11;
/** Labels of the left axis. */
const margin = 8;
const widest = 90;
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * An answer drawn with characters: the targets' distribution functions over a logarithmic time axis, then the share of requests per
 * bucket.
 *
 * @param width columns to draw in
 * @returns lines that end with a line feed; empty where no target has a curve
 */
export function textPlot({ targets }: Answer, width: number): string {
  const drawn = targets.flatMap((target) =>
    target.status !== "unavailable" && target.latency.curve.seconds.length > 0 ? [target] : [],
  );
  if (drawn.length === 0) return "";
  const columns = Math.min(widest, width) - margin - 2;
  return `${[...cdf(drawn, columns), "", ...drawn.flatMap((target) => histogram(target, columns))]
    .map((line) => line.trimEnd())
    .join("\n")
    .trimEnd()}\n`;
}

function cdf(targets: readonly AvailableAnswer[], columns: number): string[] {
  const x = logScale(
    timeDomain(
      targets.map(({ latency }) => latency.curve),
      null,
      0,
    ),
    [0, columns - 1],
  );
  const [low, high] = x.domain;
  const grid = Array.from({ length: rows }, () => Array.from({ length: columns }, () => " "));
  // The first target is drawn last, so that it is seen where lines meet.
  for (const [i, { latency }] of [...targets.entries()].toReversed()) {
    for (let column = 0; column < columns; column++) {
      const probability = curveProbability(latency.curve, low * (high / low) ** (column / (columns - 1)));
      grid[Math.round((1 - probability) * (rows - 1))]![column] = marks[i % marks.length]!;
    }
  }
  const ticks = Array.from({ length: columns }, () => "─");
  const labels = Array.from({ length: columns + margin }, () => " ");
  let free = 0;
  for (const tick of x.ticks) {
    const column = Math.round(x(tick));
    ticks[column] = "┬";
    const text = formatDuration(tick);
    const from = Math.max(0, Math.min(columns + margin - text.length, column - (text.length >> 1)));
    if (from < free) continue;
    free = from + text.length + 2;
    for (const [k, letter] of [...text].entries()) labels[from + k] = letter;
  }
  const label = (row: number) => (row % 2 === 0 ? `${100 - row * 10} %` : "").padStart(margin - 2);
  return [
    `requests answered within: ${targets.map(({ name }, i) => `${marks[i % marks.length]} ${name}`).join("  ")}`,
    ...grid.map((line, row) => `${label(row)} │${line.join("")}`),
    `${" ".repeat(margin - 1)}└${ticks.join("")}`,
    `${" ".repeat(margin)}${labels.join("")}`,
  ];
}

function histogram({ name, latency }: AvailableAnswer, columns: number): string[] {
  const most = Math.max(...latency.buckets.map(({ value }) => value.value).filter(Number.isFinite));
  if (!(most > 0)) return [];
  const names = latency.buckets.map(({ upTo }, i) =>
    upTo === Infinity ? `over ${formatDuration(latency.buckets[i - 1]?.upTo ?? 0)}` : `to ${formatDuration(upTo)}`,
  );
  const left = Math.max(...names.map((text) => text.length));
  const room = Math.max(8, columns - left - 10);
  return [
    `${name}, share of requests`,
    ...latency.buckets.map(({ value }, i) => {
      const share = Number.isFinite(value.value) ? value.value : 0;
      return `  ${names[i]!.padStart(left)}  ${bar((share / most) * room)} ${shareFigure(value).value}`;
    }),
    "",
  ];
}

/** A bar of whole and eighth blocks. */
function bar(length: number): string {
  const parts = Math.round(length * 8);
  return "█".repeat(parts >> 3) + eighths[parts & 7];
}
