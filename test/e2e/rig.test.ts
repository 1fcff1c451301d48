import { type ChildProcess, spawn } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { deploymentAt } from "../../src/live/deployment.ts";
import { monotonicSeconds } from "../../src/live/monotonic.ts";
import { type Outcome, OutcomeLog } from "../../src/live/outcomes.ts";
import { replay } from "../../src/live/replay.ts";
import { builtNativeHost } from "../../src/live/rig/nativeHost.ts";
import { rigTarget } from "../../src/live/rig/rigTarget.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { targetContract } from "../live/targetContract.ts";
import { leftOver, processesWith } from "./rigProcesses.ts";

const mark = `rig${process.pid}x`;
let count = 0;
const freshName = (): string => `${mark}${count++}`;

function scenarioOf(name: string, target: string, rest = "arrivals: { kind: poisson, rate: 40/s }\nduration: 3s") {
  return parseScenario(
    `name: rig\nseed: 5\n${rest.includes("work:") ? "" : "work: { kind: exponential, mean: 5ms }\n"}${rest}\ntargets: { ${name}: ${target} }\n`,
  );
}

async function run(target: string, rest?: string) {
  const name = freshName();
  const scenario = scenarioOf(name, target, rest);
  const { answer, outcomes, interrupted } = await replay(scenario, schedule(scenario), deploymentAt());
  const log = outcomes.get(name)!;
  const rows: Outcome[] = Array.from({ length: log.length }, (_, i) => log.row(i));
  expect(interrupted).toBe(false);
  expect(await leftOver(name)).toEqual([]);
  return { answer: answer.targets[0] as AvailableAnswer, rows };
}

function expectAllAccounted({ answer, rows }: { answer: AvailableAnswer; rows: readonly Outcome[] }): void {
  const { scheduled, completed, failed, dropped, unsent } = answer.counts!;
  const failures = Object.values(failed).reduce((sum, n) => sum + n, 0);
  expect(scheduled).toBe(rows.length);
  expect(completed + failures + dropped + unsent).toBe(scheduled);
  const { network, cold, start, queue, work } = answer.breakdown;
  const sum = network.value + cold.value + start.value + queue.value + work.value;
  expect(sum).toBeCloseTo(answer.latency.mean.value, 9);
}

describe("the embedded rig", () => {
  it("waas: a fresh instance per request in hosts that are there", async () => {
    const result = await run("{ kind: spinkube, replicas: 2 }");
    expectAllAccounted(result);
    const { answer, rows } = result;
    expect(answer.counts!.completed).toBe(rows.length);
    expect(new Set(rows.map(({ instance }) => instance)).size).toBe(2);
    expect(rows.every(({ cold }) => cold === false)).toBe(true);
    expect(rows.every(({ startSeconds }) => startSeconds! > 0 && startSeconds! < 1)).toBe(true);
    expect(answer.instanceStart!.mean.value).toBeGreaterThan(0);
    expect(answer.instances.ready!.value).toBeCloseTo(2, 6);
    expect(answer.cold.probability.value).toBe(0);
  });

  it.each(["v8", ...(builtNativeHost() === null ? [] : ["wasmtime"])])(
    "waas on %s: fails above the cap instead of queueing",
    async (host) => {
      const { answer } = await run(
        `{ kind: spinkube, replicas: 1, maxInstanceCount: 2, live: { wasmHost: ${host} } }`,
        "arrivals: { kind: burst, size: 8 }\nwork: 200ms",
      );
      expect(answer.counts).toMatchObject({ completed: 2, failed: { http5xx: 6 } });
    },
  );

  it("faas: starts from zero", async () => {
    const result = await run("{ kind: knative, stableWindow: 6s, containerConcurrency: 1 }");
    expectAllAccounted(result);
    const { answer, rows } = result;
    expect(answer.counts!.completed).toBe(rows.length);
    expect(rows[0]).toMatchObject({ cold: true });
    expect(rows.at(-1)).toMatchObject({ cold: false });
    expect(rows[0]!.startSeconds!).toBeGreaterThan(0);
    expect(answer.cold.startsPerSecond!.value).toBeGreaterThan(0);
    expect(answer.cold.duration!.mean.value).toBeGreaterThan(0);
    expect(answer.timeline!.ready.length).toBe(3);
  });

  it("faas: has its minimum ready before the first request", async () => {
    const { answer } = await run("{ kind: knative, minScale: 2 }");
    expect(answer.cold.probability.value).toBe(0);
    expect(answer.instances.ready!.value).toBeGreaterThanOrEqual(1.9);
  });

  it("faas: orders more pods when the load asks for them", async () => {
    const { answer } = await run(
      "{ kind: knative, containerConcurrency: 1, targetUtilization: 1, stableWindow: 6s, maxScale: 4 }",
      "arrivals: { kind: burst, size: 60 }\nduration: 9s\nwork: 100ms",
    );
    expect(answer.counts!.failed).toEqual({});
    expect(Math.max(...answer.timeline!.ready.map((ready) => ready ?? 0))).toBeGreaterThan(1);
  });

  it("faas: sends past the activator where there is no burst to absorb", async () => {
    const result = await run("{ kind: knative, minScale: 2, containerConcurrency: 4, targetBurstCapacity: 0 }");
    expectAllAccounted(result);
    expect(result.answer.counts!.failed).toEqual({});
    expect(new Set(result.rows.map(({ instance }) => instance)).size).toBe(2);
  });

  it("server: starts on demand, stops after its keep-alive, starts again", async () => {
    const { rows } = await run(
      "{ kind: server, keepAlive: 100ms }",
      "arrivals: { kind: burst, size: 3, every: 4s }\nduration: 8s\nwork: 5ms",
    );
    expect(rows.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 6 }, () => "completed"));
    expect(new Set(rows.slice(0, 3).map(({ instance }) => instance)).size).toBe(1);
    expect(rows.every(({ cold }) => cold === true)).toBe(true);
    expect(rows[3]!.instance).not.toBe(rows[0]!.instance);
  });

  it("server: serves in order, one at a time", async () => {
    const { rows } = await run("{ kind: server }", "arrivals: { kind: burst, size: 5 }\nwork: 10ms");
    const latencies = rows.map(({ latencySeconds }) => latencySeconds!);
    for (const [i, latency] of latencies.entries()) expect(latency).toBeGreaterThan(0.01 * (i + 1) - 1e-6);
  });

  it("perRequest: an instance for each request at once, reused when idle", async () => {
    const { answer, rows } = await run(
      "{ kind: perRequest, coldStart: 100ms, keepAlive: forever, maxInstances: 3 }",
      "arrivals: { kind: burst, size: 4, every: 1.5s }\nduration: 3s\nwork: 5ms",
    );
    expect(answer.counts).toMatchObject({ completed: 6, failed: { rejected: 2 } });
    const served = rows.filter(({ outcome }) => outcome === "completed");
    expect(served.slice(0, 3).every(({ cold }) => cold === true)).toBe(true);
    expect(served.slice(3).every(({ cold }) => cold === false)).toBe(true);
    expect(new Set(served.map(({ instance }) => instance)).size).toBe(3);
  });

  it("computes where the work is computing", async () => {
    for (const target of ["{ kind: spinkube, replicas: 1, workIs: cpu }", "{ kind: knative, workIs: cpu }"]) {
      const { rows } = await run(target, "arrivals: { kind: deterministic, interval: 100ms }\nduration: 1s\nwork: 5ms");
      expect(rows.every(({ outcome }) => outcome === "completed")).toBe(true);
      expect(rows.every(({ workDoneSeconds }) => workDoneSeconds! > 0.001)).toBe(true);
    }
  });

  it("waits for the scenario's network at its edge", async () => {
    const { answer, rows } = await run("{ kind: spinkube, replicas: 1, network: 40ms }");
    expect(Math.min(...rows.map(({ latencySeconds }) => latencySeconds!))).toBeGreaterThan(0.04);
    expect(answer.breakdown.network.value).toBeGreaterThan(0.04);
  });

  describe.each(["{ kind: spinkube, replicas: 1 }", "{ kind: server }"])("the contract of a target: %s", (target) => {
    targetContract(async () => {
      const scenario = scenarioOf(freshName(), target);
      const context = { scenario, seed: 1, startedAt: new Date(0), peak: 2 };
      const opened = rigTarget(scenario.targets[0]!, context);
      return {
        target: opened,
        begin: () => opened.begin?.(monotonicSeconds(), { fromSeconds: 0, toSeconds: 1 }),
      };
    });
  });
});

describe("the end of the rig", () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  const long = "arrivals: { kind: poisson, rate: 40/s }\nduration: 60s";
  const targets = ["{ kind: spinkube, replicas: 2 }", "{ kind: knative }", "{ kind: server, keepAlive: 1s }"];

  it.each(targets)("leaves no process when it is interrupted: %s", async (target) => {
    const name = freshName();
    const scenario = scenarioOf(name, target, long);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 2500);
    const { outcomes, interrupted, answer } = await replay(scenario, schedule(scenario), deploymentAt(), {
      signal: controller.signal,
    });
    expect(interrupted).toBe(true);
    expect(await leftOver(name)).toEqual([]);
    expect(outcomes.get(name)).toBeInstanceOf(OutcomeLog);
    const { completed, unsent, scheduled } = (answer.targets[0] as AvailableAnswer).counts!;
    expect(completed).toBeGreaterThan(0);
    expect(completed + unsent).toBe(scheduled);
  });

  it.each(targets)("leaves no process when the replayer is killed: %s", async (target) => {
    const name = freshName();
    const text = `name: rig\nwork: 5ms\n${long}\ntargets: { ${name}: ${target} }\n`;
    const child = spawn(process.execPath, ["--no-warnings", "test/e2e/replayForever.ts", text], { stdio: "ignore" });
    children.push(child);
    const isServing = () => processesWith(name).some((line) => /\/(pod|wasmHost)\.[tj]s|\/host --rig /.test(line));
    for (let tries = 0; tries < 100 && !isServing(); tries++) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isServing()).toBe(true);
    child.kill("SIGKILL");
    expect(await leftOver(name)).toEqual([]);
  });
});
