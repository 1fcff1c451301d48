import type { Estimate } from "../scenario/answer.ts";
import { type Judgement, type QuantileComparison, sidesOf, type TargetComparison, type Verdict } from "./compare.ts";
import {
  durationFigure,
  type Figure,
  memoryFigure,
  numberFigure,
  quantileName,
  shareFigure,
  statedQuantile,
} from "./format.ts";
import { html, type Markup } from "./markup.ts";
import type { Series, TargetView } from "./series.ts";

/** A figure as a table cell: the value, and its interval in small print below. */
export function cell({ value, interval }: Figure): Markup {
  return html`<td>${value}${interval === "" ? null : html`<small>${interval}</small>`}</td>`;
}

/** A verdict as a word in its colour, with its own sign before it. */
export function verdictMark(verdict: Verdict): Markup {
  return html`<span class="verdict ${verdict}">${verdict}</span>`;
}

/** An engine's name with the line that stands for it in the charts, and the status of its figures. */
export function engineHead({ name, line, target }: Series): Markup {
  return html`<th scope="col"><span class="swatch ${line}"></span>${name}<small>${target.status}</small></th>`;
}

/** Intervals stand beside their figures where there is room for both. */
export const tableClass = (series: readonly Series[]): string => (series.length > 3 ? "" : "compact");

/** The quantiles of a target by engine, with the ratio to the measurement and the verdict on each. */
export function quantileTable(view: TargetView, comparison: TargetComparison | null): Markup {
  const levels = [...new Set(view.series.flatMap(({ target }) => target.latency.quantiles.map(({ q }) => q)))].sort(
    (a, b) => a - b,
  );
  const judgements =
    comparison === null ? [] : [comparison, ...comparison.alsoJudged].filter(({ judged }) => judged !== null);
  const rows = levels.map((q) => {
    const figures = view.series.map(({ target }) => cell(durationFigure(statedQuantile(target, q))));
    return html`<tr><th scope="row">${quantileName(q)}</th>${figures}${judgements.map((judgement) => ratioCells(judgement, q))}</tr>`;
  });
  const heads = judgements.map(
    (judgement) =>
      html`<th scope="col">${sidesOf(judgement).judged} ÷ ${sidesOf(judgement).judgedBy}<small>ratio</small></th><th scope="col">verdict</th>`,
  );
  return html`<div class="scroll" tabindex="0"><table><caption>Latency quantiles, with 95 % intervals in the same unit below</caption>
<thead><tr><th scope="col">quantile</th>${view.series.map(engineHead)}${heads}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function ratioCells({ quantiles }: Judgement, q: number): Markup {
  const row: QuantileComparison | undefined = quantiles.find((entry) => Math.abs(entry.q - q) < 1e-12);
  if (row === undefined) return html`<td>–</td><td>not judged</td>`;
  return html`${cell(numberFigure(row.ratio))}<td>${verdictMark(row.verdict)}</td>`;
}

/** Everything else an answer says of a target, by engine. */
export function figureTable(view: TargetView, objectiveText: string | null): Markup {
  const instances = (pick: (series: Series) => Estimate | null) => (series: Series) => numberFigure(pick(series));
  const rows: readonly (readonly [string, (series: Series) => Figure])[] = [
    ["mean latency", ({ target }) => durationFigure(target.latency.mean)],
    ["of it network", ({ target }) => durationFigure(target.breakdown.network)],
    ["of it cold start", ({ target }) => durationFigure(target.breakdown.cold)],
    ["of it instance start", ({ target }) => durationFigure(target.breakdown.start)],
    ["of it queue", ({ target }) => durationFigure(target.breakdown.queue)],
    ["of it work", ({ target }) => durationFigure(target.breakdown.work)],
    ...(objectiveText === null
      ? []
      : [[`within ${objectiveText}`, ({ target }: Series) => shareFigure(target.latency.withinObjective)] as const]),
    ["cold requests", ({ target }) => shareFigure(target.cold.probability)],
    ["caused a start", ({ target }) => shareFigure(target.cold.triggered)],
    ["starts per second", instances(({ target }) => target.cold.startsPerSecond)],
    ["mean start time", ({ target }) => durationFigure((target.instanceStart ?? target.cold.duration)?.mean ?? null)],
    ["overhead: 1 − work ÷ latency", ({ target }) => shareFigure(target.overhead)],
    [
      "overhead at p99 and above",
      ({ target }) => shareFigure(target.overheadAt.find(({ q }) => q === 0.99)?.value ?? null),
    ],
    ["instances, mean", instances(({ target }) => target.instances.total)],
    ["of them ready", instances(({ target }) => target.instances.ready)],
    ["time off", ({ target }) => shareFigure(target.states?.off ?? null)],
    ["time busy", ({ target }) => shareFigure(target.states?.busy ?? null)],
    ["memory held, mean", ({ target }) => memoryFigure(target.resources?.memoryBytes ?? null)],
    ["gigabyte-seconds an hour", instances(({ target }) => target.resources?.gigabyteSeconds ?? null)],
    ["cost of an hour", instances(({ target }) => target.resources?.cost ?? null)],
    ["cost of a million requests", instances(({ target }) => target.resources?.costPerMillionRequests ?? null)],
  ];
  const body = rows.flatMap(([name, figure]) => {
    const figures = view.series.map(figure);
    if (figures.every(({ value }) => value === "–")) return [];
    return [html`<tr><th scope="row">${name}</th>${figures.map(cell)}</tr>`];
  });
  const methods = view.series.map(
    ({ name, seed, target }) =>
      html`<li><strong>${name}</strong> (${target.status}): ${target.method}${target.reason === undefined ? null : `; ${target.reason}`}; seed ${seed}</li>`,
  );
  return html`<div class="scroll" tabindex="0"><table class="${tableClass(view.series)}"><caption>Other figures, each with its 95 % interval in the same unit</caption>
<thead><tr><th scope="col">figure</th>${view.series.map(engineHead)}</tr></thead><tbody>${body}</tbody></table></div>
<ul class="note">${methods}</ul>`;
}
