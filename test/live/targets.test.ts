import { HTTP } from "cloudevents";
import { describe, expect, it } from "vitest";
import { workEventHeaders } from "../../src/live/cloudEvent.ts";
import { peakConcurrency } from "../../src/live/peak.ts";
import { failureOfError, outcomeOfStatus } from "../../src/live/targets/failure.ts";
import { requestBuilder } from "../../src/live/targets/requestBuilder.ts";
import { fillTemplate } from "../../src/live/targets/template.ts";
import type { LiveSpec } from "../../src/scenario/scenario.ts";

const request = { index: 7, atSeconds: 1.25, workSeconds: 0.0123 };

describe("a work event", () => {
  it("is a valid CloudEvent in binary mode that any reader understands", () => {
    const headers = workEventHeaders({
      id: "7",
      source: "/coldcast/camera-burst",
      time: new Date(1000),
      workSeconds: 0.0123,
      workIs: "io",
    });
    const event = HTTP.toEvent({ headers, body: "" });
    expect(event).toMatchObject({
      id: "7",
      source: "/coldcast/camera-burst",
      specversion: "1.0",
      type: "coldcast.work",
      time: "1970-01-01T00:00:01.000Z",
      workis: "io",
    });
    expect(Number((event as unknown as Record<string, unknown>).workseconds)).toBe(0.0123);
  });
});

describe("a request", () => {
  const build = (live: LiveSpec | null, url = "http://host/base?a=1") =>
    requestBuilder({ url, live, workIs: "io", source: "/s", startedAt: new Date(0) })(request);

  it("is a POST of the event to the address, by default", () => {
    expect(build(null)).toMatchObject({ method: "POST", path: "/base?a=1", body: null });
    expect(build(null).headers).toMatchObject({ "ce-id": "7", "ce-workseconds": "0.0123" });
  });

  it("takes the shape that `live` gives it", () => {
    const built = build({
      method: "PUT",
      path: "/sleep/{workMs}",
      query: { id: "{id}", at: "{scheduledAt}" },
      headers: { "X-Work": "{workSeconds}" },
      body: '{"ms":{workMs}}',
    });
    expect(built).toMatchObject({ method: "PUT", path: "/sleep/12.3?a=1&id=7&at=1.25", body: '{"ms":12.3}' });
    expect(built.headers).toMatchObject({ "x-work": "0.0123" });
  });

  it("leaves other braces alone", () => {
    expect(fillTemplate('{"a":{id},"b":{}}', request)).toBe('{"a":7,"b":{}}');
  });
});

describe("outcomes", () => {
  it.each([
    [200, undefined, "completed"],
    [302, undefined, "completed"],
    [404, undefined, "http4xx"],
    [429, undefined, "rejected"],
    [500, undefined, "http5xx"],
    [500, "trap", "trap"],
    [503, undefined, "rejected"],
    [503, "rejected", "rejected"],
  ] as const)("status %d (%s) is %s", (status, said, outcome) => {
    expect(outcomeOfStatus(status, said)).toBe(outcome);
  });

  it("tells a connection that never was from one that broke", () => {
    const coded = (code: string) => Object.assign(new Error(code), { code });
    expect(failureOfError(coded("ECONNREFUSED"))).toBe("connection");
    expect(failureOfError(new Error("outer", { cause: coded("UND_ERR_CONNECT_TIMEOUT") }))).toBe("connection");
    expect(failureOfError(new AggregateError([coded("ECONNREFUSED")]))).toBe("connection");
    expect(failureOfError(coded("UND_ERR_SOCKET"))).toBe("reset");
    expect(failureOfError("no error at all")).toBe("reset");
  });
});

describe("peakConcurrency", () => {
  it("counts what overlaps", () => {
    const arrivals = { at: Float64Array.of(0, 1, 1, 1, 5), work: Float64Array.of(1, 1, 3, 1, 1) };
    expect(peakConcurrency(arrivals, 1)).toBe(3);
    expect(peakConcurrency(arrivals, 10)).toBe(5);
  });
});
