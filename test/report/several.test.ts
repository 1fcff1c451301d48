import { describe, expect, it } from "vitest";
import { answerNames } from "../../src/report/answerNames.ts";
import { compare, sidesOf } from "../../src/report/compare.ts";
import { costSentence } from "../../src/report/decision.ts";
import { reportHtml } from "../../src/report/html.ts";
import { bestSeries, targetViews } from "../../src/report/series.ts";
import { comparisonTable } from "../../src/report/table.ts";
import { type Answer, exactly } from "../../src/scenario/answer.ts";
import { liveAnswer, modelAnswer, scenario, simAnswer } from "./fixtures/burst.ts";

/** Two simulations and two measurements, as of two commits. */
const given = [simAnswer, modelAnswer, { ...simAnswer, seed: 70 }, { ...liveAnswer, seed: 71 }, liveAnswer];
const { tolerance, quantiles } = scenario.report;
const comparison = compare(given.slice(0, -1), liveAnswer, { tolerance, quantiles });

describe("several answers of one engine", () => {
  it("are numbered in the order given", () => {
    expect(answerNames(given)).toEqual(["sim 1", "model", "sim 2", "live 1", "live 2"]);
    expect(targetViews(given)[2]!.series.map(({ name, line, seed }) => [name, line, seed])).toEqual([
      ["model", "model", 7],
      ["sim 1", "sim", 7],
      ["sim 2", "sim again", 70],
      ["live 1", "live again", 71],
      ["live 2", "live", 7],
    ]);
    expect(bestSeries(targetViews(given)[0]!)?.name).toBe("live 2");
  });

  it("are judged one by one, by the last measurement", () => {
    const judged = comparison.targets.map((target) => [target, ...target.alsoJudged].map(sidesOf));
    expect(judged[2]).toEqual(
      ["sim 1", "sim 2", "model", "live 1"].map((name) => ({ judged: name, judgedBy: "live 2" })),
    );
    expect(comparison.targets[0]!.notJudged).toMatchObject([{ from: "model" }]);
    expect(comparison.targets[2]).toMatchObject({ judged: "sim", judgedName: "sim 1", judgedByName: "live 2" });
  });

  it("each have their place in the report and in the terminal's table", () => {
    const page = reportHtml({ scenario, answers: given, comparison });
    for (const text of [
      "<strong>simulator 2</strong> against",
      "sim 2 ÷ live 2",
      'class="line live again"',
      ">live 1</th>",
    ])
      expect(page).toContain(text);
    const table = comparisonTable(given, comparison, { width: 100, color: false });
    expect(table).toMatch(/^ {2}sim 2 ÷ live 2/m);
    expect(table).toMatch(/^ {2}live 1 /m);
  });
});

describe("memory and cost", () => {
  const priced = (answer: Answer): Answer => ({
    ...answer,
    targets: answer.targets.map((target, i) =>
      target.status === "unavailable"
        ? target
        : {
            ...target,
            resources: {
              memoryBytes: exactly(64e6),
              gigabyteSeconds: exactly(230),
              instanceHours: exactly(1),
              cost: exactly(0.1),
              costPerMillionRequests: exactly(3 - i),
            },
          },
    ),
  });

  it("stand among a target's figures and in the decision, the cheapest first", () => {
    const answers = [priced(simAnswer)];
    expect(costSentence(targetViews(answers))).toBe("A million requests cost 1 on single, 2 on faas and 3 on waas.");
    expect(costSentence(targetViews([simAnswer]))).toBeNull();
    const page = reportHtml({ scenario, answers, comparison: null });
    expect(page).toMatch(/memory held, mean<\/th><td>64 MB/);
    expect(page).toContain("A million requests cost 1 on single");
  });
});
