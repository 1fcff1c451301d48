import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTraceparent } from "../../src/live/otlp/traceContext.ts";
import { transcript } from "../cli/transcript.ts";
import { otlpReceiver, type ReceivedSpan } from "../live/otlp/receiver.ts";
import { ownBroker, whyNoJars } from "./broker.ts";
import { functionWith } from "./pipelineTarget.ts";

const limit = 240_000;
const scenario = `
name: traced
duration: 6s
arrivals: { kind: poisson, rate: 40/s }
work: { kind: exponential, mean: 4ms }
targets:
  waas: { kind: spinkube, replicas: 1, timeout: 4s }
  faas: { kind: spinkube, replicas: 1, timeout: 4s }
`;

describe.skipIf(whyNoJars !== null)(`traces of a run${whyNoJars === null ? "" : ` (skipped: ${whyNoJars})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "coldcast-traces-"));
  const file = join(folder, "traced.yaml");
  writeFileSync(file, scenario);
  const own = ownBroker();
  let target: Awaited<ReturnType<typeof functionWith>>;
  beforeAll(async () => {
    target = await functionWith(() => null);
  });
  afterAll(async () => {
    await target.close();
    rmSync(folder, { recursive: true });
  });

  const run = async (otlp: readonly string[]) => {
    const at = ["waas", "faas"].flatMap((name) => ["--at", `${name}=${target.url}`]);
    const out = ["--kafka", own.broker.bootstrap, "--out", join(folder, "out")];
    const result = await transcript(["pipeline", file, ...at, ...out, ...otlp]);
    expect(result, result.err).toMatchObject({ code: 0 });
    const [, events] = /^(\d+) events: waas \1 \(0 failed\), faas \1 \(0 failed\)/m.exec(result.err) ?? [];
    expect(Number(events)).toBeGreaterThan(100);
    return { events: Number(events), said: /^traces: .*$/m.exec(result.err)?.[0] };
  };

  it("reach a receiver: one per event, from the generator through the trigger to both functions", {
    timeout: limit,
  }, async () => {
    const receiver = await otlpReceiver();
    const { events, said } = await run(["--otlp", receiver.url]);
    await receiver.close();
    expect(receiver.problems).toEqual([]);
    // Three spans that the targets share, and four of each.
    expect(said).toBe(`traces: ${events * 11} spans to ${receiver.url}`);
    const traces = new Map<string, ReceivedSpan[]>();
    for (const span of receiver.spans) traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), span]);
    expect(traces.size).toBe(events);
    for (const spans of traces.values()) {
      expect(spans).toHaveLength(11);
      const ids = new Map(spans.map((span) => [span.spanId, span]));
      const [root, ...others] = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
      expect([root?.service, others.length]).toEqual(["coldcast-generator", 0]);
      for (const span of spans) {
        const parent = ids.get(span.parentSpanId ?? span.spanId);
        expect(parent).toBeDefined();
        // The broker's own stamps are whole milliseconds.
        expect(span.startNs + 1_000_000n).toBeGreaterThanOrEqual(parent!.startNs);
        expect(span.endNs).toBeGreaterThanOrEqual(span.startNs);
      }
      expect(new Set(spans.map(({ service }) => service))).toEqual(
        new Set([
          "coldcast-generator",
          "coldcast-aggregator",
          "coldcast-trigger",
          "waas",
          "faas",
          "coldcast-collector",
        ]),
      );
    }
    // What the function was told is the span of the call, and the event's own context is the generator's.
    for (const { hop, origin } of target.traces.slice(-20)) {
      const call = receiver.spans.find(({ spanId }) => spanId === readTraceparent(hop)!.spanId);
      expect(call).toMatchObject({ service: "coldcast-trigger", name: "POST", kind: 3 });
      const made = receiver.spans.find(({ spanId }) => spanId === readTraceparent(origin)!.spanId);
      expect(made).toMatchObject({ service: "coldcast-generator", traceId: call!.traceId });
    }
  });

  it("are those of a share, and a receiver that is gone is told and hurts nothing", { timeout: limit }, async () => {
    const receiver = await otlpReceiver();
    const { events } = await run(["--otlp", receiver.url, "--otlp-share", "0.25"]);
    await receiver.close();
    const traced = new Set(receiver.spans.map(({ traceId }) => traceId)).size;
    expect(Math.abs(traced - events / 4)).toBeLessThan(4 * Math.sqrt((events * 3) / 16));
    const gone = await run(["--otlp", receiver.url]);
    expect(gone.said).toBe(`traces: 0 spans to ${receiver.url}; ${gone.events * 11} dropped: ECONNREFUSED`);
  });
});
