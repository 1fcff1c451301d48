import { afterEach, describe, expect, it } from "vitest";
import { exportSpans } from "../../../src/live/otlp/exportSpans.ts";
import { spanIdOf } from "../../../src/live/otlp/traceContext.ts";
import { type Span, tracesData } from "../../../src/live/otlp/tracesData.ts";
import { virtualClock } from "../../../src/live/virtualClock.ts";
import { otlpReceiver, type ScriptedAnswer, whyNoTraces } from "./receiver.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanNumber = (n: number, own: Partial<Span> = {}): Span => ({
  traceId,
  spanId: spanIdOf(traceId, String(n)),
  service: "s",
  name: `step ${n}`,
  kind: "internal",
  from: 1_790_000_000.25 + n,
  to: 1_790_000_000.5 + n,
  attributes: { text: "a", whole: 3, share: 0.5, yes: true },
  ...own,
});
const manySpans = (count: number): Span[] => Array.from({ length: count }, (_, n) => spanNumber(n));

let close = () => Promise.resolve();
afterEach(() => close());

async function exported(count: number, answerTo?: (request: number) => ScriptedAnswer) {
  const receiver = await otlpReceiver(answerTo);
  close = receiver.close;
  const clock = virtualClock();
  const told = await exportSpans({ url: receiver.url, headers: { "x-key": "k" } }, manySpans(count), clock);
  return { ...told, receiver, seconds: clock.now() };
}

describe("spans as OTLP's JSON", () => {
  it("is as the protocol has it", () => {
    const body = tracesData([
      spanNumber(1, { error: "timeout" }),
      spanNumber(2, { service: "t", parentSpanId: "1".repeat(16) }),
    ]);
    expect(whyNoTraces(JSON.parse(JSON.stringify(body)))).toBeNull();
    expect(JSON.stringify(body)).toContain('"startTimeUnixNano":"1790000001250000000"');
    expect(JSON.stringify(body)).toContain('{"key":"whole","value":{"intValue":"3"}}');
    expect(JSON.stringify(body)).toContain('"status":{"code":2,"message":"timeout"}');
  });

  it("never ends before it begins", () => {
    const text = JSON.stringify(tracesData([spanNumber(0, { to: 1_790_000_000 })]));
    expect(text).toContain('"endTimeUnixNano":"1790000000250000000"');
  });

  it("would be seen to be wrong", () => {
    const wrong = (change: (span: Record<string, unknown>) => void) => {
      const body = JSON.parse(JSON.stringify(tracesData([spanNumber(1)]))) as {
        resourceSpans: { scopeSpans: { spans: Record<string, unknown>[] }[] }[];
      };
      change(body.resourceSpans[0]!.scopeSpans[0]!.spans[0]!);
      return whyNoTraces(body);
    };
    expect(wrong((span) => Object.assign(span, { traceId: "CvdlGRbNQ92ESOshHIAxnA==" }))).toMatch(
      /traceId must be 32 hex/,
    );
    expect(wrong((span) => Object.assign(span, { kind: "SPAN_KIND_CLIENT" }))).toMatch(/kind must be a whole number/);
    expect(wrong((span) => Object.assign(span, { startTimeUnixNano: 1.79e18 }))).toMatch(/must be a decimal text/);
    expect(wrong((span) => Object.assign(span, { trace_id: traceId }))).toMatch(/trace_id is no field/);
    expect(wrong((span) => delete span.name)).toMatch(/has no name/);
  });
});

describe("sending spans", () => {
  it("goes in batches, with the headers asked for, and every span arrives once", async () => {
    const { sent, dropped, why, receiver } = await exported(1100);
    expect({ sent, dropped, why }).toEqual({ sent: 1100, dropped: 0, why: null });
    expect(receiver.problems).toEqual([]);
    expect(receiver.requests).toBe(3);
    expect(new Set(receiver.spans.map(({ spanId }) => spanId)).size).toBe(1100);
    expect(receiver.headers.every((each) => each["x-key"] === "k")).toBe(true);
  });

  it("asks a receiver that is busy again, after as long as it says", async () => {
    const busy = { status: 429, headers: { "retry-after": "3" } };
    const { sent, dropped, seconds } = await exported(10, (request) =>
      request === 1 ? busy : request === 2 ? { status: 503 } : { status: 200, body: "" },
    );
    expect({ sent, dropped }).toEqual({ sent: 10, dropped: 0 });
    expect(seconds).toBeCloseTo(3 + 0.5, 1);
  });

  it("drops what is refused, and what a success does not take, and counts it", async () => {
    const refused = await exported(600, (request) => ({ status: request === 1 ? 400 : 200 }));
    expect(refused).toMatchObject({ sent: 88, dropped: 512, why: "status 400" });
    await close();
    const body = JSON.stringify({ partialSuccess: { rejectedSpans: "4", errorMessage: "too old" } });
    const partial = await exported(10, () => ({ status: 200, body }));
    expect(partial).toMatchObject({ sent: 6, dropped: 4, why: "too old" });
  });

  it("gives up a receiver that is not there, with all that is left, and does not throw", async () => {
    const receiver = await otlpReceiver();
    await receiver.close();
    const clock = virtualClock();
    const told = await exportSpans({ url: receiver.url, headers: {} }, manySpans(2000), clock);
    expect(told).toEqual({ sent: 0, dropped: 2000, why: "ECONNREFUSED" });
    expect(clock.now()).toBeLessThan(2);
  });

  it("ends after half a minute, however busy the receiver says it is", async () => {
    const { sent, dropped, why, seconds } = await exported(5000, () => ({
      status: 429,
      headers: { "retry-after": "20" },
    }));
    expect({ sent, dropped, why }).toEqual({ sent: 0, dropped: 5000, why: "status 429" });
    expect(seconds).toBeLessThanOrEqual(30);
  });
});
