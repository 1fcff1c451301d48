import { formatDuration } from "../base/units.ts";
import type { Fit } from "../live/calibrate.ts";
import type { Answer } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { answerNames } from "./answerNames.ts";
import type { Comparison } from "./compare.ts";
import { costSentence, decisionSentence, decisionTable, verdictSentence } from "./decision.ts";
import { countSection, fitSection, noteSection, provenanceSection } from "./evidence.ts";
import { countText } from "./format.ts";
import { html, type Markup } from "./markup.ts";
import type { Outlook } from "./outlook/outlook.ts";
import { outlookSection, rangesSentence } from "./outlook/outlookSection.ts";
import { pageHead } from "./pageHead.ts";
import { type TargetView, targetViews } from "./series.ts";
import { chartStyle, pageStyle } from "./style.ts";
import { targetSection } from "./targetSection.ts";

export interface ReportInput {
  readonly scenario: Scenario;
  readonly answers: readonly Answer[];
  /** Null where nothing was measured. */
  readonly comparison: Comparison | null;
  readonly fits?: readonly Fit[];
  /** Other loads, other work, other settings. */
  readonly outlook?: Outlook | undefined;
}

/** No script, no address: whatever a name in the scenario holds, nothing can be run or fetched. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * The whole report as one HTML file: works from a disk without a network and without scripts, in light and dark, on a
 * phone and on paper.
 *
 * @param answers of one scenario, in any order
 * @returns the same bytes for the same input
 */
export function reportHtml({ scenario, answers, comparison, fits = [], outlook }: ReportInput): string {
  const views = targetViews(answers);
  const rows = outlook?.byWork ?? [];
  const decision = [
    decisionSentence(views, outlook?.capacities),
    costSentence(views),
    rows.length === 0 ? null : rangesSentence(rows).replace("p99:", "p99 by work of a request, simulated:"),
  ].filter((sentence) => sentence !== null);
  const sections = views.map((view) =>
    targetSection(view, {
      scenario,
      fits,
      comparison: comparison?.targets.find(({ name }) => name === view.name) ?? null,
    }),
  );
  const page = html`${pageHead({ title: `${scenario.name} – coldcast`, policy, style: chartStyle + pageStyle })}
<body>
<header class="top">
<p class="eyebrow">coldcast report</p>
<h1>${scenario.name}</h1>
<p class="facts">${facts(scenario, answers, views)}</p>
<div class="banner ${comparison?.verdict ?? "none"}"><p>${comparison === null ? null : html`<strong class="${comparison.verdict}">${comparison.verdict}</strong> · `}${verdictSentence(comparison)}</p>${decision.map((sentence) => html`<p>${sentence}</p>`)}</div>
</header>
<main>
${decisionTable(views, scenario, comparison)}
${sections}
${outlook === undefined ? null : outlookSection(scenario, outlook)}
${fitSection(scenario, fits)}
${countSection(answers)}
${provenanceSection(answers)}
${noteSection(scenario, answers, comparison)}
</main>
<footer>${footer(answers)}</footer>
</body>
</html>
`;
  return page.markup;
}

function facts({ seed, duration }: Scenario, answers: readonly Answer[], views: readonly TargetView[]): string {
  const judged = answers.find(({ from }) => from === "live") ?? answers[0];
  const sent = judged?.targets.flatMap((target) =>
    target.status === "unavailable" || target.counts === null ? [] : [target.counts.scheduled],
  )[0];
  return [
    `seed ${judged?.seed ?? seed}`,
    ...(duration < Infinity ? [`${formatDuration(duration)} of arrivals`] : []),
    ...(sent === undefined ? [] : [`${countText(sent)} requests to each of ${views.length} targets`]),
    `answered by ${answerNames(answers).join(", ")}`,
  ].join(" · ");
}

function footer(answers: readonly Answer[]): Markup {
  const versions = [...new Set(answers.map(({ provenance }) => provenance.version))];
  return html`<p>Written by coldcast ${versions.join(", ")}. All times count from the scheduled instant of a request.</p>`;
}
