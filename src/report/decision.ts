import { formatDuration } from "../base/units.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Comparison } from "./compare.ts";
import { durationFigure, type Figure, numberFigure, shareFigure, statedQuantile } from "./format.ts";
import { html, type Markup } from "./markup.ts";
import type { Capacity } from "./outlook/capacity.ts";
import { rangeText } from "./outlook/outlookSection.ts";
import { cell, verdictMark } from "./quantileTable.ts";
import { bestSeries, type Series, type TargetView } from "./series.ts";

/** Under the target's name, not the engine's. */
type Candidate = Series;

const inBrackets = ({ value, interval }: Figure): string => (interval === "" ? value : `${value} (${interval})`);

/** The verdict in one sentence: what agrees, what does not, what is open. */
export function verdictSentence(comparison: Comparison | null): string {
  if (comparison === null) return "Predictions only: nothing was measured, so nothing has been judged.";
  const names = (verdict: string) =>
    list(
      comparison.targets
        .filter((target) => [target, ...target.alsoJudged].some((j) => j.verdict === verdict))
        .map(({ name }) => name),
    );
  if (comparison.verdict === "agree")
    return `Predictions and measurement agree on ${list(comparison.targets.map(({ name }) => name))}.`;
  const open = names("inconclusive");
  const disagree = names("disagree");
  const stillOpen = open === "" ? "" : `, and the data do not settle ${open}`;
  if (disagree !== "") return `Predictions and measurement disagree on ${disagree}${stillOpen}.`;
  return `The data do not settle whether predictions and measurement agree on ${open}.`;
}

/** Which target to choose: the one with the lowest p99, and which ones meet the objective; null without figures. */
export function decisionSentence(views: readonly TargetView[], capacities: readonly Capacity[] = []): string | null {
  const ranked = candidates(views)
    .flatMap((candidate) => {
      const p99 = statedQuantile(candidate.target, 0.99);
      return p99 === null || Number.isNaN(p99.value) ? [] : [{ ...candidate, p99 }];
    })
    .sort((a, b) => a.p99.value - b.p99.value);
  const [best, ...others] = ranked;
  if (best === undefined) return null;
  const close = others.filter(({ p99 }) => p99.low <= best.p99.high).map(({ name }) => name);
  const doubt = close.length === 0 ? "" : `; the intervals do not tell it from ${list(close)}`;
  const own = capacities.find(({ target }) => target === best.name);
  const load = own === undefined ? "" : ` Simulated, it meets the objective ${rangeText(own)}.`;
  const head = ranked.length === 1 ? `${best.name} has a p99 of` : `${best.name} has the lowest p99:`;
  return `${head} ${inBrackets(durationFigure(best.p99))}, ${best.target.status}${doubt}.${load}`;
}

/** What a million requests cost on each target, the cheapest first; null where fewer than two are priced. */
export function costSentence(views: readonly TargetView[]): string | null {
  const priced = candidates(views)
    .flatMap(({ name, target }) => {
      const cost = target.resources?.costPerMillionRequests ?? null;
      return cost === null || !Number.isFinite(cost.value) ? [] : [{ name, cost }];
    })
    .sort((a, b) => a.cost.value - b.cost.value);
  if (priced.length < 2) return null;
  return `A million requests cost ${list(priced.map(({ name, cost }) => `${numberFigure(cost).value} on ${name}`))}.`;
}

/** One line per target: the figures a choice rests on, from the best engine that has them. */
export function decisionTable(views: readonly TargetView[], scenario: Scenario, comparison: Comparison | null): Markup {
  const { objective } = scenario.report;
  const priced = views.some((view) => bestSeries(view)?.target.resources?.costPerMillionRequests != null);
  const columns = 3 + (objective === null ? 0 : 2) + (priced ? 1 : 0);
  const rows = views.map((view) => {
    const verdict = comparison?.targets.find(({ name }) => name === view.name)?.verdict;
    const word = comparison === null ? null : html`<td>${verdict === undefined ? "–" : verdictMark(verdict)}</td>`;
    const best = bestSeries(view);
    const head = html`<th scope="row">${view.name}<small>${view.kind}${best === null ? null : ` · ${best.target.status}`}</small></th>`;
    if (best === null)
      return html`<tr>${head}<td>unavailable</td>${Array.from({ length: columns }, () => html`<td>–</td>`)}${word}</tr>`;
    const { target } = best;
    const cells = [
      cell(durationFigure(statedQuantile(target, 0.5))),
      cell(durationFigure(statedQuantile(target, 0.99))),
      ...(objective === null
        ? []
        : [cell(shareFigure(target.latency.withinObjective)), html`<td>${meets(best, objective)}</td>`]),
      cell(shareFigure(target.cold.probability)),
      cell(shareFigure(target.overhead)),
      ...(priced ? [cell(numberFigure(target.resources?.costPerMillionRequests ?? null))] : []),
    ];
    return html`<tr>${head}${cells}${word}</tr>`;
  });
  const objectiveHeads =
    objective === null
      ? null
      : html`<th scope="col">within ${formatDuration(objective)}</th><th scope="col">p99 in time</th>`;
  return html`<div class="scroll" tabindex="0"><table><caption>The targets side by side; measured where there is a measurement, 95 % intervals below</caption>
<thead><tr><th scope="col">target</th><th scope="col">p50</th><th scope="col">p99</th>${objectiveHeads}<th scope="col">cold</th><th scope="col">overhead</th>${priced ? html`<th scope="col">cost of a million</th>` : null}${comparison === null ? null : html`<th scope="col">predicted?</th>`}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

/** Whether p99 lies within the objective, its whole interval considered. */
function meets({ target }: Series, objective: number): string {
  const p99 = statedQuantile(target, 0.99);
  if (p99 === null || Number.isNaN(p99.value)) return "–";
  if (p99.high <= objective) return "yes";
  return p99.low > objective ? "no" : "unclear";
}

function candidates(views: readonly TargetView[]): Candidate[] {
  return views.flatMap((view) => {
    const best = bestSeries(view);
    return best === null ? [] : [{ ...best, name: view.name }];
  });
}

/** Names as a sentence lists them. */
function list(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
