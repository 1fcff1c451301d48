import type { SweepRecord } from "../scenario/variations.ts";
import { quantileName, statedQuantile } from "./format.ts";
import { html, type Markup } from "./markup.ts";
import { pageHead } from "./pageHead.ts";
import { chartStyle, pageStyle } from "./style.ts";
import { type SweepRow, sweepColumns, sweepHeads, sweepRows } from "./sweepTable.ts";

const policy = "default-src 'none'; style-src 'unsafe-inline'";
const sweepStyle =
  "\n.sweep { overflow-x: auto } .sweep rect { fill: currentColor; opacity: .55 } .sweep td, .sweep th { white-space: nowrap }";
const barWidth = 140;
/** The quantile that the bars show, or the highest below it. */
const shown = 0.99;

/**
 * A sweep as one HTML file: per target a table of the points with a bar for the 99th percentile, on one logarithmic scale.
 *
 * @returns the same bytes for the same records
 */
export function sweepHtml(records: readonly SweepRecord[]): string {
  const rows = sweepRows(records);
  const answer = records[0]?.answer;
  const names = [...new Set(rows.map(({ target }) => target.name))];
  const page = html`${pageHead({ title: `${answer?.scenario ?? "sweep"} – coldcast`, policy, style: chartStyle + pageStyle + sweepStyle })}
<body>
<header class="top">
<p class="eyebrow">coldcast sweep</p>
<h1>${answer?.scenario ?? "sweep"}</h1>
<p class="facts">seed ${answer?.seed ?? 0} · ${records.length} of ${records[0]?.of ?? 0} points · answered by ${answer?.from ?? "nobody"} · ${Object.keys(records[0]?.values ?? {}).join(", ")}</p>
</header>
<main>
${names.map((name) => section(name, rows, sweepHeads(records)))}
</main>
</body>
</html>
`;
  return page.markup;
}

function section(name: string, all: readonly SweepRow[], heads: readonly string[]): Markup {
  const rows = all.filter(({ target }) => target.name === name);
  const columns = sweepColumns(all);
  const level = levelOf(all);
  const bar = barOf(all, level);
  return html`<section><div class="head"><h2>${name}</h2><span class="kind">${rows[0]?.target.kind ?? ""}</span></div>
<div class="sweep"><table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}${columns.map(({ head }) => html`<th>${head}</th>`)}<th>${quantileName(level)}, logarithmic</th></tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${row.values.map((value) => html`<th scope="row">${value}</th>`)}${
      row.target.status === "unavailable"
        ? html`<td colspan="${columns.length + 1}">unavailable: ${row.target.reason}</td>`
        : html`${columns.map(({ cell }) => html`<td>${row.target.status === "unavailable" ? "" : cell(row.target)}</td>`)}<td>${bar(row)}</td>`
    }</tr>
`,
  )}</tbody></table></div></section>`;
}

function levelOf(rows: readonly SweepRow[]): number {
  const levels = rows.flatMap(({ target }) =>
    target.status === "unavailable" ? [] : target.latency.quantiles.map(({ q }) => q),
  );
  return Math.max(...levels.filter((q) => q <= shown), Math.min(1, ...levels));
}

/** Bars on one scale for all targets, so that they can be compared. */
function barOf(rows: readonly SweepRow[], level: number): (row: SweepRow) => Markup | null {
  const of = ({ target }: SweepRow) =>
    target.status === "unavailable" ? Number.NaN : (statedQuantile(target, level)?.value ?? Number.NaN);
  const known = rows.map(of).filter((value) => value > 0 && value < Infinity);
  const low = Math.log(Math.min(...known)) - 0.2;
  const high = Math.log(Math.max(...known));
  return (row) => {
    const value = of(row);
    if (!(value > 0)) return null;
    const share = Math.min(1, (Math.log(value) - low) / (high - low));
    return html`<svg width="${barWidth}" height="12" aria-hidden="true"><rect width="${Math.round(barWidth * share)}" height="12"/></svg>`;
  };
}
