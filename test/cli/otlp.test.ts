import { describe, expect, it } from "vitest";
import { otlpEndpoint, otlpUrl, share } from "../../src/cli/otlp.ts";

describe("where traces go", () => {
  it("is nowhere unless somebody says", () => {
    expect(otlpEndpoint(undefined, {})).toBeNull();
    expect(otlpEndpoint(undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: "" })).toBeNull();
  });

  it("is a base with the signal's path, or the traces' own address as it is", () => {
    const url = (option: string | undefined, env: Record<string, string> = {}) => otlpEndpoint(option, env)!.url;
    expect(url("http://a:4318")).toBe("http://a:4318/v1/traces");
    expect(url("http://a:4318/v1/traces")).toBe("http://a:4318/v1/traces");
    expect(url(undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: "http://a/otlp/" })).toBe("http://a/otlp/v1/traces");
    expect(url(undefined, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://a/x" })).toBe("http://a/x");
    expect(url("http://b", { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://a/x" })).toBe("http://b/v1/traces");
  });

  it("comes with the headers that OpenTelemetry's variable names", () => {
    const env = { OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Basic%20abc=, x-scope = 7,rubbish,bad=%" };
    expect(otlpEndpoint("http://a", env)!.headers).toEqual({ authorization: "Basic abc=", "x-scope": "7", bad: "%" });
  });

  it("is checked before a run", () => {
    expect(() => otlpUrl("localhost:4318")).toThrow("Write an address");
    expect(() => share("1.5")).toThrow("Write a share");
    expect(share("0.25")).toBe(0.25);
  });
});
