import { describe, expect, it } from "vitest";
import { explainText } from "../../src/report/explainText.ts";
import { type TraceEvent, traceLines } from "../../src/report/traceEvents.ts";
import { simulateReplication } from "../../src/sim/simulate.ts";
import { TraceRecorder } from "../../src/sim/traceRecorder.ts";
import { traceReplication } from "../../src/sim/traceReplication.ts";
import { scenario } from "./fixture.ts";

const steps = { control: "10ms", schedule: "20ms", sandbox: "500ms", containers: "800ms", process: "100ms" } as const;
const given = scenario(
  {
    single: { kind: "server", coldStart: "200ms", keepAlive: "300ms" },
    several: { kind: "server", servers: 3, coldStart: "200ms", keepAlive: "50ms", timeout: "250ms" },
    lambda: { kind: "perRequest", coldStart: "300ms", keepAlive: "1s", maxInstances: 2 },
    waas: { kind: "spinkube", replicas: 2, workIs: "cpu", instanceStart: "1ms" },
    faas: { kind: "knative", containerConcurrency: 1, podStart: { steps }, network: "2ms" },
    edge: {
      kind: "edge",
      pops: [{ name: "near", share: 1, roundTrip: "4ms" }],
      instanceStart: "1ms",
      coldStart: "80ms",
      keepAlive: "500ms",
    },
  },
  { duration: "12s", arrivals: { kind: "poisson", rate: "5/s" }, work: { kind: "exponential", mean: "50ms" } },
);
const traces = given.targets.map(({ name }) => traceReplication(given, name));

describe("a watched run", () => {
  it.each(given.targets.map(({ name }) => name))("is the one that simulate does: %s", (name) => {
    const result = simulateReplication(given, name, 0, {
      watch: (recorder) => new TraceRecorder(recorder, { wanted: () => true, most: 10 }),
    });
    expect(result).toEqual(simulateReplication(given, name, 0, { eventByEvent: true }));
  });

  it.each(traces.map((trace) => [trace.target, trace] as const))("tells every request's life: %s", (_, trace) => {
    const { completed, failed } = simulateReplication(given, trace.target, 0);
    expect(trace.requests.map(({ number }) => number)).toEqual(trace.requests.map((_request, i) => i));
    const done = trace.requests.filter(({ outcome }) => outcome === "completed");
    expect(done).toHaveLength(completed);
    expect(trace.requests).toHaveLength(completed + failed.reduce((sum, count) => sum + count, 0));
    for (const { arrivedAt, servedAt, parts, isCold, instance, waits } of done) {
      expect(servedAt).toBeGreaterThanOrEqual(arrivedAt);
      expect(instance!.readyAt).toBeLessThanOrEqual(servedAt! + 1e-9);
      if (isCold) expect(instance!.readyAt! - arrivedAt).toBeCloseTo(parts!.cold, 9);
      for (const wait of waits) expect(wait.at).toBeLessThanOrEqual(servedAt!);
      if (trace.kind !== "spinkube") expect(servedAt! - arrivedAt).toBeCloseTo(parts!.cold + parts!.queue, 9);
    }
  });

  it("tells a pod's start step by step", () => {
    const pod = traces.find(({ target }) => target === "faas")!.instances.find(({ orderedAt }) => orderedAt !== null)!;
    const taken = pod.steps.map(({ step, until }) => [step, Number((until - pod.orderedAt!).toFixed(6))]);
    expect(taken).toEqual([
      ["control", 0.01],
      ["schedule", 0.03],
      ["sandbox", 0.53],
      ["pull", 0.53],
      ["unpack", 0.53],
      ["containers", 1.33],
      ["process", 1.43],
      ["endpoint", 1.43],
    ]);
    expect(pod.readyAt! - pod.orderedAt!).toBeCloseTo(1.43, 9);
  });

  it("is told in words", () => {
    const [trace] = traces;
    const first = trace!.requests[0]!;
    expect(explainText(first, trace!)).toMatch(
      /^single \(server\): request 0, completed, latency \S+ ms, cold\n.*arrives\n.*waits in the line\n.*instance 0 is ordered\n.*\+200 ms {2}instance 0 is ready\n.*begins in instance 0\n.*work ends\n {2}of it cold 200 ms, work \S+ ms\n$/,
    );
    const late = traces[1]!.requests.find(({ outcome }) => outcome === "timeout")!;
    expect(explainText(late, traces[1]!)).toMatch(/^several \(server\): request \d+, timeout/);
  });
});

describe("a trace file", () => {
  const { traceEvents: events } = JSON.parse([...traceLines(traces)].join("\n")) as { traceEvents: TraceEvent[] };

  it("has the fields that the format asks for", () => {
    expect(events.length).toBeGreaterThan(500);
    for (const { name, ph, pid, tid, ts, dur, id, cat } of events) {
      expect(["M", "b", "e", "X", "C"]).toContain(ph);
      expect(name).not.toBe("");
      expect(Number.isInteger(pid) && Number.isInteger(tid)).toBe(true);
      expect(ts).toBeGreaterThanOrEqual(0);
      if (ph === "X") expect(dur).toBeGreaterThanOrEqual(0);
      if (ph === "b" || ph === "e") expect([typeof id, typeof cat]).toEqual(["string", "string"]);
    }
    const named = events.filter(({ ph }) => ph === "M").map(({ pid }) => pid);
    expect(new Set(events.map(({ pid }) => pid))).toEqual(new Set(named));
    expect(new Set(named).size).toBe(2 * traces.length);
  });

  it("closes what it opens, inside out, and never goes back in time within a request", () => {
    const open = new Map<string, TraceEvent[]>();
    for (const event of events) {
      if (event.ph !== "b" && event.ph !== "e") continue;
      const key = `${event.pid} ${event.id}`;
      const stack = open.get(key) ?? [];
      open.set(key, stack);
      if (event.ph === "b") stack.push(event);
      else {
        const begin = stack.pop()!;
        expect(begin.name).toBe(event.name);
        expect(event.ts).toBeGreaterThanOrEqual(begin.ts);
      }
    }
    for (const stack of open.values()) expect(stack).toEqual([]);
  });

  it("nests what stands on one track", () => {
    const tracks = Map.groupBy(
      events.filter(({ ph }) => ph === "X"),
      ({ pid, tid }) => `${pid} ${tid}`,
    );
    for (const track of tracks.values()) {
      const ends: number[] = [];
      for (const { ts, dur } of track.toSorted((a, b) => a.ts - b.ts || b.dur! - a.dur!)) {
        while (ends.length > 0 && ends.at(-1)! <= ts + 1e-3) ends.pop();
        if (ends.length > 0) expect(ts + dur!).toBeLessThanOrEqual(ends.at(-1)! + 1e-3);
        ends.push(ts + dur!);
      }
    }
  });
});
