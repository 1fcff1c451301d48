import { describe, expect, it } from "vitest";
import { handedOn, readTraceparent, spanIdOf, traceparentOf } from "../../../src/live/otlp/traceContext.ts";
import { deliver } from "../../../src/live/pipeline/deliver.ts";
import { eventTraces, steps } from "../../../src/live/pipeline/eventTraces.ts";
import { generate } from "../../../src/live/pipeline/generator.ts";
import type { Result } from "../../../src/live/pipeline/result.ts";
import { passportOf } from "../../../src/live/pipeline/stamps.ts";
import type { Request, Target } from "../../../src/live/targets/target.ts";
import { virtualClock } from "../../../src/live/virtualClock.ts";
import { toScenario } from "../../../src/scenario/parse.ts";
import { schedule } from "../../../src/scenario/schedule.ts";

const scenario = toScenario({
  name: "traced",
  duration: "20s",
  arrivals: { kind: "poisson", rate: "50/s" },
  work: "1ms",
  targets: { f: { kind: "server" } },
});

/** The trace contexts of a run's events, as they leave the generator. */
async function contexts(traceShare?: number): Promise<string[]> {
  const clock = virtualClock();
  const sent: string[] = [];
  await generate(schedule(scenario), {
    producer: {
      send: async (_, messages) => void sent.push(...messages.map(({ headers }) => headers!.traceparent!)),
      close: async () => {},
    },
    clock,
    zero: 0,
    run: "r",
    devices: 5,
    traceShare,
  });
  return sent;
}

const due = 1_790_000_000;
const resultOf = (traceparent: string, own: Partial<Result> = {}): Result => ({
  kind: "result",
  run: "r",
  index: 0,
  target: "f",
  traceparent,
  outcome: "completed",
  status: 200,
  attempts: 1,
  stamps: {
    due,
    sent: due + 0.001,
    appended: due + 0.002,
    enriched: due + 0.004,
    published: due + 0.006,
    read: due + 0.007,
    dispatched: due + 0.008,
    answered: due + 0.02,
  },
  instance: "pod-1",
  instanceStarted: due - 10,
  startSeconds: null,
  workDoneSeconds: 0.01,
  ...own,
});

describe("the trace of an event", () => {
  it("begins with the generator: one trace each, the same from the same seed", async () => {
    const [first, again] = [await contexts(), await contexts()];
    expect(first).toEqual(again);
    const traces = first.map((text) => readTraceparent(text)!);
    expect(new Set(traces.map(({ traceId }) => traceId)).size).toBe(first.length);
    expect(traces.every(({ isSampled }) => isSampled)).toBe(true);
  });

  it("is recorded for the share that was asked for, the smaller one within the larger", async () => {
    const sampled = async (share: number) =>
      new Set(
        (await contexts(share)).map((text) => readTraceparent(text)!).flatMap((t) => (t.isSampled ? t.traceId : [])),
      );
    const [none, few, half] = [await sampled(0), await sampled(0.1), await sampled(0.5)];
    expect(none.size).toBe(0);
    // Of about 1,000, within four standard deviations.
    expect(Math.abs(few.size - 100)).toBeLessThan(38);
    expect(Math.abs(half.size - 500)).toBeLessThan(110);
    expect([...few].every((traceId) => half.has(traceId))).toBe(true);
  });

  it("goes on in each hop's own name, and the event keeps that of its making", async () => {
    const [made] = await contexts();
    const { traceId } = readTraceparent(made!)!;
    const passport = passportOf({
      "coldcast-run": "r",
      "coldcast-index": "0",
      "coldcast-due": "1",
      "coldcast-sent": "1",
      traceparent: handedOn(made!, steps.publish),
    })!;
    let asked: Request | undefined;
    const target: Target = {
      open: async () => {},
      prepare: (request) => {
        asked = request;
        return { request };
      },
      send: (_, done) => {
        done({ outcome: "completed", status: 200 });
        return () => {};
      },
      close: async () => ({}),
    };
    const event = { id: "e", device: "d", frameSeconds: 1, detections: [], workSeconds: 0 };
    const retry = { attempts: 1, backoff: 0 };
    const options = {
      targets: new Map([["f", target]]),
      workFactors: new Map(),
      retry,
      timeout: 1,
      clock: virtualClock(),
    };
    const result = await deliver({ target: "f", event, passport, published: 1, read: 1, options });
    expect(asked!.event!.origin).toBe(made);
    expect(readTraceparent(asked!.event!.traceparent)).toEqual({
      traceId,
      spanId: spanIdOf(traceId, steps.call("f")),
      isSampled: true,
    });
    expect(readTraceparent(result.traceparent)!.spanId).toBe(spanIdOf(traceId, steps.publish));
  });

  const traceparent = traceparentOf({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    isSampled: true,
  });

  it("has a span for each step, each within its parent's time or after it, and the function below the call", () => {
    const traces = eventTraces();
    traces.add(resultOf(traceparent), due + 0.03);
    const spans = [...traces.spans()];
    const byName = new Map(spans.map((span) => [`${span.service} ${span.name}`, span]));
    const parent = (name: string) => spans.find(({ spanId }) => spanId === byName.get(name)!.parentSpanId);
    expect([...byName.keys()]).toEqual([
      "coldcast-generator send camera.raw",
      "coldcast-aggregator process camera.raw",
      "coldcast-aggregator send camera.enriched",
      "coldcast-trigger process camera.enriched",
      "coldcast-trigger POST",
      "coldcast-collector process metrics",
      "f POST",
    ]);
    expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined)).toHaveLength(1);
    expect(parent("coldcast-aggregator process camera.raw")!.service).toBe("coldcast-generator");
    expect(parent("coldcast-trigger process camera.enriched")!.name).toBe("send camera.enriched");
    expect(parent("coldcast-collector process metrics")!.service).toBe("coldcast-trigger");
    expect(parent("f POST")).toBe(byName.get("coldcast-trigger POST"));
    for (const span of spans) {
      expect(span.to).toBeGreaterThanOrEqual(span.from);
      const above = spans.find(({ spanId }) => spanId === span.parentSpanId);
      if (above !== undefined) expect(span.from).toBeGreaterThanOrEqual(above.from);
    }
    const { from, to } = byName.get("f POST")!;
    expect(to - from).toBeCloseTo(0.01, 5);
  });

  it("is told once for what targets have in common, and says what failed", () => {
    const traces = eventTraces();
    traces.add(resultOf(traceparent), due + 0.03);
    traces.add(
      resultOf(traceparent, { target: "g", outcome: "http5xx", status: 500, workDoneSeconds: null }),
      due + 0.03,
    );
    const spans = [...traces.spans()];
    expect(spans).toHaveLength(7 + 3);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(10);
    expect(spans.filter(({ error }) => error === "http5xx").map(({ name }) => name)).toEqual([
      "process camera.enriched",
      "POST",
    ]);
  });

  it("is left out where it is not recorded, or finds no room, which is counted", () => {
    const traces = eventTraces({ room: 1 });
    traces.add(resultOf(traceparent.replace(/01$/, "00")), due);
    traces.add(resultOf("rubbish"), due);
    expect([...traces.spans()]).toEqual([]);
    traces.add(resultOf(traceparent), due);
    traces.add(resultOf(traceparent, { index: 1 }), due);
    expect(traces.dropped).toBe(1);
    expect([...traces.spans()]).toHaveLength(7);
  });

  it("ends where a context is none", () => {
    expect(readTraceparent("00-00000000000000000000000000000000-b7ad6b7169203331-01")).toBeUndefined();
    expect(readTraceparent("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")).toBeUndefined();
    expect(readTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331")).toBeUndefined();
    expect(handedOn("rubbish", "step")).toBe("rubbish");
  });
});
