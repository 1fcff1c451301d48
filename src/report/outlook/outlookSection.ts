import { formatDuration } from "../../base/units.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { durationFigure } from "../format.ts";
import { html, type Markup } from "../markup.ts";
import { cell } from "../quantileTable.ts";
import { bestRanges, type WorkRow } from "./byWork.ts";
import type { Capacity } from "./capacity.ts";
import type { Outlook } from "./outlook.ts";
import { tornadoChart } from "./tornadoChart.ts";

/** Other loads, other work, other settings: what a decision needs beyond the one scenario; null where nothing could be asked. */
export function outlookSection({ report }: Scenario, found: Outlook): Markup | null {
  const { capacities, leftOut } = found;
  const parts = [
    capacities.length === 0 || report.objective === null ? null : capacityTable(capacities, report.objective),
    workTable(found.byWork),
    tornados(found),
    leftOut.length === 0
      ? null
      : html`<p class="note">Not part of it: ${leftOut.map(({ target, reason }) => `${target} (${reason})`).join("; ")}.</p>`,
  ];
  if (parts.every((part) => part === null)) return null;
  return html`<section><h2>If things were otherwise</h2>
<p class="note">All of it simulated, with what this scenario says (and the fit, where there is one); nothing here was measured.</p>
${parts}</section>`;
}

function capacityTable(capacities: readonly Capacity[], objective: number): Markup {
  const rows = capacities.map(
    (one) =>
      html`<tr><th scope="row">${one.target}</th><td>${formatDuration(one.p99)}</td><td>${marginText(one, objective)}</td><td class="text">${rangeText(one)}</td></tr>`,
  );
  return html`<h3>At which load</h3><div class="scroll" tabindex="0"><table class="words"><caption>The objective is met where 99 % of all requests are answered within ${formatDuration(objective)}</caption>
<thead><tr><th scope="col">target</th><th scope="col">p99 here</th><th scope="col">to the objective</th><th scope="col">meets it</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** By how much the objective is met or missed at the scenario's own load. */
export function marginText({ p99, met }: Pick<Capacity, "p99" | "met">, objective: number): string {
  const ratio = p99 / objective;
  if (ratio > 1) return `${formatDuration(p99 - objective)} over (${Number(ratio.toPrecision(2))}×)`;
  return `${formatDuration(objective - p99)} to spare${met ? "" : ", but requests fail"}`;
}

const rate = (perSecond: number): string => `${Number(perSecond.toPrecision(3))}/s`;

/**
 * The loads at which an objective is met, in words.
 *
 * @example
 * rangeText({ ever: true, from: null, upTo: 312.4, tried: [3, 640] }) // => "up to 312/s"
 */
export function rangeText({ ever, from, upTo, tried }: Pick<Capacity, "ever" | "from" | "upTo" | "tried">): string {
  const [lowest, highest] = tried.map(rate);
  if (!ever) return `at no load that was tried (${lowest} to ${highest})`;
  if (from === null && upTo === null) return `at every load that was tried (${lowest} to ${highest})`;
  if (from === null) return `up to ${rate(upTo!)}`;
  return upTo === null ? `from ${rate(from)} on (tried to ${highest})` : `from ${rate(from)} to ${rate(upTo)}`;
}

function workTable(rows: readonly WorkRow[]): Markup | null {
  if (rows.length === 0) return null;
  const names = rows[0]!.p99s.map(({ target }) => target);
  const body = rows.map(
    ({ work, p99s, best }) =>
      html`<tr><th scope="row">${formatDuration(work)}</th>${p99s.map(({ p99 }) => (p99 === null ? html`<td>does not keep up</td>` : cell(durationFigure(p99))))}<td class="text">${best.length === 0 ? "none" : best.length === 1 ? best[0]! : `${best.join(" or ")}, not told apart`}</td></tr>`,
  );
  return html`<h3>For which work</h3><p>${rangesSentence(rows)}</p><div class="scroll" tabindex="0"><table class="words"><caption>p99 by mean work of a request, at this scenario's arrivals</caption>
<thead><tr><th scope="col">work</th>${names.map((name) => html`<th scope="col">${name}</th>`)}<th scope="col">lowest</th></tr></thead><tbody>${body}</tbody></table></div>`;
}

/** Which target wins for which work, in one sentence. */
export function rangesSentence(rows: readonly WorkRow[]): string {
  const ranges = bestRanges(rows);
  if (ranges.length === 0)
    return "For no work that was tried is one target clearly the fastest at the 99th percentile.";
  const [shortest, longest] = [rows[0]!.work, rows.at(-1)!.work];
  const texts = ranges.map(({ best, from, to }) => {
    if (from === shortest && to === longest) return `${best} for all work that was tried`;
    if (from === to) return `${best} at ${formatDuration(from)}`;
    return `${best} from ${formatDuration(from)} to ${formatDuration(to)}`;
  });
  return `The lowest p99: ${texts.join("; ")}.`;
}

function tornados({ influences }: Outlook): Markup | null {
  const drawn = influences.flatMap(({ target, numbers }) => {
    const tornado = tornadoChart(numbers);
    return tornado === null
      ? []
      : [
          html`<figure><figcaption>${target} <span>one number moved, all else as it is</span></figcaption>${tornado}</figure>`,
        ];
  });
  if (drawn.length === 0) return null;
  return html`<h3>What the p99 hangs on</h3><p class="note">Lines across the bars are 95 % intervals; numbers whose change cannot be told from nothing are left out.</p><div class="charts">${drawn}</div>`;
}
