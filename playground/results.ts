import { formatDuration } from "../src/base/units.ts";
import { breakdownChart } from "../src/report/breakdownChart.ts";
import { durationFigure, numberFigure, quantileName, shareFigure, statedQuantile } from "../src/report/format.ts";
import { bodyChart, tailChart } from "../src/report/latencyChart.ts";
import { html, type Markup } from "../src/report/markup.ts";
import { cell } from "../src/report/quantileTable.ts";
import type { Series } from "../src/report/series.ts";
import { documentYaml } from "../src/scenario/document.ts";
import { type Answered, replications, type Told } from "./answersTo.ts";
import { documentOf } from "./scenarioOf.ts";
import type { State } from "./state.ts";

/** What the page shows of an answer, part by part. */
export interface Results {
  readonly tail: string;
  readonly body: string;
  readonly parts: string;
  readonly figures: string;
  /** One sentence, for who listens. */
  readonly summary: string;
}

const levels = [0.5, 0.9, 0.99, 0.999];

/** The charts, the table and the sentence of an answer: the report's own charts, one line per target. */
export function resultsOf(answered: Answered): Results {
  const { targets, objective } = answered;
  const series = targets.map(seriesOf);
  return {
    tail: tailChart(series, objective).markup,
    body: bodyChart(series, objective).markup,
    parts: breakdownChart(series)?.markup ?? "",
    figures: figures(answered).markup,
    summary: targets.map(({ answer }) => summaryOf(answer)).join("; "),
  };
}

/** The first target's line is that of the model in the report, the second's that of the simulator. */
function seriesOf({ answer: target, noModel }: Told, i: number): Series {
  return {
    from: noModel === null ? "model" : "sim",
    seed: 1,
    name: target.name,
    line: i === 0 ? "first" : "second",
    target,
  };
}

function summaryOf(target: Told["answer"]): string {
  if (!target.stable) return `${target.name}: more work arrives than it can do`;
  const [p50, p99] = [0.5, 0.99].map((q) => durationFigure(statedQuantile(target, q)).value);
  return `${target.name}: p50 ${p50}, p99 ${p99}, cold ${shareFigure(target.cold.probability).value}`;
}

function figures({ targets, final, objective }: Answered): Markup {
  const rows = targets.map(({ answer }, i) => {
    const cells = [
      ...levels.map((q) => durationFigure(statedQuantile(answer, q))),
      shareFigure(answer.latency.withinObjective),
      shareFigure(answer.cold.probability),
      numberFigure(answer.instances.total),
    ].map(cell);
    return html`<tr><th scope="row"><span class="swatch ${i === 0 ? "first" : "second"}"></span>${answer.name}<small>${answer.kind} · ${answer.status}</small></th>${cells}</tr>`;
  });
  const heads = [...levels.map(quantileName), `within ${formatDuration(objective)}`, "cold", "instances"];
  return html`<div class="scroll" tabindex="0"><table><caption>With 95 % intervals below where a figure is not exact</caption>
<thead><tr><th scope="col">target</th>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>
${targets.map((told) => methodText(told, final))}`;
}

function methodText({ answer, noModel }: Told, final: boolean): Markup {
  const unstable = answer.stable
    ? null
    : html`<strong>More work arrives than it can do: the queue grows without bound.</strong> `;
  if (noModel === null)
    return html`<p class="note">${unstable}<strong>${answer.name}</strong>, ${answer.status}: ${answer.method}.</p>`;
  const runs = final ? `${replications} runs` : "a first look";
  const why = noModel.replace(/^model: /, "").replace(/; simulate it$/, "");
  return html`<p class="note">${unstable}<strong>${answer.name}</strong>, simulated (${runs}), as the model has no last word: ${why}.</p>`;
}

/** The scenario as a file. */
export function yamlOf(state: State): string {
  return documentYaml(documentOf(state), "coldcast predict playground.yaml; coldcast simulate playground.yaml");
}
