import { formatDuration } from "../base/units.ts";
import { type Figure, shareFigure } from "./format.ts";
import { html, type Markup } from "./markup.ts";
import { cell, engineHead, tableClass } from "./quantileTable.ts";
import type { TargetView } from "./series.ts";

/** The share of requests per latency bucket by engine; null where the scenario asks for no buckets. */
export function bucketTable({ series }: TargetView): Markup | null {
  const edges = series[0]?.target.latency.buckets.map(({ upTo }) => upTo) ?? [];
  if (edges.length === 0) return null;
  const share =
    (edge: number) =>
    (entry: TargetView["series"][number]): Figure =>
      shareFigure(entry.target.latency.buckets.find(({ upTo }) => upTo === edge)?.value ?? null);
  const rows = edges.map(
    (edge, i) =>
      html`<tr><th scope="row">${bucketName(edges[i - 1], edge)}</th>${series.map(share(edge)).map(cell)}</tr>`,
  );
  return html`<div class="scroll" tabindex="0"><table class="${tableClass(series)}"><caption>Share of requests per bucket of latency</caption>
<thead><tr><th scope="col">latency</th>${series.map(engineHead)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function bucketName(from: number | undefined, upTo: number): string {
  if (from === undefined) return `up to ${formatDuration(upTo)}`;
  return upTo === Infinity ? `over ${formatDuration(from)}` : `${formatDuration(from)} to ${formatDuration(upTo)}`;
}
