import { html, type Markup, raw } from "../src/report/markup.ts";
import { pageHead } from "../src/report/pageHead.ts";
import { type Control, choices, controls, gridOf, isOf, positionOf } from "./controls.ts";
import { initialState } from "./state.ts";

/** What the page is made of: its only script and style sheet, and their hashes as a policy names them. */
export interface Ingredients {
  readonly script: string;
  readonly style: string;
  readonly scriptSha256: string;
  readonly styleSha256: string;
}

/** The whole page: this script, this style sheet and nothing else can run or be fetched. */
export function playgroundPage({ script, style, scriptSha256, styleSha256 }: Ingredients): string {
  const policy = `default-src 'none'; script-src 'sha256-${scriptSha256}'; worker-src blob:; style-src 'sha256-${styleSha256}'; base-uri 'none'; form-action 'none'`;
  return html`${pageHead({ title: "Playground – coldcast", policy, style })}
<body>
<header class="top">
<p class="eyebrow">coldcast playground</p>
<h1>What latency will my users see?</h1>
<p class="summary" id="summary" role="status"></p>
<p class="trouble" id="trouble" role="alert"></p>
<noscript><p>The sliders need scripts; the command line does not: <code>coldcast predict scenario.yaml</code>.</p></noscript>
</header>
<main class="play">
<form class="controls" aria-label="Scenario">${choiceFields()}
<fieldset><legend>Arrivals, work and platform</legend>${controls.map(row)}</fieldset>
<button type="button" id="reset">Start again</button></form>
<figure class="tail"><figcaption>Percentiles <span>one nine after the other</span></figcaption><div id="tail"></div></figure>
<figure class="body"><figcaption>Shares <span>of requests answered in time</span></figcaption><div id="body"></div></figure>
<div class="rest">
<section aria-label="Figures"><h2 class="label">Figures</h2><div id="figures"></div></section>
<figure class="parts"><figcaption>Where the time goes <span>mean latency by part</span></figcaption><div id="parts"></div></figure>
<section aria-label="Scenario as a file"><h2 class="label"><label for="yaml">The scenario as a file</label></h2>
<textarea id="yaml" readonly spellcheck="false"></textarea>
<button type="button" id="copy">Copy</button> <span id="copied" role="status"></span>
<p class="note">The address of this page holds all that is set: send it to share it. Figures are of the steady state; where the model has none, of short simulations with a minute of warm-up.</p></section>
</div>
</main>
<script id="program">${raw(script)}</script>
</body>
</html>
`.markup;
}

function choiceFields(): Markup {
  const radios = Object.entries(choices).map(
    ([key, name]) =>
      html`<label class="choice"><input type="radio" name="targets" value="${key}" id="targets-${key}">${name}</label>`,
  );
  return html`<fieldset><legend>Targets</legend>${radios}</fieldset>`;
}

function row(control: Control): Markup {
  const { key, name, initial } = control;
  const text = control.text(initial);
  const hidden = isOf(control, initialState.choice) ? "" : " hidden";
  return html`<div class="control" id="${key}-row"${raw(hidden)}><label for="${key}">${name}</label><span id="${key}-value">${text}</span><input type="range" id="${key}" min="0" max="${gridOf(control).length - 1}" value="${positionOf(control, initial)}" aria-valuetext="${text}"></div>`;
}
