import { describe, expect, it } from "vitest";
import { compare } from "../../src/report/compare.ts";
import { reportHtml } from "../../src/report/html.ts";
import type { Answer } from "../../src/scenario/answer.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { pipelineSending } from "./fixtures/pipelineSending.ts";

describe("the stages of a pipeline", () => {
  const report = { ...pipelineSending("4ms").report, quantiles: [0.5, 0.9] };
  const simulated = simulate(pipelineSending("4ms"), { replications: 4 });
  const measured = (send: string): Answer => ({
    ...simulate(pipelineSending(send), { replications: 4 }),
    from: "live",
  });

  it("are judged one by one, beside the whole", () => {
    const { targets } = compare([simulated], measured("4ms"), report);
    expect(targets[0]!.stages!.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["raw", "agree"],
      ["trigger", "agree"],
      ["spinkube", "agree"],
    ]);
  });

  it("tell where an error comes from", () => {
    const comparison = compare([simulated], measured("12ms"), report);
    expect(comparison.targets[0]!.stages!.map(({ verdict }) => verdict)).toEqual(["disagree", "agree", "agree"]);
  });

  it("are in the report: their times by engine, and the verdict on each", () => {
    const live = measured("12ms");
    const page = reportHtml({
      scenario: pipelineSending("4ms"),
      answers: [simulated, live],
      comparison: compare([simulated], live, report),
    });
    expect(page).toContain("Stage by stage: sim ÷ live, and which of them agree");
    expect(page).toMatch(/>raw<small>produce<\/small><\/th>(?:<td>.*?<\/td>)+<td><span class="verdict disagree">/);
    expect(page).toMatch(/>trigger<\/th>(?:<td>[^v]*?<\/td>)+<td><span class="verdict agree">/);
    expect(reportHtml({ scenario: pipelineSending("4ms"), answers: [simulated], comparison: null })).toContain(
      "Stage by stage: mean and p99 of the time in each",
    );
  });
});
