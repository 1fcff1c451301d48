import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/base/check.ts";
import { distribution } from "../../../src/distributions/index.ts";
import { calibrate } from "../../../src/live/calibrate.ts";
import { OutcomeLog } from "../../../src/live/outcomes.ts";
import { inFlightPerPartition } from "../../../src/live/pipeline/functionSpec.ts";
import { parseStages, type StageLog, stageCsvLines } from "../../../src/live/pipeline/stageLog.ts";
import { source } from "../../../src/random/source.ts";
import { toScenario } from "../../../src/scenario/parse.ts";
import type { PipelineSpec } from "../../../src/scenario/pipeline.ts";

const scenario = toScenario({
  name: "fitted",
  duration: "1min",
  arrivals: { kind: "poisson", rate: "40/s" },
  work: { kind: "exponential", mean: "30ms" },
  network: "2ms",
  targets: {
    f: {
      kind: "pipeline",
      stages: [
        { kind: "produce", name: "raw", partitions: 6 },
        { kind: "aggregator", work: "9ms" },
        { kind: "produce", name: "enriched", partitions: 6 },
        { kind: "trigger", inFlight: 48 },
        { kind: "spinkube", replicas: 1 },
      ],
    },
  },
});
const run = { answerSha256: "0".repeat(64), seed: 2 };

/** A pipeline whose truth is known: fetches take 3 ms, and a transaction holds up the next one for 10 ms. */
function measured(count: number): { readonly log: OutcomeLog; readonly stages: StageLog } {
  const uniform = source(1, "arrivals");
  const at = new Float64Array(count);
  const work = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    at[i] = (at[i - 1] ?? 0) - Math.log1p(-uniform()) / 40;
    work[i] = -Math.log1p(-uniform()) * 0.03;
  }
  const log = new OutcomeLog({ at, work });
  const column = () => new Float64Array(count);
  const stages = { produce: column(), aggregate: column(), publish: column(), trigger: column(), function: column() };
  let [turn, committed] = [Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < count; i++) {
    const appended = at[i]! + 0.002;
    // What came before a fetch was over goes with it.
    if (appended > turn) {
      turn = Math.max(appended, committed) + 0.003;
      committed = turn + 0.01;
    }
    stages.produce[i] = 0.002;
    stages.aggregate[i] = turn - appended;
    stages.publish[i] = 0.012;
    stages.trigger[i] = 0.0005;
    stages.function[i] = 1.2 * work[i]! + 0.001;
    const latencySeconds = turn - at[i]! + 0.0135 + 1.2 * work[i]!;
    const known = { status: 200, workDoneSeconds: 1.2 * work[i]!, instance: "pod", instanceStartedSeconds: -9 };
    log.set(i, { outcome: "completed", latencySeconds, ...known });
  }
  return { log, stages };
}

describe("a pipeline's stages", () => {
  it("are fitted by what says most of each alone", () => {
    const { log, stages } = measured(2400);
    const fitted = calibrate(scenario, new Map([["f", log]]), run, { stages: new Map([["f", stages]]) });
    const target = fitted.scenario.targets[0] as PipelineSpec;
    const mean = (law: unknown) => distribution(law as Parameters<typeof distribution>[0]).mean;
    const [raw, aggregator, enriched, trigger, called] = target.stages as unknown as Record<string, unknown>[];
    expect(mean(raw!.send)).toBeCloseTo(0.002, 5);
    expect(raw!.linger).toBe(0);
    expect(mean(aggregator!.fetch)).toBeCloseTo(0.003, 4);
    expect(mean(aggregator!.transaction)).toBeCloseTo(0.01, 4);
    expect(mean(aggregator!.work)).toBe(0);
    expect(mean(enriched!.send)).toBeCloseTo(0.012, 5);
    expect(mean(trigger!.fetch)).toBeCloseTo(0.0005, 5);
    expect(called!.workFactor).toBeCloseTo(1.2, 6);
    expect(mean(called!.requestOverhead)).toBeCloseTo(0.001, 5);
    expect({ network: mean(target.network), name: called!.name }).toEqual({ network: 0, name: "spinkube" });
    expect(fitted.fits.map(({ part }) => part)).toContain("spinkube.requestOverhead");
  });

  it("are asked for where only an outcome log is there", () => {
    const { log } = measured(30);
    expect(() => calibrate(scenario, new Map([["f", log]]), run)).toThrow(InputError);
    expect(() => calibrate(scenario, new Map([["f", log]]), run)).toThrow("measure it by replay --through kafka");
  });

  it("share out what the trigger may have in hand", () => {
    expect(inFlightPerPartition(scenario.targets[0] as PipelineSpec)).toBe(8);
  });
});

describe("a stage log", () => {
  it("comes back from its CSV as it was", () => {
    const { stages } = measured(5);
    stages.function[3] = Number.NaN;
    expect(parseStages([...stageCsvLines(stages)].join("\n"), "f.stages.csv", 5)).toEqual(stages);
  });

  it("says which lines are none", () => {
    const [header] = stageCsvLines(measured(1).stages);
    expect(() => parseStages("a,b\n", "f", 0)).toThrow("the first line must be");
    expect(() => parseStages(`${header}\n1,2,3,4,5\n`, "f", 2)).toThrow("1 events, while the outcome log has 2");
    expect(() => parseStages(`${header}\n1,2,x,4,5\n`, "f", 1)).toThrow("5 numbers expected");
  });
});
