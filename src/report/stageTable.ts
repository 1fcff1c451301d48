import type { StageAnswer } from "../scenario/answer.ts";
import { type Judgement, sidesOf, type TargetComparison } from "./compare.ts";
import type { StageComparison } from "./compareStages.ts";
import { durationFigure, numberFigure, quantileName } from "./format.ts";
import { html, type Markup } from "./markup.ts";
import { cell, engineHead, verdictMark } from "./quantileTable.ts";
import type { Series, TargetView } from "./series.ts";

/** How long requests are in each stage by engine, and the verdict on each where both sides tell it; null without stages. */
export function stageTables(view: TargetView, comparison: TargetComparison | null): Markup | null {
  const told = view.series.filter(({ target }) => target.stages !== undefined);
  if (told.length === 0) return null;
  const judged = comparison === null ? [] : [comparison, ...comparison.alsoJudged];
  return html`${timesTable(told)}${judged.map(verdictTable)}`;
}

function timesTable(series: readonly Series[]): Markup {
  const names = [...new Set(series.flatMap(({ target }) => target.stages!.map(({ name }) => name)))];
  const rows = names.map((name) => {
    const stages = series.map(({ target }) => target.stages!.find((stage) => stage.name === name));
    const kind = stages.find((stage) => stage !== undefined)!.kind;
    return html`<tr><th scope="row">${name}${kindText({ name, kind })}</th>${stages.map(timeCells)}</tr>`;
  });
  return html`<div class="scroll" tabindex="0"><table><caption>Stage by stage: mean and p99 of the time in each, with 95 % intervals in the same unit below</caption>
<thead><tr><th scope="col">stage</th>${series.map((one) => html`${engineHead(one)}<th scope="col">p99</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function timeCells(stage: StageAnswer | undefined): Markup {
  const p99 = stage?.quantiles?.find(({ q }) => Math.abs(q - 0.99) < 1e-12)?.value ?? null;
  return html`${cell(durationFigure(stage?.mean ?? null))}${cell(durationFigure(p99))}`;
}

/** What each stage adds to the error: the ratio of its quantiles, and the worst of their verdicts. */
function verdictTable(judgement: Judgement): Markup | null {
  const { stages = [] } = judgement;
  if (stages.length === 0) return null;
  const levels = [...new Set(stages.flatMap(({ quantiles }) => quantiles.map(({ q }) => q)))].sort((a, b) => a - b);
  const { judged, judgedBy } = sidesOf(judgement);
  return html`<div class="scroll" tabindex="0"><table><caption>Stage by stage: ${judged} ÷ ${judgedBy}, and which of them agree</caption>
<thead><tr><th scope="col">stage</th>${levels.map((q) => html`<th scope="col">${quantileName(q)}</th>`)}<th scope="col">verdict</th></tr></thead><tbody>${stages.map((stage) => verdictRow(stage, levels))}</tbody></table></div>`;
}

function verdictRow({ name, kind, verdict, quantiles }: StageComparison, levels: readonly number[]): Markup {
  const ratios = levels.map((q) => cell(numberFigure(quantiles.find((row) => row.q === q)?.ratio ?? null)));
  return html`<tr><th scope="row">${name}${kindText({ name, kind })}</th>${ratios}<td>${verdictMark(verdict)}</td></tr>`;
}

const kindText = ({ name, kind }: Pick<StageAnswer, "name" | "kind">): Markup | null =>
  name === kind ? null : html`<small>${kind}</small>`;
