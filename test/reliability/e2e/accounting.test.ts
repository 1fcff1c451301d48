import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploymentAt } from "../../../src/live/deployment.ts";
import { OutcomeLog } from "../../../src/live/outcomes.ts";
import { realClock } from "../../../src/live/realClock.ts";
import { replay } from "../../../src/live/replay.ts";
import { sendAll } from "../../../src/live/sendAll.ts";
import { httpTarget } from "../../../src/live/targets/http.ts";
import { source } from "../../../src/random/source.ts";
import type { AvailableAnswer } from "../../../src/scenario/answer.ts";
import { toScenario } from "../../../src/scenario/parse.ts";
import { schedule } from "../../../src/scenario/schedule.ts";
import { coldcast, isAccounted, measuredIn } from "../coldcast.ts";
import { type Fault, faults } from "../faultyServer.ts";
import { startServer } from "../startServer.ts";

const document = {
  name: "faults",
  seed: 4,
  duration: "4s",
  arrivals: { kind: "poisson", rate: "150/s" },
  work: "1ms",
  targets: { web: { kind: "server", concurrency: "unlimited", timeout: "1s" } },
} as const;
const scenario = toScenario(document);
const count = 600;

let folder = "";
let file = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "coldcast-accounting-"));
  file = join(folder, "faults.json");
  writeFileSync(file, JSON.stringify(document));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** So many faults in random order; the same for a seed. */
function drawnFaults(seed: number, n: number): Fault[] {
  const uniform = source(seed, "faults");
  const kinds = Object.keys(faults) as Fault[];
  return Array.from({ length: n }, () => kinds[Math.floor(uniform() * kinds.length)]!);
}

async function replayTo(url: string, options: Parameters<typeof replay>[3] = {}) {
  const { answer, outcomes } = await replay(scenario, schedule(scenario), deploymentAt({ web: url }), options);
  const log = outcomes.get("web")!;
  return {
    answer: answer.targets[0] as AvailableAnswer,
    rows: Array.from({ length: log.length }, (_, i) => log.row(i)),
  };
}

describe("a server that does everything wrong", () => {
  it.each([1, 2])(
    "has every request counted once, under the right name, for any sender (%i threads)",
    async (senders) => {
      const drawn = drawnFaults(5, count);
      const server = await startServer("faultyServer.ts", drawn.join(","));
      const { answer, rows } = await replayTo(server.url, { senders });
      server.process.kill();
      expect(isAccounted(answer.counts!)).toBe(true);
      const wrong = rows.flatMap(({ outcome }, i) => {
        const fault = drawn[i % count]!;
        return outcome === faults[fault] ? [] : [`${i}: ${fault} became ${outcome}`];
      });
      expect(wrong).toEqual([]);
      expect(new Set(rows.map(({ outcome }) => outcome)).size).toBe(6);
    },
  );

  it("may be gone for a while: no connection, and then again answers", async () => {
    const first = await startServer("faultyServer.ts", "ok");
    let second: Awaited<ReturnType<typeof startServer>> | undefined;
    const gone = setTimeout(() => first.process.kill("SIGKILL"), 1800);
    const back = setTimeout(async () => {
      second = await startServer("faultyServer.ts", "ok", String(first.port));
    }, 2800);
    const { answer, rows } = await replayTo(first.url);
    for (const timer of [gone, back]) clearTimeout(timer);
    second?.process.kill();
    expect(isAccounted(answer.counts!)).toBe(true);
    expect(answer.counts!.failed.connection).toBeGreaterThan(20);
    expect(rows.at(-1)!.outcome).toBe("completed");
    expect(Object.keys(answer.counts!.failed).filter((kind) => kind !== "connection" && kind !== "reset")).toEqual([]);
  });

  it("that is not there from the beginning ends the replay with exit code 3, and so does a name that nobody knows", async () => {
    const server = await startServer("faultyServer.ts", "ok");
    server.process.kill("SIGKILL");
    for (const url of [server.url, "http://nowhere.invalid/"]) {
      const { code, err } = await coldcast(["replay", file, "--at", `web=${url}`, "--out", join(folder, "none")]);
      expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining("nobody listens at") });
    }
  });

  it("whose name is no longer known is a connection that failed, once for each request", async () => {
    const endpoint = { url: "http://nowhere.invalid/", live: null, workIs: "io", source: "/x", startedAt: new Date(0) };
    const target = httpTarget("web", endpoint as Parameters<typeof httpTarget>[1]);
    const clock = realClock();
    const at = Float64Array.from({ length: 50 }, (_, i) => i / 100);
    const log = new OutcomeLog({ at, work: at });
    await sendAll(target, log, { clock, zero: clock.now(), workFactor: 1, timeoutSeconds: 20, inFlightMax: 10 });
    await target.close();
    const kinds = new Set(Array.from({ length: 50 }, (_, i) => log.row(i).outcome));
    expect([...kinds].filter((kind) => kind !== "connection" && kind !== "dropped")).toEqual([]);
    expect(kinds.has("connection")).toBe(true);
  });
});

const isLinux = process.platform === "linux";
describe("the sender's own troubles", () => {
  it.skipIf(!isLinux)(
    "out of file descriptors: what finds no socket has no connection, and the results are written",
    async () => {
      const server = await startServer("faultyServer.ts", "slow");
      const out = join(folder, "descriptors");
      const { code, err } = await coldcast(
        ["replay", file, "--at", `web=${server.url}`, "--out", out],
        ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh"],
      );
      server.process.kill();
      expect({ code, err: err.includes("internal error") }, err).toEqual({ code: 0, err: false });
      const [web] = measuredIn(out);
      expect(isAccounted(web!.counts!)).toBe(true);
      expect(web!.counts!.failed.connection).toBeGreaterThan(100);
    },
  );

  it("an event loop that stands still for 2 s: every request of those 2 s has waited for it", async () => {
    const server = await startServer("faultyServer.ts", "ok");
    const lasts = 2;
    const cell = new Int32Array(new SharedArrayBuffer(4));
    const patient = toScenario({ ...document, targets: { web: { kind: "server", concurrency: "unlimited" } } });
    const stall = setTimeout(() => void Atomics.wait(cell, 0, 0, lasts * 1e3), 2500);
    const { answer, outcomes } = await replay(patient, schedule(patient), deploymentAt({ web: server.url }));
    clearTimeout(stall);
    server.process.kill();
    const [web] = answer.targets as AvailableAnswer[];
    expect(web!.counts).toMatchObject({ completed: web!.counts!.scheduled });
    const { latency } = outcomes.get("web")!;
    // Requests came all the time, so their waits go up to the whole of it, evenly: 2 of 4 s were stalled.
    const long = latency.filter((seconds) => seconds > lasts / 2).length;
    expect(long / latency.length).toBeGreaterThan(0.15);
    expect(Math.max(...latency)).toBeGreaterThan(lasts * 0.97);
  });
});
