import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { deploymentAt } from "../../src/live/deployment.ts";
import { replay } from "../../src/live/replay.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { built, isHostBuilt, type Served, startHost } from "./hostProcess.ts";
import { leftOver } from "./rigProcesses.ts";

const work = built("work.wasm");
const tenant = built("tenant.wasm");
const io = (seconds: number) => ({ "ce-workseconds": String(seconds), "ce-workis": "io" });

const open: Served[] = [];
async function host(...args: string[]): Promise<Served> {
  const served = await startHost(...args);
  open.push(served);
  return served;
}

describe.skipIf(!isHostBuilt)("the Wasm host (built by functions/host/build.sh)", () => {
  afterEach(async () => {
    await Promise.all(open.splice(0).map(({ end }) => end()));
  });

  it.each(["pooled", "on-demand"])("gives every request an instance of its own, %s", async (allocation) => {
    const { ask } = await host("--allocation", allocation, "--id", "here", work);
    for (let n = 0; n < 5; n++) {
      const { status, headers } = await ask("/", io(0.002));
      expect(status).toBe(200);
      expect(headers["coldcast-events"]).toBe("1");
      expect(headers["coldcast-instance"]).toBe("here");
      expect(Number(headers["coldcast-work"])).toBeGreaterThanOrEqual(0.002);
      expect(Number(headers["coldcast-start"])).toBeGreaterThan(0);
      expect(headers["server-timing"]).toMatch(/^queue;dur=[\d.]+, start;dur=[\d.]+, compute;dur=[\d.]+$/);
    }
  });

  it("serves many functions in one process, each with the environment declared for it", async () => {
    const names = Array.from({ length: 20 }, (_, n) => `f${n}=${tenant}`);
    const { ask } = await host("--env", "f3:SECRET=of three", "--env", "ALL=everyone's", ...names);
    expect((await ask("/f3/environment")).text).toBe(
      'variable: ("SECRET", "of three")\nvariable: ("ALL", "everyone\'s")\n',
    );
    expect((await ask("/f19/environment")).text).toBe('variable: ("ALL", "everyone\'s")\n');
    expect((await ask("/f20/environment")).status).toBe(404);
    expect((await ask("/f1", io(0))).status).toBe(200);
  });

  it("runs what was compiled ahead of time, and a composed component", async () => {
    const folder = mkdtempSync(join(tmpdir(), "coldcast-"));
    try {
      const ahead = join(folder, "work.cwasm");
      execFileSync(built("host"), ["compile", work, ahead]);
      const { ask } = await host(`ahead=${ahead}`, `composed=${built("composed.wasm")}`);
      for (const path of ["/ahead", "/composed/here", "/composed/there"]) {
        expect((await ask(path, io(0))).status).toBe(200);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("answers for a guest that breaks, and stays", async () => {
    const { ask } = await host("--timeout-ms", "150", "--memory-mib", "8", tenant);
    for (const [path, status, outcome, reason] of [
      ["/trap", 500, "trap", "unreachable"],
      ["/deep?1", 500, "trap", "wasm trap"],
      ["/leave", 500, "trap", ""],
      ["/eat", 507, "trap", "memory"],
      ["/loop", 504, "timeout", "time"],
      ["/hang", 504, "timeout", "time"],
      ["/silent", 502, "no-answer", "without an answer"],
    ] as const) {
      const answer = await ask(path);
      expect([path, answer.status, answer.headers["coldcast-outcome"]]).toEqual([path, status, outcome]);
      expect(answer.text).toContain(reason);
      if (status === 504) expect(answer.tookMs).toBeGreaterThanOrEqual(150);
      expect((await ask("/", io(0))).status).toBe(200);
    }
  });

  it("hurts no neighbour's request by guests that loop, trap and eat", async () => {
    const { ask } = await host("--timeout-ms", "300", "--memory-mib", "16", `good=${work}`, `bad=${tenant}`);
    const bad = ["/bad/loop", "/bad/eat", "/bad/trap", "/bad/deep"].map((path) => ask(path));
    for (let n = 0; n < 50; n++) expect((await ask("/good", io(0.001))).status).toBe(200);
    expect((await Promise.all(bad)).map(({ status }) => status)).toEqual([504, 507, 500, 500]);
  });

  it.each(["pooled", "on-demand"])("leaves nothing of one instance's memory to the next, %s", async (allocation) => {
    const { ask } = await host("--allocation", allocation, "--instances", "1", `a=${tenant}`, `b=${tenant}`);
    for (let n = 0; n < 5; n++) {
      expect((await ask("/a/leave-secret")).status).toBe(200);
      expect((await ask("/b/find-secret")).text).toMatch(/^searched: \d{7,}\nfound: 0\n$/);
    }
  });

  it("gives guests no files, no network and no environment", async () => {
    const { ask, port } = await host(tenant);
    expect((await ask("/files")).text).toBe("folders: 0\n");
    expect((await ask("/environment")).text).toBe("");
    expect((await ask(`/connect?${port}`)).text).toMatch(/^connect: Err\(.*access-denied.*\)\nresolve: Err/s);
    expect((await ask(`/fetch?127.0.0.1:${port}`)).text).toMatch(/^fetch: Err\(.*HttpRequestDenied/);
  });

  it("refuses above the cap, or lets wait as many as it may", async () => {
    const refusing = await host("--instances", "2", work);
    const tight = await Promise.all(Array.from({ length: 6 }, () => refusing.ask("/", io(0.3))));
    expect(tight.map(({ status }) => status).sort()).toEqual([200, 200, 503, 503, 503, 503]);
    const waiting = await host("--instances", "2", "--queue", "4", work);
    const all = await Promise.all(Array.from({ length: 6 }, () => waiting.ask("/", io(0.1))));
    expect(all.every(({ status }) => status === 200)).toBe(true);
    expect(Math.max(...all.map(({ tookMs }) => tookMs))).toBeGreaterThanOrEqual(300);
    const perFunction = await host("--each", "1", `a=${work}`, `b=${work}`);
    const [one, two, other] = await Promise.all(["/a", "/a", "/b"].map((path) => perFunction.ask(path, io(0.3))));
    expect([one!.status, two!.status].sort()).toEqual([200, 503]);
    expect(other!.status).toBe(200);
  });

  it("sends a long body piece by piece", async () => {
    const { ask } = await host(tenant);
    const { status, text } = await ask("/stream?3000000");
    expect(status).toBe(200);
    expect(text.length).toBe(3_000_000);
  });

  it("finishes what is in hand when it is asked to end", async () => {
    const served = await startHost(work);
    const asked = served.ask("/", io(0.4));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const ended = served.end();
    expect((await asked).status).toBe(200);
    expect(await ended).toBe(0);
  });

  it("says what is wrong with what it is given", async () => {
    await expect(startHost("package.json")).rejects.toThrow("ended with 2");
    await expect(startHost("nowhere.wasm")).rejects.toThrow("ended with 2");
  });

  it("runs a spinkube target of the rig", async () => {
    const name = `native${process.pid}`;
    const scenario = parseScenario(`
name: native
arrivals: { kind: poisson, rate: 60/s }
work: { kind: exponential, mean: 4ms }
network: 3ms
duration: 3s
targets: { ${name}: { kind: spinkube, replicas: 2, live: { wasmHost: wasmtime } } }`);
    const { answer, outcomes } = await replay(scenario, schedule(scenario), deploymentAt());
    const target = answer.targets[0] as AvailableAnswer;
    expect(target.counts!.completed).toBe(target.counts!.scheduled);
    expect(target.method).toContain("Wasmtime");
    expect(target.instanceStart!.mean.value).toBeLessThan(0.005);
    expect(target.instances.ready!.value).toBeCloseTo(2, 6);
    expect(target.instances.busy!.value).toBeGreaterThan(0.05);
    const log = outcomes.get(name)!;
    for (let n = 0; n < log.length; n++) expect(log.row(n).latencySeconds).toBeGreaterThanOrEqual(0.003);
    expect(await leftOver(name)).toEqual([]);
  });
});
