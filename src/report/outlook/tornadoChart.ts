import { formatDuration } from "../../base/units.ts";
import { html, type Markup } from "../markup.ts";
import { at, axisBelow, chart, chartWidth, linearScale, type Plot, timeTick } from "../svg.ts";
import type { Influence, Moved } from "./influences.ts";

const shown = 8;
const rowHeight = 34;
const whiskerHeight = 6;

/** The numbers that move a target's p99 most, one bar to each side of no change; null where none is told from chance. */
export function tornadoChart(numbers: readonly Influence[]): Markup | null {
  const rows = numbers.slice(0, shown);
  if (rows.length === 0) return null;
  const plot: Plot = { left: 34, right: chartWidth - 34, top: 14, bottom: 14 + rows.length * rowHeight };
  const reach = Math.max(...rows.flatMap((row) => changesOf(row).map(({ change }) => Math.abs(change.value))));
  const x = linearScale([-reach, reach], [plot.left, plot.right]);
  const bars = rows.map((row, i) => rowOf(row, plot.top + i * rowHeight, x));
  const description = rows.map((row) => `${row.what}: ${changesOf(row).map(textOf).join(", ")}`).join("; ");
  return chart({ height: plot.bottom + 42, label: "What moves the p99", description }, [
    ...bars,
    axisBelow(x, plot, timeTick, "change of the p99"),
  ]);
}

const changesOf = ({ less, more }: Influence): Moved[] => [less, more].filter((moved) => moved !== null);

const textOf = ({ by, change }: Moved): string => `${by} gives ${signed(change.value)}`;

const signed = (seconds: number): string =>
  seconds < 0 ? `−${formatDuration(-seconds)}` : `+${formatDuration(seconds)}`;

/** The name above its bars, so that long names have the whole width. */
function rowOf(row: Influence, top: number, x: (seconds: number) => number): Markup {
  const changes = changesOf(row);
  const bars = changes.map((moved, i) =>
    barOf(moved, { side: moved === row.less ? "less" : "more", y: top + 16, x, i }),
  );
  return html`<text class="label" x="0" y="${top + 11}">${row.what}</text><text class="label" x="${chartWidth}" y="${top + 11}" text-anchor="end">${changes.map(textOf).join(" · ")}</text><line class="axis" x1="${at(x(0))}" x2="${at(x(0))}" y1="${top + 14}" y2="${top + rowHeight - 2}"/>${bars}`;
}

function barOf(
  { change }: Moved,
  {
    side,
    y,
    x,
    i,
  }: { readonly side: "less" | "more"; readonly y: number; readonly x: (s: number) => number; readonly i: number },
): Markup {
  const [from, to] = [Math.min(x(0), x(change.value)), Math.max(x(0), x(change.value))];
  const [low, high] = [change.low, change.high].map((end) => Math.max(0, Math.min(chartWidth, x(end))));
  const middle = y + i * 7 + whiskerHeight / 2;
  return html`<rect class="moved ${side}" x="${at(from)}" y="${at(y + i * 7)}" width="${at(Math.max(0.5, to - from))}" height="${whiskerHeight}"/><line class="whisker" x1="${at(low!)}" x2="${at(high!)}" y1="${at(middle)}" y2="${at(middle)}"/>`;
}
