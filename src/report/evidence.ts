import { formatDuration } from "../base/units.ts";
import type { Fit } from "../live/calibrate.ts";
import type { Answer, AvailableAnswer, Counts } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { isTransient } from "../scenario/schema/normalise.ts";
import { answerNames } from "./answerNames.ts";
import type { Comparison } from "./compare.ts";
import { countText, durationFigure, statedQuantile } from "./format.ts";
import { html, type Markup } from "./markup.ts";
import { cell } from "./quantileTable.ts";

/** What was fitted, to which data, and how well; null where nothing was. */
export function fitSection({ calibration }: Scenario, fits: readonly Fit[]): Markup | null {
  if (fits.length === 0 && calibration === null) return null;
  const source =
    calibration === null
      ? null
      : html`<p>Fitted to the measurement of seed ${calibration.seed}; a prediction is only ever judged by another seed. Measurement: <span class="hash">${calibration.answerSha256}</span></p>`;
  const rows = fits.map(
    ({ target, part, family, parameters, n, ks, note }) =>
      html`<tr><th scope="row">${target}</th><td>${part}</td><td>${family}</td><td class="text">${parametersText(parameters)}</td><td>${countText(n)}</td><td>${ks === null ? "–" : ks.toFixed(3)}</td><td class="text">${note}</td></tr>`,
  );
  const table = html`<div class="scroll" tabindex="0"><table class="words"><caption>Goodness of fit: KS is the largest distance between the fitted law and the observations</caption>
<thead><tr><th scope="col">target</th><th scope="col">part</th><th scope="col">law</th><th scope="col">parameters</th><th scope="col">n</th><th scope="col">KS</th><th scope="col">note</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  return html`<section><h2>Calibration</h2>${source}${fits.length === 0 ? null : table}</section>`;
}

/** Parameters in words: times with their unit, weights in percent, everything else as it is. */
function parametersText(parameters: Fit["parameters"]): string {
  return Object.entries(parameters)
    .map(([name, value]) => {
      if (name.startsWith("weight")) return `${Number((100 * value).toFixed(1))} %:`;
      const isTime = /^(?:value|mean|by|intercept|held)/.test(name) && name !== "values";
      return `${parameterNames[name] ?? name.replace(/\d$/, "")} ${isTime ? formatDuration(value) : Number(value.toPrecision(3))}`;
    })
    .join(", ")
    .replaceAll(":,", "");
}

const parameterNames: Readonly<Record<string, string>> = {
  by: "at least",
  interceptSeconds: "intercept",
  heldSeconds: "hand-over",
  standardError: "±",
};

/** What became of every request, and how punctual the replay was. */
export function countSection(answers: readonly Answer[]): Markup | null {
  const names = answerNames(answers);
  const entries = answers.flatMap(({ targets }, i) =>
    targets.flatMap((target) =>
      target.status === "unavailable" || target.counts === null
        ? []
        : [{ name: names[i]!, target, counts: target.counts }],
    ),
  );
  if (entries.length === 0) return null;
  const rows = entries.map(({ name, target, counts }) => {
    const cells = [counts.scheduled, counts.sent, counts.completed].map((count) => html`<td>${countText(count)}</td>`);
    const rest = [counts.dropped, counts.unsent, counts.measured].map((count) => html`<td>${countText(count)}</td>`);
    return html`<tr><th scope="row">${target.name}</th><td>${name}</td>${cells}${failures(counts)}${rest}${latenessCells(target)}</tr>`;
  });
  return html`<section><h2>Every request accounted for</h2>
<p class="note">scheduled = completed + failed + dropped + unsent. Lateness is how long after its scheduled instant a request was sent; latency counts from the scheduled instant, so lateness is part of it.</p>
<div class="scroll" tabindex="0"><table><thead><tr>${["target", "engine", "scheduled", "sent", "completed", "failed", "dropped", "unsent", "measured", "lateness p50", "p99"].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function failures({ failed }: Counts): Markup {
  const kinds = Object.entries(failed).filter(([, count]) => count > 0);
  const total = kinds.reduce((sum, [, count]) => sum + count, 0);
  return html`<td>${countText(total)}${kinds.length === 0 ? null : html`<small>${kinds.map(([kind, count]) => `${kind} ${countText(count)}`).join(", ")}</small>`}</td>`;
}

function latenessCells({ lateness }: AvailableAnswer): Markup {
  if (lateness === null) return html`<td>–</td><td>–</td>`;
  return html`${cell(durationFigure(statedQuantile({ latency: lateness }, 0.5)))}${cell(durationFigure(statedQuantile({ latency: lateness }, 0.99)))}`;
}

/** Which program, scenario, arrivals and machine each answer came from. */
export function provenanceSection(answers: readonly Answer[]): Markup {
  const names = answerNames(answers);
  const rows = answers.map(({ seed, provenance }, i) => {
    const { version, scenarioSha256, scheduleSha256, calibration, machine, at } = provenance;
    const place = [machine, at].filter((text) => text !== undefined).join(", ");
    return html`<tr><th scope="row">${names[i]!}</th><td>${version}</td><td>${seed}</td><td>${calibration === null ? "–" : calibration.seed}</td><td class="hash">${scenarioSha256}</td><td class="hash">${scheduleSha256 ?? "–"}</td><td class="text">${place === "" ? "–" : place}</td></tr>`;
  });
  return html`<section><h2>Where the figures come from</h2>
<div class="scroll" tabindex="0"><table class="words"><thead><tr>${["engine", "version", "seed", "fitted on seed", "scenario (SHA-256)", "arrivals (SHA-256)", "machine, time"].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

/** What a reader must know before trusting the figures. */
export function noteSection(scenario: Scenario, answers: readonly Answer[], comparison: Comparison | null): Markup {
  const { tolerance } = scenario.report;
  const notes = [
    `A quantile agrees when the 95 % interval of predicted ÷ measured lies within ${Number((1 / tolerance.quantileRatio).toPrecision(3))}–${tolerance.quantileRatio}, or that of the difference within ${formatDuration(tolerance.absolute)}; it disagrees when both lie wholly outside, and is inconclusive otherwise. The two intervals are combined in quadrature.`,
    `A target takes its worst quantile, and the distance of the two distribution functions (KS, at most ${tolerance.ks}, with a 95 % band) where the squared coefficient of variation is at least 0.1.`,
    sameArrivals(answers)
      ? "The simulator was given the very arrivals that were sent. The model describes the steady state."
      : "The simulator drew arrivals of its own from the same law. The model describes the steady state.",
    isTransient(scenario.arrivals)
      ? "These arrivals end or follow the clock, so there is no steady state: the model is shown but not judged."
      : "The model is judged where a steady state exists.",
    scenario.warmup > 0
      ? `Requests that arrived in the first ${formatDuration(scenario.warmup)} are counted, but left out of the latencies.`
      : "There is no warm-up: the start from nothing is part of every figure.",
    "Latency covers completed requests; failures are counted above, and the share within the objective counts them as late.",
    "A status says how a figure was made: exact, numeric, approximate, simulated or measured.",
    ...(comparison?.notes ?? []),
  ];
  return html`<section><h2>How to read this</h2><ul>${notes.map((note) => html`<li>${note}</li>`)}</ul></section>`;
}

function sameArrivals(answers: readonly Answer[]): boolean {
  const hashOf = (from: Answer["from"]) =>
    answers.find((answer) => answer.from === from)?.provenance.scheduleSha256 ?? null;
  return hashOf("live") !== null && hashOf("live") === hashOf("sim");
}
