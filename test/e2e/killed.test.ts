import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { aggregate, type DeviceState, type EnrichedEvent, freshDevice } from "../../src/live/pipeline/aggregate.ts";
import type { CameraEvent } from "../../src/live/pipeline/cameraEvent.ts";
import { startCollector } from "../../src/live/pipeline/collector.ts";
import { generate } from "../../src/live/pipeline/generator.ts";
import { standardRules } from "../../src/live/pipeline/rules.ts";
import { createTopics, topics } from "../../src/live/pipeline/topics.ts";
import { realClock } from "../../src/live/realClock.ts";
import { collectSchedule, schedule } from "../../src/scenario/schedule.ts";
import { ownBroker, whyNoJars } from "./broker.ts";
import { coldcastProcess } from "./coldcastProcess.ts";
import { killedScenario, writeKilledScenario } from "./killedScenario.ts";
import { functionWith } from "./pipelineTarget.ts";

const limit = 120_000;

/** Starts a script of this folder and waits for its first line. */
async function started(script: string, ...args: string[]): Promise<{ process: ChildProcess; line: string }> {
  const file = new URL(script, import.meta.url).pathname;
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(([code]) => {
      throw new Error(`${script} ended with ${code}`);
    }),
  ])) as [Buffer];
  return { process: child, line: line.toString().trim() };
}

const skipped = whyNoJars === null ? "" : ` (skipped: ${whyNoJars})`;
describe.skipIf(whyNoJars !== null)(`killed by SIGKILL${skipped}`, () => {
  const own = ownBroker();

  it("a trigger and an aggregator are taken over; every event is counted once", { timeout: limit }, async () => {
    await createTopics(own.kafka, 3);
    const target = await functionWith(() => null);
    const drawn = schedule(killedScenario);
    const arrivals = collectSchedule(drawn);
    const count = arrivals.at.length;
    const run = `killed-${randomUUID()}`;
    const file = join(mkdtempSync(join(tmpdir(), "coldcast-killed-")), "killed.yaml");
    writeKilledScenario(file);
    const role = (name: string) =>
      coldcastProcess(
        ["pipeline", file, "--role", name, "--run", run, "--kafka", own.broker.bootstrap, "--at", `f=${target.url}`],
        /: ready/,
      );
    const failures: Error[] = [];
    const onFailed = (error: Error): void => void failures.push(error);
    const collector = await startCollector(own.kafka, { run, names: ["f"], arrivals, onFailed });
    const roles = [await role("trigger"), await role("aggregator")];
    const producer = await own.kafka.producer();
    const clock = realClock();
    const generated = generate(drawn, { producer, clock, zero: clock.now() + 0.5, run, devices: 20 });
    await expect.poll(() => collector.counted, { timeout: 30_000 }).toBeGreaterThan(count / 4);
    for (const child of roles) child.kill("SIGKILL");
    const calledBefore = target.calls.size;
    roles.push(await role("trigger"), await role("aggregator"));
    expect(await generated).toBe(count);
    await expect.poll(() => collector.counted, { timeout: 60_000, interval: 200 }).toBe(count);
    await sleep(1000); // A second count of any event would come now.

    expect(calledBefore).toBeLessThan(count);
    expect(collector.counted).toBe(count);
    const { log } = collector.targets.get("f")!;
    expect(Array.from({ length: count }, (_, i) => log.row(i).outcome)).toEqual(Array(count).fill("completed"));
    expect(target.calls.size).toBe(count);
    // What was at the function when the trigger died was sent again by the next one.
    expect([...target.calls.values()].filter((calls) => calls > 1).length).toBeGreaterThan(0);

    // The aggregator is exactly once: each event is in camera.enriched a single time.
    const ids: string[] = [];
    const enriched = new Map<string, EnrichedEvent>();
    const raw = new Map<number, CameraEvent[]>();
    const reader = await own.kafka.consumer({
      group: run,
      topics: [topics.enriched, topics.raw],
      from: "earliest",
      onBatch: async ({ topic, partition, records }) => {
        const events = records.map(({ value }) => JSON.parse(String(value)) as EnrichedEvent);
        if (topic === topics.raw) raw.set(partition, [...(raw.get(partition) ?? []), ...events]);
        else for (const event of events) enriched.set(event.id, event);
        if (topic === topics.enriched) ids.push(...events.map(({ id }) => id));
      },
    });
    await expect.poll(() => ids.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
    await sleep(500);
    expect(ids.toSorted()).toEqual(Array.from({ length: count }, (_, i) => `${run}-${i}`).toSorted());
    // What it knew of each device survived: the same as if one aggregator had read everything.
    expect(new Map([...enriched].map(([id, event]) => [id, whatIsKnown(event)]))).toEqual(uninterrupted(raw));
    expect(failures).toEqual([]);

    for (const child of roles) child.kill("SIGKILL");
    for (const end of [reader, producer, collector, target]) await end.close();
  });

  it("whoever started a broker takes it and its data along", { timeout: limit }, async () => {
    const { process: owner, line } = await started("brokerOwner.ts");
    const { pid, folder } = JSON.parse(line) as { pid: number; folder: string };
    expect({ runs: runs(pid), data: existsSync(folder) }).toEqual({ runs: true, data: true });
    owner.kill("SIGKILL");
    const left = () => ({ runs: runs(pid), data: existsSync(folder) });
    await expect.poll(left, { timeout: 10_000 }).toEqual({ runs: false, data: false });
  });
});

const whatIsKnown = ({ counts, dwellSeconds, sinceLastSeconds, late }: EnrichedEvent) => ({
  counts,
  dwellSeconds,
  sinceLastSeconds,
  late,
});

/** What one aggregator makes of every event, partition by partition. */
function uninterrupted(raw: ReadonlyMap<number, readonly CameraEvent[]>) {
  const known = new Map<string, ReturnType<typeof whatIsKnown>>();
  for (const events of raw.values()) {
    const devices = new Map<string, DeviceState>();
    let newest = 0;
    for (const event of events) {
      const watermark = newest - standardRules.lateness;
      const before = devices.get(event.device) ?? freshDevice;
      const { state, enriched } = aggregate(before, event, { watermark, rules: standardRules });
      devices.set(event.device, state);
      newest = Math.max(newest, event.frameSeconds);
      if (enriched !== null) known.set(event.id, whatIsKnown(enriched));
    }
  }
  return known;
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
