import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploymentAt } from "../../src/live/deployment.ts";
import { replay } from "../../src/live/replay.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";

/** What `functions/build.sh container` makes. */
const binary = "functions/target/out/work";

async function start(env: Record<string, string>): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(binary, { env: { PORT: "0", ...env }, stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<string>((resolve) => {
    child.stdout!.on("data", (chunk: Buffer) => {
      const found = /listening on port (\d+)/.exec(String(chunk))?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return { child, url: `http://127.0.0.1:${port}` };
}

const ask = (url: string, headers: Record<string, string>) => fetch(url, { method: "POST", headers });

describe.skipIf(!existsSync(binary))("the function as a process (functions/build.sh container)", () => {
  let child: ChildProcess;
  let url = "";
  beforeAll(async () => {
    ({ child, url } = await start({ HOSTNAME: "pod-1", COLDCAST_ROUNDS_PER_SECOND: "1e6" }));
  });
  afterAll(() => child.kill("SIGKILL"));

  it("waits as long as it is asked to, and says so", async () => {
    const { status, headers } = await ask(url, { "ce-workseconds": "0.05", "ce-workis": "io" });
    expect([status, headers.get("coldcast-instance")]).toEqual([200, "pod-1"]);
    expect(Number(headers.get("coldcast-work"))).toBeGreaterThanOrEqual(0.05);
    expect(Number(headers.get("coldcast-instance-age"))).toBeGreaterThan(0);
  });

  it("computes the very chain that the Wasm module computes", async () => {
    // A thousand rounds of SplitMix64's finaliser from the golden ratio, as in functions/work.
    const mask = (1n << 64n) - 1n;
    let x = 0x9e3779b97f4a7c15n;
    for (let i = 0; i < 1000; i++) {
      x = (x + 0x9e3779b97f4a7c15n) & mask;
      x = ((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
      x = ((x ^ (x >> 27n)) * 0x94d049bb133111ebn) & mask;
      x ^= x >> 31n;
    }
    const { headers } = await ask(url, { "ce-workseconds": "0.001", "ce-workis": "cpu" });
    expect(headers.get("coldcast-checksum")).toBe(x.toString(16));
  });

  it.each(["", "-1", "soon"])("refuses work of %j", async (seconds) => {
    expect((await ask(url, { "ce-workseconds": seconds })).status).toBe(400);
  });

  it("is replayed to like any function, each request attributed", async () => {
    const scenario = parseScenario(
      "{ name: f, duration: 2s, arrivals: { kind: poisson, rate: 100/s }, work: 5ms, targets: { f: { kind: server, concurrency: unlimited } } }",
    );
    const { answer, outcomes } = await replay(scenario, schedule(scenario), deploymentAt({ f: url }));
    const { counts } = answer.targets[0] as AvailableAnswer;
    expect(counts!.completed).toBe(counts!.scheduled);
    expect(outcomes.get("f")!.instances).toEqual(["pod-1"]);
  });

  it("with one slot serves one after the other", async () => {
    const one = await start({ COLDCAST_CONCURRENCY: "1" });
    const began = performance.now();
    await Promise.all([1, 2, 3].map(() => ask(one.url, { "ce-workseconds": "0.1" })));
    expect(performance.now() - began).toBeGreaterThan(300);
    one.child.kill("SIGKILL");
  });

  it("after SIGTERM answers what it has, then ends", async () => {
    const ending = await start({});
    const code = new Promise((resolve) => ending.child.once("exit", resolve));
    const under = ask(ending.url, { "ce-workseconds": "0.5" });
    await new Promise((resolve) => setTimeout(resolve, 100));
    ending.child.kill("SIGTERM");
    expect((await under).status).toBe(200);
    expect(await code).toBe(0);
  });
});
