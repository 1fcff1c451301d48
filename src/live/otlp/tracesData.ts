import type { Seconds } from "../../base/units.ts";
import { version } from "../../base/version.ts";

/** As the protocol numbers them. */
export const spanKinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

/** One step of a trace, over. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  /** Whose step it is: `service.name`. */
  readonly service: string;
  readonly name: string;
  readonly kind: keyof typeof spanKinds;
  /** Unix time. */
  readonly from: Seconds;
  readonly to: Seconds;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Why it failed; absent where it did not. */
  readonly error?: string | undefined;
}

/**
 * Spans as a request of OTLP/HTTP in JSON, by service: ids in hex, enumerations as numbers, 64-bit integers as text.
 *
 * @see OpenTelemetry Protocol 1.9, "JSON Protobuf Encoding"; opentelemetry-proto, trace/v1/trace.proto
 */
export function tracesData(spans: readonly Span[]): object {
  const services = new Map<string, Span[]>();
  for (const span of spans) services.set(span.service, [...(services.get(span.service) ?? []), span]);
  return {
    resourceSpans: [...services].map(([service, own]) => ({
      resource: { attributes: keyValues({ "service.name": service, "service.version": version }) },
      scopeSpans: [{ scope: { name: "coldcast", version }, spans: own.map(encoded) }],
    })),
  };
}

function encoded({ traceId, spanId, parentSpanId, name, kind, from, to, attributes, error }: Span): object {
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    flags: 1, // sampled
    name,
    kind: spanKinds[kind],
    startTimeUnixNano: nanoseconds(from),
    endTimeUnixNano: nanoseconds(Math.max(from, to)),
    attributes: keyValues(attributes),
    status: error === undefined ? {} : { code: 2, message: error },
  };
}

const keyValues = (attributes: Span["attributes"]): object[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));

function anyValue(value: string | number | boolean): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** To a microsecond, which is what a double holds of a Unix time. */
const nanoseconds = (seconds: Seconds): string => `${BigInt(Math.round(seconds * 1e6)) * 1000n}`;
