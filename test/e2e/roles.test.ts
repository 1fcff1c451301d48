import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { groups, topics } from "../../src/live/pipeline/topics.ts";
import { answerFromJson } from "../../src/report/json.ts";
import { collectSchedule, schedule } from "../../src/scenario/schedule.ts";
import { ownBroker, whyNoJars } from "./broker.ts";
import { coldcastProcess, exitOf } from "./coldcastProcess.ts";
import { killedScenario, writeKilledScenario } from "./killedScenario.ts";
import { functionWith } from "./pipelineTarget.ts";

const skipped = whyNoJars === null ? "" : ` (skipped: ${whyNoJars})`;
describe.skipIf(whyNoJars !== null)(`the pipeline's parts as processes of their own${skipped}`, () => {
  const own = ownBroker();
  const started: ChildProcess[] = [];
  afterAll(() => {
    for (const child of started) child.kill("SIGKILL");
  });

  it("count every event once, while a second trigger joins and the first leaves", { timeout: 180_000 }, async () => {
    const target = await functionWith(() => null);
    const folder = mkdtempSync(join(tmpdir(), "coldcast-roles-"));
    const file = join(folder, "killed.yaml");
    writeKilledScenario(file);
    const part = async (role: string, ...more: string[]) => {
      const args = [
        "pipeline",
        file,
        "--role",
        role,
        "--kafka",
        own.broker.bootstrap,
        "--at",
        `f=${target.url}`,
        ...more,
      ];
      const child = await coldcastProcess(args, /: ready \(run killed-9\)/);
      started.push(child);
      return child;
    };
    const aggregator = await part("aggregator");
    const first = await part("trigger");
    const collector = await part("collector", "--out", folder);
    const generator = await part("generator");
    const count = collectSchedule(schedule(killedScenario)).at.length;
    await expect.poll(() => target.calls.size, { timeout: 60_000 }).toBeGreaterThan(count / 4);
    const second = await part("trigger");
    first.kill("SIGTERM");
    expect(await exitOf(first)).toBe(0);
    expect(await exitOf(generator)).toBe(0);
    expect(await exitOf(collector)).toBe(0);
    expect(await own.kafka.lag(groups.trigger, topics.enriched)).toBe(0);
    for (const child of [second, aggregator]) {
      child.kill("SIGTERM");
      expect(await exitOf(child)).toBe(0);
    }
    await target.close();

    expect(target.calls.size).toBe(count);
    const answer = answerFromJson(readFileSync(join(folder, "live.json"), "utf8"), "live.json");
    const [f] = answer.targets;
    if (f === undefined || f.status === "unavailable") throw new Error("nothing measured");
    expect(f.counts).toMatchObject({ scheduled: count, completed: count, failed: {}, dropped: 0, unsent: 0 });
  });
});
