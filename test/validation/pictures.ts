import { mkdirSync, writeFileSync } from "node:fs";
import type { Judgement } from "../../src/report/compare.ts";
import { quantileName } from "../../src/report/format.ts";
import { bodyChart, tailChart } from "../../src/report/latencyChart.ts";
import { html, type Markup, raw } from "../../src/report/markup.ts";
import { targetViews } from "../../src/report/series.ts";
import { chartStyle } from "../../src/report/style.ts";
import { at, axisLeft, chart, chartWidth, legend, logScale, marker, type Plot } from "../../src/report/svg.ts";
import type { Engine } from "../../src/scenario/answer.ts";
import { look } from "./figures.ts";
import type { StoredRun } from "./stored.ts";

const folder = new URL("../../docs/images/validation/", import.meta.url);

/** Where docs/validation.md finds a picture. */
const linkTo = (name: string): string => `images/validation/${name}.svg`;

/**
 * Draws the latency of one run as model, simulator and measurement have it: the whole law, and its tail.
 *
 * @returns the picture in Markdown
 */
export function curvePicture(run: StoredRun, target: string, part: "body" | "tail" = "body"): string {
  const answers = [...(run.predicted === null ? [] : [run.predicted]), run.simulated, run.measured];
  const view = targetViews(answers).find(({ name }) => name === target);
  if (view === undefined) throw new Error(`${run.set}/${run.name} has no target ${target}`);
  const markup = (part === "body" ? bodyChart : tailChart)(view.series, null);
  const name = `${run.set}-${run.name}-${target}${part === "body" ? "" : "-tail"}`;
  return drawn(name, markup, `Latency of ${target}, run ${run.name}: predicted, simulated, measured`);
}

/** How far a figure may be, by quantile: a ratio of 1 + share, or a difference in seconds. */
export type Allowed = Readonly<Record<string, number>>;

/**
 * Draws predicted ÷ measured of every run as one mark, by quantile, with the 95 % interval and the band that is allowed.
 *
 * @param name of the picture's file
 * @param allowed by quantile, such as `{ 0.5: 0.1 }`
 * @returns the picture in Markdown
 */
export function errorPicture(name: string, runs: readonly StoredRun[], target: string, allowed: Allowed): string {
  const levels = Object.keys(allowed).map(Number);
  const errors = runs.flatMap((run) => errorsOf(run, target, levels));
  const ends = errors.flatMap(({ ratio }) => [ratio.value]).filter((x) => x > 0 && x < Infinity);
  const widest = Math.min(
    8,
    Math.max(1.6, ...ends.flatMap((x) => [x, 1 / x]), ...Object.values(allowed).map((x) => 1 + x)) * 1.08,
  );
  const plot: Plot = { left: 52, right: 428, top: 34, bottom: 228 };
  const y = Object.assign(logScale([1 / widest, widest], [plot.bottom, plot.top]), {
    // Where the axis is wide, there is no room for those next to 1.
    ticks: (widest > 2.2 ? [0.125, 0.25, 0.5, 1, 2, 4, 8] : [0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2]).filter(
      (x) => x >= 1 / widest && x <= widest,
    ),
  });
  const column = (plot.right - plot.left) / levels.length;
  const clamp = (ratio: number) => y(Math.min(widest, Math.max(1 / widest, Number.isNaN(ratio) ? 1 : ratio)));
  const groups = levels.map((q, k): Markup => {
    const left = plot.left + k * column;
    const bound = 1 + allowed[q]!;
    const own = errors.filter((error) => error.q === q);
    const step = column / (own.length + 1);
    const marks = own.map(({ from, ratio }, i) => {
      const x = at(left + (i + 1) * step);
      return html`<line class="interval ${from}" style="stroke-width:2" x1="${x}" x2="${x}" y1="${at(clamp(ratio.low))}" y2="${at(clamp(ratio.high))}"/>${marker({ x, y: clamp(ratio.value) }, from)}`;
    });
    return html`<rect class="band" x="${at(left + 3)}" width="${at(column - 6)}" y="${at(clamp(bound))}" height="${at(clamp(1 / bound) - clamp(bound))}"/>${marks}<text class="label" x="${at(left + column / 2)}" y="${plot.bottom + 18}" text-anchor="middle">${quantileName(q)}</text>`;
  });
  const engines = [...new Set(errors.map(({ from }) => from))];
  const description = levels
    .map(
      (q) =>
        `${quantileName(q)}: ${errors
          .filter((error) => error.q === q)
          .map(({ ratio }) => ratio.value.toFixed(2))
          .join(", ")}`,
    )
    .join("; ");
  const markup = chart({ height: 260, label: `Predicted over measured, ${target}`, description }, [
    axisLeft(y, plot, (tick) => `× ${tick}`, "predicted ÷ measured"),
    html`<line class="axis" x1="${plot.left}" x2="${plot.right}" y1="${at(y(1))}" y2="${at(y(1))}"/>`,
    ...groups,
    legend(engines.map(look)),
  ]);
  return drawn(
    name,
    markup,
    `Predicted over measured quantiles of ${target}, one mark a run; the band is what is allowed`,
  );
}

function errorsOf({ comparison }: StoredRun, target: string, levels: readonly number[]) {
  const judged = comparison.targets.find(({ name }) => name === target);
  const judgements: readonly Judgement[] = judged === undefined ? [] : [judged, ...judged.alsoJudged];
  return judgements.flatMap(({ judged: from, quantiles }) =>
    quantiles.flatMap(({ q, ratio }) =>
      from !== null && levels.includes(q) ? [{ from: from as Engine, q, ratio: known(ratio) }] : [],
    ),
  );
}

/** An unknown end of an interval, which JSON has as null or as a word, reaches to the edge of the picture. */
function known(ratio: { readonly value: number; readonly low: number; readonly high: number }) {
  const number = (value: unknown, otherwise: number) => (typeof value === "number" ? value : otherwise);
  return { value: number(ratio.value, 1), low: number(ratio.low, 0), high: number(ratio.high, Infinity) };
}

/**
 * Writes a chart as one file that looks right by itself on light and on dark paper, scripts and fonts from nowhere.
 *
 * @returns the picture in Markdown
 */
export function drawn(name: string, markup: Markup, alternative: string): string {
  const [, height] = /viewBox="0 0 \d+ (\d+)"/.exec(markup.markup) ?? [];
  const style = html`<style>${raw(chartStyle.replaceAll(/\s+/g, " "))}svg { background: var(--paper); }</style>`;
  const text = markup.markup
    .replace("<svg ", `<svg xmlns="http://www.w3.org/2000/svg" width="${chartWidth}" height="${height}" `)
    .replace("<desc>", `${style.markup}<desc>`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.svg`, folder), `${text}\n`);
  return `![${alternative}](${linkTo(name)})`;
}

/** Links to everything that a run left: what a reader needs to check it. */
export function runLinks({ set, name, predicted, scenarioFile }: StoredRun): string {
  const link = (file: string, text: string) => `[${text}](../test/validation/answers/${set}/${name}/${file})`;
  return [
    link(scenarioFile, "scenario"),
    ...(predicted === null ? [] : [link("predicted.json", "model")]),
    link("simulated.json", "simulator"),
    link("measured.json", "measured"),
    link("comparison.json", "verdict"),
  ].join(" · ");
}
