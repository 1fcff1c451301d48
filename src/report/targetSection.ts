import { formatDuration } from "../base/units.ts";
import type { Fit } from "../live/calibrate.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { breakdownChart } from "./breakdownChart.ts";
import { bucketTable } from "./bucketTable.ts";
import { coldChart } from "./coldChart.ts";
import { sidesOf, type TargetComparison } from "./compare.ts";
import { differenceChart } from "./differenceChart.ts";
import { distanceText, verdictText } from "./format.ts";
import { bodyChart, tailChart } from "./latencyChart.ts";
import { html, type Markup } from "./markup.ts";
import { quantileChart } from "./quantileChart.ts";
import { figureTable, quantileTable, verdictMark } from "./quantileTable.ts";
import type { TargetView } from "./series.ts";
import { stageTables } from "./stageTable.ts";
import { startStepsChart } from "./startStepsChart.ts";
import { instancesChart, latencyTimeChart } from "./timelineChart.ts";

/** One target: its verdicts in words, its charts, and the same figures as tables. */
export function targetSection(
  view: TargetView,
  {
    scenario,
    fits,
    comparison,
  }: {
    readonly scenario: Scenario;
    readonly fits: readonly Fit[];
    readonly comparison: TargetComparison | null;
  },
): Markup {
  const { objective } = scenario.report;
  const missing = view.unavailable.map(({ name, target }) => html`<li><strong>${name}</strong>: ${target.reason}</li>`);
  return html`<section><div class="head"><h2>${view.name}</h2><span class="kind">${view.kind}</span>${comparison === null ? null : verdictMark(comparison.verdict)}</div>
${verdicts(comparison)}
${unstable(view)}
${warnings(view)}
${view.series.length === 0 ? null : charts(view, { comparison, fits, scenario })}
${missing.length === 0 || comparison !== null ? null : html`<p class="note">No answer from:</p><ul class="note">${missing}</ul>`}
${view.series.length === 0 ? null : html`<h3>Figures</h3>${quantileTable(view, comparison)}${stageTables(view, comparison)}${bucketTable(view)}${figureTable(view, objective === null ? null : formatDuration(objective))}`}
</section>`;
}

function verdicts(comparison: TargetComparison | null): Markup | null {
  if (comparison === null) return null;
  const judgements = [comparison, ...comparison.alsoJudged].map((judgement) => {
    const distance = distanceText(judgement);
    const who =
      judgement.judged === null
        ? null
        : html`<strong>${engineName(sidesOf(judgement).judged!)}</strong> against measurement: `;
    return html`<p>${who}${verdictText(judgement)}.${distance === "" ? null : html` <span class="note">${distance}.</span>`}</p>`;
  });
  const others = comparison.notJudged.map(
    ({ from, name, reason }) => html`<p class="note">The ${engineName(name ?? from)} is not judged: ${reason}.</p>`,
  );
  return html`${judgements}${others}`;
}

/** An answer's name in a sentence. */
export const engineName = (name: string): string => name.replace(/^sim\b/, "simulator").replace(/^live\b/, "replay");

function warnings({ series }: TargetView): Markup | null {
  const found = series.flatMap(({ name, target }) =>
    (target.warnings ?? []).map((text) => html`<p><strong>Warning</strong> (${name}): ${text}.</p>`),
  );
  return found.length === 0 ? null : html`${found}`;
}

function unstable({ series }: TargetView): Markup | null {
  const names = series.filter(({ target }) => !target.stable).map(({ name }) => name);
  return names.length === 0
    ? null
    : html`<p><strong>Unstable</strong> (${names.join(", ")}): more work arrives than this target can do, so its queue grows without bound.</p>`;
}

function charts(
  { name, series }: TargetView,
  {
    comparison,
    fits,
    scenario,
  }: { readonly comparison: TargetComparison | null; readonly fits: readonly Fit[]; readonly scenario: Scenario },
): Markup {
  const { objective, tolerance } = scenario.report;
  const target = scenario.targets.find((each) => each.name === name);
  const figures: readonly (readonly [string, string, Markup | null])[] = [
    ["Latency", "share of requests answered in time", bodyChart(series, objective)],
    ["Tail", "one nine after the other; bands are 95 % intervals", tailChart(series, objective)],
    ["Difference", "inside the band it is chance", differenceChart(series, comparison)],
    [
      "Quantiles against quantiles",
      "the band is the tolerated ratio",
      quantileChart(series, comparison, tolerance.quantileRatio),
    ],
    [
      series.some(({ target }) => target.instanceStart !== null) ? "Instance starts" : "Cold starts",
      "share per bucket",
      coldChart(series),
    ],
    ["A start step by step", "each step begins where the one before ends", startStepsChart(target, fits)],
    ["Where the time goes", "mean latency by part", breakdownChart(series)],
    ["Instances over time", "ready and starting", instancesChart(series)],
    ["p99 over time", "by time of arrival", latencyTimeChart(series, objective)],
  ];
  const drawn = figures.map(([title, detail, chart]) =>
    chart === null ? null : html`<figure><figcaption>${title} <span>${detail}</span></figcaption>${chart}</figure>`,
  );
  return html`<div class="charts">${drawn}</div>`;
}
