import type { LatencyAnswer } from "../scenario/answer.ts";
import { durationFigure, shareFigure } from "./format.ts";
import { html, type Markup } from "./markup.ts";
import type { Series } from "./series.ts";
import { at, axisLeft, chart, legend, linearScale, type Plot } from "./svg.ts";

const height = 250;
const plot: Plot = { left: 52, right: 428, top: 34, bottom: 196 };

/** How long a start takes on this target: an instance's (pods, servers) or each request's own (WaaS); null where none is told. */
export function startLaw({ target }: Series): LatencyAnswer | null {
  return target.instanceStart ?? target.cold.duration;
}

/** Share of starts per bucket, side by side for all engines, each with its interval; null where no engine tells of starts. */
export function coldChart(series: readonly Series[]): Markup | null {
  const told = series.flatMap((entry) => {
    const law = startLaw(entry);
    return law === null || law.buckets.length === 0 ? [] : [{ name: entry.name, line: entry.line, law }];
  });
  const [first] = told;
  if (first === undefined) return null;
  const edges = first.law.buckets.map(({ upTo }) => upTo);
  const highest = Math.max(
    0.05,
    ...told.flatMap(({ law }) => law.buckets.map(({ value }) => finite(value.high, value.value))),
  );
  const y = linearScale([0, Math.min(1, highest)], [plot.bottom, plot.top]);
  const group = (plot.right - plot.left) / edges.length;
  const width = (group * 0.76) / told.length;

  const bars = told.flatMap(({ line, law }, k) =>
    law.buckets.map(({ value }, i) => {
      if (!(value.value > 0)) return null;
      const x = plot.left + group * (i + 0.12) + width * k;
      const top = y(Math.min(value.value, y.domain[1]));
      const middle = at(x + width / 2);
      const whisker =
        value.high > value.low
          ? html`<line class="whisker" x1="${middle}" x2="${middle}" y1="${at(y(Math.max(0, value.low)))}" y2="${at(y(Math.min(y.domain[1], value.high)))}"/>`
          : null;
      return html`<rect class="bar ${line}" x="${at(x + 0.5)}" y="${at(top)}" width="${at(width - 1)}" height="${at(plot.bottom - top)}"/>${whisker}`;
    }),
  );
  const labels = edges.map((_, i) => {
    const x = at(plot.left + group * i);
    return html`<line class="tick" x1="${x}" x2="${x}" y1="${plot.bottom}" y2="${plot.bottom + 4}"/><text class="label" x="${x}" y="${plot.bottom + 16}" text-anchor="middle">${milliseconds(edges[i - 1] ?? 0)}</text>`;
  });
  const description = told
    .map(
      ({ name, law }) =>
        `${name}: mean ${durationFigure(law.mean).value}; ${law.buckets.map(({ upTo, value }, i) => `${bucketName(edges[i - 1] ?? 0, upTo)} ms ${shareFigure(value).value}`).join(", ")}`,
    )
    .join(". ");
  return chart({ height, label: "Start times by bucket", description }, [
    axisLeft(y, plot, (tick) => `${Math.round(100 * tick)} %`, "share of starts"),
    ...bars,
    html`<line class="axis" x1="${plot.left}" x2="${plot.right}" y1="${plot.bottom}" y2="${plot.bottom}"/>${labels}<text class="name" x="${plot.right}" y="${plot.bottom + 31}" text-anchor="end">start time, ms; the last bucket is open</text>`,
    legend(told),
  ]);
}

/** In milliseconds, as the published histograms write it. */
function bucketName(from: number, upTo: number): string {
  return upTo === Infinity ? `${milliseconds(from)}+` : `${milliseconds(from)}–${milliseconds(upTo)}`;
}

const milliseconds = (seconds: number): string => String(Number((seconds * 1000).toPrecision(4)));

const finite = (value: number, otherwise: number): number =>
  Number.isFinite(value) ? value : Number.isFinite(otherwise) ? otherwise : 0;
