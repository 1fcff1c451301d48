import type { Breakdown } from "../scenario/answer.ts";
import { durationFigure } from "./format.ts";
import { html, type Markup } from "./markup.ts";
import type { Series } from "./series.ts";
import { at, axisBelow, chart, linearScale, type Plot, timeTick } from "./svg.ts";

/** The parts of a latency in the order in which a request meets them. */
export const breakdownParts = [
  "network",
  "cold",
  "start",
  "queue",
  "work",
] as const satisfies readonly (keyof Breakdown)[];

const rowHeight = 38;
const right = 428;

/** The mean latency of each engine as one bar, cut into where the time went. */
export function breakdownChart(series: readonly Series[]): Markup | null {
  const rows = series.filter(({ target }) =>
    breakdownParts.every((part) => Number.isFinite(target.breakdown[part].value)),
  );
  if (rows.length === 0) return null;
  const left = Math.max(52, 14 + 6.6 * Math.max(...rows.map(({ name }) => name.length)));
  const plot: Plot = { left, right, top: 40, bottom: 40 + rows.length * rowHeight };
  const total = ({ target }: Series) =>
    breakdownParts.reduce((sum, part) => sum + Math.max(0, target.breakdown[part].value), 0);
  const x = linearScale([0, Math.max(...rows.map(total), 1e-9)], [left, right]);
  const bars = rows.map((entry, row) => bar(entry, { ...plot, top: plot.top + row * rowHeight }, x));
  const description = rows
    .map(
      ({ name, target }) =>
        `${name}: mean ${durationFigure(target.latency.mean).value}, of which ${breakdownParts.map((part) => `${part} ${durationFigure(target.breakdown[part]).value}`).join(", ")}`,
    )
    .join(". ");
  return chart({ height: plot.bottom + 42, label: "Where the mean latency goes", description }, [
    key(16),
    ...bars,
    axisBelow(x, plot, timeTick, "mean time"),
  ]);
}

function bar({ name, target }: Series, { left, top }: Plot, x: (seconds: number) => number): Markup {
  let reached = 0;
  const total = breakdownParts.reduce((sum, part) => sum + Math.max(0, target.breakdown[part].value), 0);
  const segments = breakdownParts.map((part) => {
    const seconds = Math.max(0, target.breakdown[part].value);
    const [start, end] = [x(reached), x(reached + seconds)];
    reached += seconds;
    if (end - start < 0.3) return null;
    const share = Math.round((100 * seconds) / total);
    const text =
      end - start > 32
        ? html`<text class="onbar ${part}" x="${at((start + end) / 2)}" y="${top + 19}" text-anchor="middle">${share} %</text>`
        : null;
    return html`<rect class="part ${part}" x="${at(start)}" y="${top + 4}" width="${at(Math.max(0.5, end - start - 1))}" height="22"/>${text}`;
  });
  return html`<text class="label" x="${at(left - 8)}" y="${top + 19}" text-anchor="end">${name}</text>${segments}`;
}

function key(y: number): Markup {
  const items = breakdownParts.map((part, i) => {
    const x = 52 + i * 78;
    return html`<rect class="part ${part}" x="${x}" y="${y - 10}" width="11" height="11"/><text class="label" x="${x + 16}" y="${y}">${part}</text>`;
  });
  return html`<g class="legend">${items}</g>`;
}
