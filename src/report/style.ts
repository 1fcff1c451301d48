/**
 * The charts' style sheet. Measured figures are ink and solid, the simulator's dashed vermilion, the model's dotted
 * blue: colours that colour-blind readers tell apart (Okabe & Ito), and never the only difference.
 */
export const chartStyle = `
:root {
  --paper: #fcfbf8; --card: #f4f2ec; --ink: #1c1e21; --soft: #5b6068; --rule: #dedad0; --grid: #e7e4dc;
  --model: #0a66b0; --sim: #c2500c; --live: #1c1e21; --import: #7a4a9c;
  --agree: #17693b; --disagree: #ad1f1f; --inconclusive: #7d5a00;
  --network: #a9adb3; --cold: #d1495b; --start: #5fb3d9; --queue: #d6b53c; --work: #3f6fa8; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #16181b; --card: #1f2226; --ink: #ebe9e4; --soft: #a2a7af; --rule: #363a40; --grid: #2a2e33;
  --model: #62b2f2; --sim: #f2975a; --live: #ebe9e4; --import: #c79be6;
  --agree: #6fcf97; --disagree: #ff8f87; --inconclusive: #e6bd5a;
  --network: #7d838b; --cold: #e2788a; --start: #7cc7ea; --queue: #dcc15c; --work: #7aa3d6; } }
.chart { display: block; width: 100%; height: auto; max-width: 34rem; font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
.chart text { fill: var(--soft); stroke: none; } .chart .name { font-size: 11px; }
.chart text.halo { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.chart line, .chart path { fill: none; stroke: var(--soft); }
.chart .grid { stroke: var(--grid); } .chart .axis, .chart .tick { stroke: var(--soft); stroke-width: 1; }
.chart .objective { stroke: var(--soft); stroke-dasharray: 2 3; }
.chart .band { fill: var(--soft); stroke: none; opacity: .16; }
.chart .line { stroke-width: 2; stroke-linejoin: round; }
.chart .line.model { stroke: var(--model); stroke-dasharray: .5 5; stroke-linecap: round; stroke-width: 3; }
.chart .line.diagonal { stroke: var(--soft); stroke-width: 1; }
.chart .line.sim { stroke: var(--sim); stroke-dasharray: 7 3; }
.chart .line.live { stroke: var(--live); }
.chart .line.import { stroke: var(--import); stroke-dasharray: 8 2 1.5 2; }
.chart .mark { stroke: var(--paper); stroke-width: 1.2; }
.chart .mark.model { fill: var(--model); } .chart .mark.sim { fill: var(--sim); } .chart .mark.live { fill: var(--live); } .chart .mark.import { fill: var(--import); }
.chart .interval { stroke-width: 5; opacity: .3; } .chart .interval.model { stroke: var(--model); } .chart .interval.sim { stroke: var(--sim); }
.chart .interval.live { stroke: var(--live); } .chart .interval.import { stroke: var(--import); }
.chart .line.again { stroke-width: 1; } .chart .line.third { stroke-width: 1; opacity: .6; } .chart .interval.again, .chart .interval.third { stroke-width: 2; }
.chart .mark.again, .chart .mark.third { fill: var(--paper); } .chart .mark.model.again, .chart .mark.model.third { stroke: var(--model); }
.chart .mark.sim.again, .chart .mark.sim.third { stroke: var(--sim); } .chart .mark.live.again, .chart .mark.live.third { stroke: var(--live); }
.chart .mark.import.again, .chart .mark.import.third { stroke: var(--import); } .chart .bar.again, .chart .bar.third { fill: var(--paper); }
.chart .bar { stroke-width: 1.2; } .chart .bar.live { fill: var(--live); stroke: var(--live); }
.chart .bar.sim { fill: color-mix(in srgb, var(--sim) 45%, var(--paper)); stroke: var(--sim); }
.chart .bar.model { fill: color-mix(in srgb, var(--model) 15%, var(--paper)); stroke: var(--model); stroke-dasharray: 2 2; }
.chart .bar.import { fill: color-mix(in srgb, var(--import) 30%, var(--paper)); stroke: var(--import); }
.chart .moved.less { fill: var(--start); } .chart .moved.more { fill: var(--work); }
.chart .whisker { stroke: var(--soft); stroke-width: 1.4; }
.chart .area { stroke: none; opacity: .22; } .chart .area.sim { fill: var(--sim); } .chart .area.live { fill: var(--live); } .chart .area.model { fill: var(--model); } .chart .area.import { fill: var(--import); }
.chart .part.network { fill: var(--network); } .chart .part.cold { fill: var(--cold); } .chart .part.start { fill: var(--start); }
.chart .part.queue { fill: var(--queue); } .chart .part.work { fill: var(--work); }
.chart .onbar { font-size: 11px; fill: #14161a; } .chart .onbar.work, .chart .onbar.cold { fill: #fff; }
@media (prefers-color-scheme: dark) { .chart .onbar.work, .chart .onbar.cold { fill: #14161a; } }
`;

/** The report's style sheet: type, tables, banner, phone and paper. */
export const pageStyle = `
:root { color-scheme: light dark; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: break-word;
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
main, header.top, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.5rem; }
header.top { padding-top: 3.5rem; }
h1, h2, h3 { font-family: Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, "DejaVu Serif", serif; line-height: 1.15; font-weight: 600; text-wrap: balance; }
h1 { font-size: clamp(2rem, 6vw, 3rem); margin: .15rem 0 .4rem; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { font-size: 1.75rem; margin: 0; overflow-wrap: anywhere; }
h3 { font-size: 1.1rem; margin: 2.2rem 0 .5rem; }
p { margin: .5rem 0; max-width: 44rem; }
.eyebrow { margin: 0; font-size: .8rem; letter-spacing: .09em; text-transform: uppercase; color: var(--soft); }
.facts { color: var(--soft); margin: 0 0 1.5rem; max-width: none; }
.banner { border-left: 5px solid; padding: .8rem 1.1rem; margin: 1.5rem 0; background: var(--card); border-radius: 0 6px 6px 0; font-size: 1.12rem; }
.banner p { margin: .2rem 0; max-width: none; }
.banner.agree { border-color: var(--agree); } .banner.disagree { border-color: var(--disagree); }
.banner.inconclusive { border-color: var(--inconclusive); } .banner.none { border-color: var(--soft); }
.note { color: var(--soft); font-size: .92rem; }
section { border-top: 1px solid var(--rule); margin-top: 3rem; padding-top: 2rem; }
.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: .3rem .9rem; }
.kind { color: var(--soft); overflow-wrap: anywhere; }
.verdict { font-weight: 600; white-space: nowrap; }
.verdict::before { content: "● "; font-size: .8em; } .verdict.disagree::before { content: "▲ "; } .verdict.inconclusive::before { content: "◌ "; font-size: 1em; }
.agree { color: var(--agree); } .disagree { color: var(--disagree); } .inconclusive { color: var(--inconclusive); }
.banner.agree, .banner.disagree, .banner.inconclusive { color: inherit; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); gap: 1.6rem 2rem; margin: 1.4rem 0 .5rem; }
figure { margin: 0; break-inside: avoid; }
figcaption { font-weight: 600; font-size: .95rem; margin-bottom: .3rem; }
figcaption span { font-weight: 400; color: var(--soft); }
.scroll { overflow-x: auto; margin: .6rem 0 1.6rem;
  background: linear-gradient(to right, var(--paper) 30%, transparent) 0 0 / 3rem 100% local, linear-gradient(to left, var(--paper) 30%, transparent) 100% 0 / 3rem 100% local,
    linear-gradient(to right, var(--rule), transparent) 0 0 / .8rem 100% scroll, linear-gradient(to left, var(--rule), transparent) 100% 0 / .8rem 100% scroll; background-repeat: no-repeat; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); font-size: .88rem; padding-bottom: .35rem; }
th, td { text-align: right; padding: .42rem .55rem; border-bottom: 1px solid var(--rule); vertical-align: top; white-space: nowrap; }
th:first-child, td:first-child, .words td, .words th { text-align: left; padding-left: 0; }
.words tr > :not(:first-child) { padding-left: .55rem; }
td.text, th.text { text-align: left; white-space: normal; min-width: 13rem; }
thead th { color: var(--soft); font-weight: 500; border-bottom: 1px solid var(--soft); vertical-align: bottom; }
tbody th { font-weight: 600; }
td small, th small { display: block; color: var(--soft); font-size: .8rem; font-weight: 400; }
.compact { width: auto; min-width: min(100%, 34rem); } .compact th, .compact td { padding-top: .26rem; padding-bottom: .26rem; } .compact tbody th { font-weight: 400; }
.compact td:not(:has(small)) { padding-right: 7.6rem; }
.compact td small { display: inline-block; min-width: 6.5rem; margin-left: .4rem; }
.hash { font: .78rem/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: normal; overflow-wrap: anywhere; }
td.hash { min-width: 9.5rem; }
ul { padding-left: 1.2rem; max-width: 46rem; } li { margin: .3rem 0; }
footer { color: var(--soft); font-size: .88rem; padding-top: 2rem; padding-bottom: 3rem; }
.swatch { display: inline-block; width: 1.5rem; border-top: 3px solid; margin-right: .45rem; vertical-align: .28em; }
.swatch.model { border-color: var(--model); border-top-style: dotted; } .swatch.sim { border-color: var(--sim); border-top-style: dashed; }
.swatch.again, .swatch.third { border-top-width: 1px; } .swatch.live { border-color: var(--live); } .swatch.import { border-color: var(--import); border-top-style: double; }
@media (max-width: 40rem) { body { font-size: 15px; } tbody th { white-space: normal; } main, header.top, footer { padding-left: 1rem; padding-right: 1rem; } header.top { padding-top: 2rem; } th, td { padding: .4rem .5rem; }
  .compact td small { display: block; min-width: 0; margin: 0; } .compact td:not(:has(small)) { padding-right: .5rem; } }
@media print { :root { color-scheme: light; --paper: #fff; --card: #f6f5f2; } .charts { grid-template-columns: 1fr 1fr; gap: 1rem 1.4rem; } table { font-size: 7.5pt; } td small, th small { font-size: 6.5pt; } td .verdict { white-space: normal; font-size: 6.5pt; } .words :is(th, td) { overflow-wrap: anywhere; } th, td { padding: .2rem .12rem; white-space: normal; } td.text, th.text, td.hash { min-width: 0; } .compact { min-width: 0; } .compact td:not(:has(small)) { padding-right: .3rem; } .compact td small { display: block; min-width: 0; margin: 0; } body { font-size: 10.5pt; } section { break-before: auto; } h2, h3 { break-after: avoid; } tr { break-inside: avoid; } header.top { padding-top: 0; } .scroll { overflow: visible; } }
`;
