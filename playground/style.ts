import { chartStyle, pageStyle } from "../src/report/style.ts";

/** The report's style sheet, and what the sliders need beside it. */
export const playgroundStyle = `${chartStyle}${pageStyle}
.chart .line.first { stroke: var(--model); } .chart .line.second { stroke: var(--sim); stroke-dasharray: 7 3; }
.chart .mark.first { fill: var(--model); } .chart .mark.second { fill: var(--sim); }
.chart .interval.first { stroke: var(--model); } .chart .interval.second { stroke: var(--sim); }
.swatch.first { border-color: var(--model); } .swatch.second { border-color: var(--sim); border-top-style: dashed; }
main.play { max-width: 84rem; display: grid; gap: 0 2rem; padding-bottom: 2rem; grid-template: "controls tail body" auto "controls rest rest" 1fr / 16.5rem 1fr 1fr; align-items: start; }
header.top { max-width: 84rem; padding-top: 1.6rem; } header.top h1 { font-size: clamp(1.6rem, 4vw, 2.2rem); }
.controls { grid-area: controls; } .tail { grid-area: tail; } .body { grid-area: body; } .rest { grid-area: rest; min-width: 0; }
.play section, .play form { border: 0; margin: 0; padding: 0; } .play figure { min-width: 0; } .play .chart { max-width: none; }
fieldset { border: 0; margin: 0 0 1rem; padding: 0; min-width: 0; } legend { padding: 0; font-weight: 600; font-size: .95rem; margin-bottom: .3rem; }
.choice { display: block; padding: .18rem 0; cursor: pointer; } .choice input { margin: 0 .5rem 0 0; accent-color: var(--model); }
.play table { font-size: .88rem; } .play th, .play td { padding-left: .4rem; padding-right: .4rem; }
.play h2.label { font: inherit; font-weight: 600; font-size: .95rem; margin: 1.4rem 0 .3rem; } .control { display: grid; grid-template-columns: 1fr auto; gap: 0 .6rem; margin: .5rem 0; font-size: .92rem; } .control[hidden] { display: none; }
.control span { font-variant-numeric: tabular-nums; font-weight: 600; }
.control input { grid-column: 1 / -1; width: 100%; margin: .15rem 0; height: 1.5rem; accent-color: var(--model); }
button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--rule); border-radius: 5px; padding: .35rem .8rem; cursor: pointer; }
button:hover { border-color: var(--soft); } :focus-visible { outline: 2px solid var(--model); outline-offset: 2px; }
textarea { display: block; width: 100%; height: 19rem; margin: .4rem 0 .6rem; padding: .7rem; resize: vertical; color: inherit; background: var(--card);
  border: 1px solid var(--rule); border-radius: 5px; font: .82rem/1.45 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.summary { min-height: 1.6em; max-width: none; } .trouble { color: var(--disagree); } .parts { max-width: 34rem; }
@media (max-width: 64rem) { main.play { grid-template: "tail body" auto "controls rest" 1fr / 16.5rem 1fr; } }
@media (max-width: 44rem) { main.play { grid-template: "tail" auto "controls" auto "body" auto "rest" auto / minmax(0, 1fr); }
  /* The curve stays in sight while sliders move below it. */
  .tail { position: sticky; top: 0; z-index: 1; background: var(--paper); padding-bottom: .4rem; border-bottom: 1px solid var(--rule); } .control input { height: 2.2rem; } }
@media print { .controls, button { display: none; } main.play { grid-template: "tail body" auto "rest rest" auto / 1fr 1fr; } textarea { height: 24rem; } }
`;
