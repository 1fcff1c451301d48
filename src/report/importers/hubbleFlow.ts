import type { ImportSource } from "./importer.ts";
import { at, parseJson, refuse } from "./reading.ts";

/** One half of a request as a Hubble proxy saw it. */
export interface HubbleFlow {
  readonly type: "request" | "response";
  /** Nanoseconds since the Unix epoch. */
  readonly atNs: bigint;
  /** Which side's proxy saw it. */
  readonly seenBy: "client" | "server";
  /** The server's pod, or its address where it is none. */
  readonly server: string;
  /** What figures are told by: the server's workload, or the Kafka call. */
  readonly series: string;
  /** Of both halves alike: what only this request carries, else its connection. */
  readonly key: string;
  /** Whether the key is the request's own, on both sides alike, and not its connection's. */
  readonly hasId: boolean;
  /** Of the CloudEvent that the request is about; empty where it is none. */
  readonly eventId: string;
  /** Method and URL. */
  readonly what: string;
  /** As Hubble worked it out; 0 where it did not. */
  readonly latencyNs: bigint;
  /** HTTP's status, or 200 and 500 for what Kafka said; 0 in a request. */
  readonly status: number;
  readonly isDropped: boolean;
}

/** What a line of `hubble observe` holds: a flow of requests, how much Hubble lost, or nothing that matters here. */
export type HubbleLine = HubbleFlow | { readonly lost: number } | null;

/**
 * A field by the name that Cilium's flow.proto gives it; `-o json` of some versions writes it in lowerCamelCase.
 *
 * A field that has its default is left out by the protocol.
 */
function field(value: unknown, ...names: readonly string[]): unknown {
  let part = value;
  for (const name of names) {
    part =
      at(part, name) ??
      at(
        part,
        name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      );
  }
  return part;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** A 64-bit number, which is a text in JSON, or a smaller one, which is not. */
function whole(source: ImportSource, value: unknown, { name, line }: { name: string; line: number }): bigint {
  if (value === undefined) return 0n;
  if (typeof value === "string" && /^\d{1,20}$/.test(value)) return BigInt(value);
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  return refuse(source, `${name} must be a whole number ≥ 0, got ${JSON.stringify(value)}`, line);
}

const instant = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;

function nanoseconds(source: ImportSource, value: unknown, line: number): bigint {
  const [, seconds, fraction = "", zone] = instant.exec(text(value)) ?? [];
  const ms = Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(ms))
    refuse(source, `a flow's time must be as in RFC 3339, got ${JSON.stringify(value) ?? "nothing"}`, line);
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/**
 * Reads a line of `hubble observe -o jsonpb`: `{"flow": …}`, or a flow alone as older versions wrote it.
 *
 * @throws {InputError} where it is no JSON, or a flow of requests lacks what it must have
 */
export function hubbleLine(source: ImportSource, row: string, line: number): HubbleLine {
  const value = parseJson(source, row, line);
  const lost = field(value, "lost_events");
  if (lost !== undefined) {
    return { lost: Number(whole(source, field(lost, "num_events_lost"), { name: "num_events_lost", line })) };
  }
  const flow = field(value, "flow") ?? value;
  const l7 = field(flow, "l7");
  const type = text(field(l7, "type"));
  if (type !== "REQUEST" && type !== "RESPONSE") return null;
  const isRequest = type === "REQUEST";
  const [server, client] = isRequest ? ["destination", "source"] : ["source", "destination"];
  const place = placeOf(flow, server);
  const connection = `${addressOf(flow, client)} ${addressOf(flow, server)}`;
  const call = httpCall(source, l7, { place, connection, line }) ?? kafkaCall(l7, { place, connection });
  if (call === null) return null;
  return {
    ...call,
    type: isRequest ? "request" : "response",
    atNs: nanoseconds(source, field(flow, "time"), line),
    seenBy: text(field(flow, "traffic_direction")) === "EGRESS" ? "client" : "server",
    server: place.pod,
    latencyNs: whole(source, field(l7, "latency_ns"), { name: "latency_ns", line }),
    isDropped: text(field(flow, "verdict")) === "DROPPED",
  };
}

interface ServerPlace {
  readonly pod: string;
  readonly workload: string;
}

function placeOf(flow: unknown, side: string): ServerPlace {
  const endpoint = field(flow, side);
  const pod = text(field(endpoint, "pod_name")) || addressOf(flow, side);
  const workload = text(at(field(endpoint, "workloads"), 0, "name"));
  const service = text(field(flow, `${side}_service`, "name"));
  return { pod: `${text(field(endpoint, "namespace"))}/${pod}`, workload: workload || service || pod };
}

function addressOf(flow: unknown, side: string): string {
  const port = field(flow, "l4", "TCP", `${side}_port`) ?? field(flow, "l4", "tcp", `${side}_port`) ?? "";
  return `${text(at(field(flow, "IP") ?? field(flow, "ip"), side))}:${String(port)}`;
}

type Call = Pick<HubbleFlow, "series" | "key" | "hasId" | "eventId" | "what" | "status">;
interface CallPlace {
  readonly place: ServerPlace;
  readonly connection: string;
}

function httpCall(
  source: ImportSource,
  l7: unknown,
  { place, connection, line }: CallPlace & { readonly line: number },
): Call | null {
  const http = field(l7, "http");
  if (http === undefined) return null;
  const headers = field(http, "headers");
  const header = (name: string): string => {
    const found = Array.isArray(headers) ? headers.find((each) => text(at(each, "key")).toLowerCase() === name) : null;
    const value = text(at(found, "value"));
    return value === "HUBBLE_REDACTED" ? "" : value;
  };
  const id = header("x-request-id") || header("traceparent");
  return {
    series: place.workload,
    key: id === "" ? connection : id,
    hasId: id !== "",
    eventId: header("ce-id"),
    what: `${text(field(http, "method"))} ${text(field(http, "url"))}`,
    status: Number(whole(source, field(http, "code"), { name: "code", line })),
  };
}

function kafkaCall(l7: unknown, { connection }: CallPlace): Call | null {
  const kafka = field(l7, "kafka");
  if (kafka === undefined) return null;
  const what = `${text(field(kafka, "api_key"))} ${text(field(kafka, "topic"))}`.trim();
  // What a client numbers is unique within its connection; 0, the first, is left out.
  const key = `${connection} ${String(field(kafka, "correlation_id") ?? 0)}`;
  return {
    series: `kafka ${what}`,
    key,
    hasId: false,
    eventId: "",
    what,
    status: field(kafka, "error_code") === undefined ? 200 : 500,
  };
}
