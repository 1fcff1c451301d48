import { describe, expect, it } from "vitest";
import { compare } from "../../src/report/compare.ts";
import { reportHtml } from "../../src/report/html.ts";
import { type Answer, exactly } from "../../src/scenario/answer.ts";
import { answers, fits, liveAnswer, modelAnswer, scenario, simAnswer } from "./fixtures/burst.ts";

const { tolerance, quantiles } = scenario.report;
const comparison = compare([modelAnswer, simAnswer], liveAnswer, { tolerance, quantiles });
const page = reportHtml({ scenario, answers, comparison, fits });

describe("the HTML report", () => {
  it("is one file with no script and no address", () => {
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain("default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:");
    expect(page).not.toMatch(/<script|https?:|url\(|@import|<link|<img|<iframe| on[a-z]+=/i);
  });

  it("opens and closes every element", () => {
    const open: string[] = [];
    for (const [, close, name, rest] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/g)) {
      if (rest!.endsWith("/") || name === "meta" || name === "br") continue;
      if (close === "") open.push(name!);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it("shows the verdict, the decision and every target", () => {
    const text = textOf(page);
    expect(text).toContain(
      "disagree · Predictions and measurement disagree on single, and the data do not settle faas.",
    );
    expect(text).toMatch(/waas has the lowest p99: 70\.5 ms \(61\.9–79\.4\), measured\./);
    for (const name of ["waas", "faas", "single"]) expect(page).toContain(`<h2>${name}</h2>`);
    expect(text).toContain("no model of an autoscaled target: simulate it");
    expect(text).toContain("Fitted to the measurement of seed 8");
    expect(text).toContain("timeout 2");
  });

  it("draws charts that can be read aloud, and never a bad number", () => {
    const charts = [...page.matchAll(/<svg [^>]*role="img" aria-label="([^"]+)"/g)].map(([, label]) => label!);
    expect(charts).toHaveLength(24);
    for (const label of charts) expect(label.length).toBeGreaterThan(30);
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  it("escapes whatever a scenario holds", () => {
    const nasty = `<script>alert("x")</script>&'`;
    const renamed = (answer: Answer): Answer => ({
      ...answer,
      scenario: nasty,
      provenance: { ...answer.provenance, machine: nasty },
      targets: answer.targets.map((target) => ({ ...target, name: nasty + target.name, reason: nasty })),
    });
    const all = answers.map(renamed);
    const text = reportHtml({
      scenario: { ...scenario, name: nasty },
      answers: all,
      comparison: compare(all.slice(0, 2), all[2]!, { tolerance, quantiles }),
      fits: fits.map((fit) => ({ ...fit, target: nasty, note: nasty })),
    });
    expect(text).not.toContain("<script");
    expect(text).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;");
  });

  it("shows predictions alone, and says that nothing was judged", () => {
    const text = textOf(
      reportHtml({ scenario: { ...scenario, calibration: null }, answers: [modelAnswer, simAnswer], comparison: null }),
    );
    expect(text).toContain("Predictions only: nothing was measured, so nothing has been judged.");
    expect(text).not.toContain("Calibration");
  });

  it("survives figures that are infinite or unknown, and targets nobody answers", () => {
    const [target] = liveAnswer.targets;
    if (target?.status !== "measured") throw new Error("fixture");
    const unknown = exactly(Number.NaN);
    const empty = {
      ...target.latency,
      mean: unknown,
      variance: unknown,
      quantiles: [
        { q: 0.5, value: unknown },
        { q: 0.99, value: exactly(Infinity) },
      ],
      buckets: [],
      curve: { seconds: [], probability: [] },
    };
    const odd = {
      ...target,
      stable: false,
      latency: empty,
      breakdown: { network: unknown, cold: unknown, start: unknown, queue: exactly(Infinity), work: unknown },
      instanceStart: empty,
      timeline: { everySeconds: 1, ready: [null], starting: [null], p50: [null], p99: [null] },
    };
    const none = { name: "none", kind: "server", status: "unavailable", reason: "nobody knows" } as const;
    const measured = { ...liveAnswer, targets: [odd, none] };
    const text = reportHtml({
      scenario,
      answers: [{ ...simAnswer, targets: [none] }, measured],
      comparison: compare([simAnswer], measured, { tolerance, quantiles }),
    });
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    expect(textOf(text)).toContain("more work arrives than this target can do");
    expect(textOf(text)).toContain("∞");
  });

  it("writes the same bytes for the same input", () => {
    expect(reportHtml({ scenario, answers, comparison, fits })).toBe(page);
  });
});

/** What a reader sees of a page, spaces collapsed. */
function textOf(text: string): string {
  return text
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .replaceAll(" ·", " ·")
    .replaceAll(" .", ".");
}
