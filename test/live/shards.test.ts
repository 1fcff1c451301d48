import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { measuredAnswer } from "../../src/live/measured.ts";
import { OutcomeLog, outcomeCsvLines, parseOutcomes } from "../../src/live/outcomes.ts";
import { openRendezvous } from "../../src/live/rendezvous.ts";
import { replay } from "../../src/live/replay.ts";
import { openSenders } from "../../src/live/senderThreads.ts";
import { fillFromShards, shardArrivals } from "../../src/live/shard.ts";
import { FakeTarget } from "../../src/live/targets/fake.ts";
import { virtualClock } from "../../src/live/virtualClock.ts";
import { joinSamples, LatencyRecorder } from "../../src/scenario/latencyRecorder.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { collectSchedule, schedule } from "../../src/scenario/schedule.ts";
import { Histogram } from "../../src/stats/histogram.ts";

const scenario = parseScenario(`
name: shards
seed: 4
duration: 20s
warmup: 1s
arrivals: { kind: poisson, rate: 100/s }
work: { kind: exponential, mean: 5ms }
targets: { one: { kind: server, concurrency: unlimited, coldStart: 100ms } }
`);
const drawn = schedule(scenario);
const arrivals = collectSchedule(drawn);
const spec = scenario.targets[0]!;
const csv = (log: OutcomeLog): string => [...outcomeCsvLines(log)].join("\n");

/** A log as one sender of all requests wrote it. */
async function sentByOne(): Promise<OutcomeLog> {
  const clock = virtualClock();
  const fake = () => new FakeTarget({ clock, slots: Infinity, coldStartSeconds: 0.1 });
  return (await replay(scenario, drawn, { target: fake }, { clock })).outcomes.get("one")!;
}

/** The part of a log that one of several senders would have written. */
function partOf(log: OutcomeLog, index: number, of: number): OutcomeLog {
  const part = new OutcomeLog(shardArrivals(log, { index, of }));
  for (let row = 0; row < part.length; row++) part.copyRow(row, log, index + row * of);
  return part;
}

describe("shards of a schedule", () => {
  it("have every request once", () => {
    const parts = [0, 1, 2].map((index) => shardArrivals(arrivals, { index, of: 3 }));
    expect(parts.reduce((sum, { at }) => sum + at.length, 0)).toBe(arrivals.at.length);
    expect([...parts[1]!.at.slice(0, 3)]).toEqual([arrivals.at[1], arrivals.at[4], arrivals.at[7]]);
  });

  it("merge to the very answer of one sender, histogram included, also by way of files", async () => {
    const whole = await sentByOne();
    const merged = new OutcomeLog(arrivals);
    const parts = [0, 1, 2].map(
      (index) => [index, parseOutcomes(`${csv(partOf(whole, index, 3))}\n`, "part")] as const,
    );
    fillFromShards(merged, new Map(parts), 3);
    expect(csv(merged)).toBe(csv(whole));
    const [one, several] = [whole, merged].map((log) => measuredAnswer(scenario, spec, log, {}));
    expect(several).toEqual(one);
    expect(several!.latency.hdr).toMatch(/^HISTFAAA/);
  });

  it("have histograms that add up to that of one sender, bucket by bucket", async () => {
    const whole = await sentByOne();
    const recorders = [0, 1, 2, 3].map(() => new LatencyRecorder(scenario.report));
    const [all, ...parts] = recorders as [LatencyRecorder, ...LatencyRecorder[]];
    for (const [i, latency] of whole.latency.entries()) {
      all.record(latency);
      parts[i % 3]!.record(latency);
    }
    const hdr = (counts: Float64Array): string => {
      const histogram = new Histogram();
      histogram.addCounts(counts);
      return histogram.toHdr();
    };
    const joined = joinSamples(parts.map((part) => part.sample()));
    expect(hdr(joined.counts)).toBe(hdr(all.sample().counts));
  });

  it("that are missing leave their requests unsent; a log of other requests is refused", async () => {
    const whole = await sentByOne();
    const merged = new OutcomeLog(arrivals);
    fillFromShards(merged, new Map([[1, partOf(whole, 1, 2)]]), 2);
    expect(measuredAnswer(scenario, spec, merged, {}).counts).toMatchObject({ unsent: Math.ceil(whole.length / 2) });
    expect(() => fillFromShards(merged, new Map([[0, partOf(whole, 1, 2)]]), 2)).toThrow("the shard's own requests");
  });
});

describe("several senders", () => {
  let server: Server;
  let url = "";
  const ids: number[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      ids.push(Number(request.headers["ce-id"]));
      response.writeHead(200, { "coldcast-instance": `on ${request.socket.remotePort}` }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => void server.close());

  it("on threads send every request once, and report as one", async () => {
    ids.length = 0;
    const log = new OutcomeLog({
      at: Float64Array.from({ length: 120 }, (_, i) => i / 1000),
      work: new Float64Array(120),
    });
    const senders = await openSenders({ url, live: null, workIs: "io", source: "/s", startedAt: new Date(0) }, log, {
      threads: 2,
      shard: { index: 0, of: 1 },
      workFactor: 1,
      timeoutSeconds: 10,
      inFlightMax: 1000,
    });
    const { monotonicSeconds } = await import("../../src/live/monotonic.ts");
    await senders.send({ zero: monotonicSeconds() + 0.05, signal: undefined, onSent: undefined });
    await senders.close();
    expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, i) => i));
    expect(log.row(7)).toMatchObject({
      outcome: "completed",
      status: 200,
      instance: expect.stringMatching(/^on \d+$/),
    });
    expect([...log.latency].every((latency) => latency > 0)).toBe(true);
  });

  it("on machines meet, start at one instant, and shard 0 gets all outcomes", async () => {
    const whole = await sentByOne();
    const port = 20_000 + (process.pid % 20_000);
    const shards = await Promise.all([0, 1, 2].map((index) => openRendezvous(`127.0.0.1:${port}`, { index, of: 3 })));
    const meetings = await Promise.all(shards.map((shard) => shard.meet("one", arrivals.sha256)));
    for (const { zero, clockErrorSeconds } of meetings) {
      // Here all have one clock, so the error that each states can be checked.
      expect(Math.abs(zero - meetings[0]!.zero)).toBeLessThanOrEqual(clockErrorSeconds);
    }
    const merged = new OutcomeLog(arrivals);
    const notes = await Promise.all(shards.map((shard, i) => shard.gather("one", partOf(whole, i, 3), merged)));
    expect(notes).toEqual([[], [], []]);
    expect(csv(merged)).toBe(csv(whole));

    const other = await Promise.allSettled(
      shards.map((shard, i) => shard.meet("two", i === 1 ? "another" : arrivals.sha256)),
    );
    expect(other.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    await Promise.all(shards.map((shard) => shard.close()));
  });

  it("on machines are not disturbed by strangers and broken connections, and do not wait after the end", async () => {
    const port = 20_000 + ((process.pid + 1) % 20_000);
    const host = await openRendezvous(`127.0.0.1:${port}`, { index: 0, of: 2 });
    const say = (text: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => socket.write(text));
        let answer = "";
        socket.on("data", (chunk) => {
          answer += chunk.toString();
          socket.end();
        });
        socket.on("error", () => {});
        socket.on("close", () => resolve(answer));
        if (text.includes("outcomes")) setTimeout(() => socket.destroy(), 50);
      });
    await say("GET // HTTP/1.1\r\nHost: x\r\n\r\n");
    await say("POST /outcomes?target=one&shard=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf");
    expect(await say("POST /ready?target=one&shard=7 HTTP/1.1\r\nHost: x\r\n\r\n")).toMatch(/^HTTP\/1.1 400/);
    expect(await say("GET /clock HTTP/1.1\r\nHost: x\r\n\r\n")).toMatch(/^HTTP\/1.1 200/);

    const guest = await openRendezvous(`127.0.0.1:${port}`, { index: 1, of: 2 });
    const interrupted = host.meet("one", "sha", AbortSignal.abort());
    await expect(interrupted).rejects.toThrow("interrupted");
    const waiting = guest.meet("two", "sha");
    waiting.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    await host.close();
    await expect(waiting).rejects.toThrow("no sign to start");
  });
});
