import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A span as a receiver reads it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What a field of the protocol's messages may hold, by its name in lowerCamelCase; everything else is an error. */
type Shape = Readonly<Record<string, (value: unknown) => string | null>>;

const text = (value: unknown) => (typeof value === "string" ? null : "must be a text");
const hex = (digits: number) => (value: unknown) =>
  typeof value === "string" && new RegExp(`^[0-9a-f]{${digits}}$`).test(value) && !/^0+$/.test(value)
    ? null
    : `must be ${digits} hex digits, not base64, and not all 0`;
/** 64-bit integers are texts in JSON. */
const long = (value: unknown) =>
  typeof value === "string" && /^-?\d{1,20}$/.test(value) ? null : "must be a decimal text";
const whole = (low: number, high: number) => (value: unknown) =>
  Number.isInteger(value) && Number(value) >= low && Number(value) <= high
    ? null
    : `must be a whole number from ${low} to ${high}`;
const list = (each: (value: unknown) => string | null) => (value: unknown) => {
  if (!Array.isArray(value)) return "must be a list";
  for (const [i, entry] of value.entries()) {
    const why = each(entry);
    if (why !== null) return `[${i}] ${why}`;
  }
  return null;
};
const message =
  (shape: Shape, required: readonly string[] = []) =>
  (value: unknown): string | null => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return "must be an object";
    for (const [key, held] of Object.entries(value)) {
      const why = Object.hasOwn(shape, key) ? shape[key]!(held) : "is no field";
      if (why !== null) return `${key} ${why}`;
    }
    const missing = required.find((key) => !Object.hasOwn(value, key));
    return missing === undefined ? null : `has no ${missing}`;
  };
const anyValue = (value: unknown): string | null => {
  const one = message({
    stringValue: text,
    boolValue: (held) => (typeof held === "boolean" ? null : "must be true or false"),
    intValue: long,
    doubleValue: (held) => (typeof held === "number" && Number.isFinite(held) ? null : "must be a number"),
  })(value);
  return one ?? (Object.keys(value as object).length === 1 ? null : "must hold one value");
};
const attributes = list(message({ key: text, value: anyValue }, ["key", "value"]));
const span = message(
  {
    traceId: hex(32),
    spanId: hex(16),
    parentSpanId: hex(16),
    traceState: text,
    flags: whole(0, 2 ** 32 - 1),
    name: text,
    kind: whole(1, 5),
    startTimeUnixNano: long,
    endTimeUnixNano: long,
    attributes,
    status: message({ code: whole(0, 2), message: text }),
  },
  ["traceId", "spanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano"],
);

/** Why something is no ExportTraceServiceRequest in the protocol's JSON; null where it is one. */
export const whyNoTraces = message(
  {
    resourceSpans: list(
      message(
        {
          resource: message({ attributes }),
          scopeSpans: list(message({ scope: message({ name: text, version: text }), spans: list(span) }, ["spans"])),
        },
        ["resource", "scopeSpans"],
      ),
    ),
  },
  ["resourceSpans"],
);

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
const record = (pairs: readonly KeyValue[] = []) =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]));

/** The spans of a request that is well formed. */
export function spansOf(body: unknown): ReceivedSpan[] {
  const { resourceSpans } = body as {
    resourceSpans: { resource: { attributes: KeyValue[] }; scopeSpans: { spans: Record<string, unknown>[] }[] }[];
  };
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((each) => ({
        service: String(record(resource.attributes)["service.name"]),
        traceId: String(each.traceId),
        spanId: String(each.spanId),
        parentSpanId: each.parentSpanId as string | undefined,
        name: String(each.name),
        kind: Number(each.kind),
        startNs: BigInt(String(each.startTimeUnixNano)),
        endNs: BigInt(String(each.endTimeUnixNano)),
        failed: (each.status as { code?: number } | undefined)?.code === 2,
        attributes: record(each.attributes as KeyValue[]),
      })),
    ),
  );
}

export interface ScriptedAnswer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A receiver of OTLP/HTTP that holds every request against the protocol, and answers as it is told. */
export async function otlpReceiver(
  answerTo: (request: number) => ScriptedAnswer = () => ({ status: 200, body: "{}" }),
) {
  const spans: ReceivedSpan[] = [];
  const problems: string[] = [];
  const headers: IncomingMessage["headers"][] = [];
  let requests = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = answerTo(++requests);
    headers.push(request.headers);
    if (request.method !== "POST" || request.url !== "/v1/traces") problems.push(`${request.method} ${request.url}`);
    if (request.headers["content-type"] !== "application/json") problems.push("its content type is not JSON");
    const body = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
    const why = whyNoTraces(body);
    if (why !== null) problems.push(why);
    else if (answer.status === 200) spans.push(...spansOf(body));
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(answer.body ?? "");
  };
  const server = createServer((request, response) => void handle(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    spans,
    /** What was wrong with the requests. */
    problems,
    headers,
    get requests() {
      return requests;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
