import { describe, expect, it } from "vitest";
import { knativePods } from "./knativePods.ts";
import { judgeRecording, plans } from "./knativeRecordings.ts";
import { meanError } from "./page.ts";
import { publishedSection } from "./published.ts";
import { recordingsSection } from "./recordings.ts";

/** The validations on next to nothing, so that they do not rot; `npm run validate:published` and `validate:recordings` run them in full. */
describe("validation", () => {
  it("predicts published measurements", () => {
    const section = publishedSection({
      replications: 1,
      factors: [1, 0.98],
      everyPod: 16,
      everyRate: 5,
      lambdaRequests: 5000,
      latencyRates: 2,
    }).join("\n");
    for (const title of ["Ready pods", "AWS Lambda", "Latency of a real Knative"]) expect(section).toContain(title);
    expect(section).not.toMatch(/NaN|undefined/);
  });

  it("stands beside a real Knative's pods", () => {
    const rows = knativePods({ replications: 1, every: 8, rateFactor: 1 });
    expect(rows).toHaveLength(8);
    expect(meanError(rows)).toBeLessThan(0.05);
  });

  it("replays recordings", () => {
    const [first, ...rest] = plans;
    expect(rest.every(({ name, fittedOn }) => name !== fittedOn)).toBe(true);
    const section = recordingsSection({ replications: 2, plans: [first!], functions: [], kedaSimulations: 2 }).join(
      "\n",
    );
    expect(section).toContain(first!.name);
    expect(section).not.toMatch(/NaN|undefined/);
  });

  it("keeps the pods of a recorded ramp", () => {
    const row = judgeRecording(plans.find(({ name }) => name === "cc0-ramp-11")!, 4);
    expect(row.podsInBand).toBeGreaterThan(0.9);
    expect(row.starts.measured).toBe(1);
  });
});
