import { request } from "undici";
import type { Seconds } from "../../base/units.ts";
import type { Clock } from "../clock.ts";
import { type Span, tracesData } from "./tracesData.ts";

/** Where traces go. */
export interface OtlpEndpoint {
  /** The full address, such as `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Exported {
  /** Spans that the receiver has taken. */
  readonly sent: number;
  readonly dropped: number;
  /** The last reason why spans were dropped; null where none were. */
  readonly why: string | null;
}

const batchSpans = 512;
const sendsMax = 4;
const firstWait: Seconds = 0.25;
/** However much is left then. */
const limit: Seconds = 30;
const answerLimitMs = 5000;

/** How one request ended. */
type Reply =
  | { readonly kind: "taken"; readonly rejected: number; readonly why: string }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "again"; readonly why: string; readonly after: Seconds };

/**
 * Sends spans to a receiver of OTLP/HTTP, in batches, and says what became of them.
 *
 * It never throws: a receiver that is busy is asked again (four sends a batch), one that does not answer is given up with
 * all that is left, and after half a minute so is any.
 */
export async function exportSpans(
  endpoint: OtlpEndpoint,
  spans: Iterable<Span>,
  clock: Pick<Clock, "now" | "sleepUntil">,
): Promise<Exported> {
  const end = clock.now() + limit;
  let [sent, dropped, why] = [0, 0, null as string | null];
  let isGivenUp = false;
  for (const batch of batches(spans)) {
    if (isGivenUp || clock.now() >= end) {
      why ??= `not done after ${limit} s`;
      dropped += batch.length;
      continue;
    }
    const reply = await sendBatch(endpoint, batch, { clock, end });
    const lost = reply.kind === "taken" ? Math.min(reply.rejected, batch.length) : batch.length;
    sent += batch.length - lost;
    dropped += lost;
    if (lost > 0) why = reply.why;
    isGivenUp = reply.kind === "again";
  }
  return { sent, dropped, why };
}

async function sendBatch(
  endpoint: OtlpEndpoint,
  batch: readonly Span[],
  { clock, end }: { readonly clock: Pick<Clock, "now" | "sleepUntil">; readonly end: Seconds },
): Promise<Reply> {
  const body = JSON.stringify(tracesData(batch));
  let wait = firstWait;
  for (let sends = 1; ; sends++) {
    const reply = await post(endpoint, body);
    if (reply.kind !== "again" || sends === sendsMax) return reply;
    const until = clock.now() + Math.max(wait, reply.after);
    if (until >= end) return reply;
    await clock.sleepUntil(until);
    wait *= 2;
  }
}

/** Which answers may be tried again is for the protocol to say. */
const passing: ReadonlySet<number> = new Set([429, 502, 503, 504]);

async function post({ url, headers }: OtlpEndpoint, body: string): Promise<Reply> {
  try {
    const answer = await request(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
      headersTimeout: answerLimitMs,
      bodyTimeout: answerLimitMs,
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 200 && answer.statusCode < 300) return taken(text);
    const why = `status ${answer.statusCode}`;
    if (!passing.has(answer.statusCode)) return { kind: "refused", why };
    const after = Number(answer.headers["retry-after"]);
    return { kind: "again", why, after: after > 0 ? after : 0 };
  } catch (error) {
    return { kind: "again", why: reasonOf(error), after: 0 };
  }
}

/** A success may still say that some spans were not taken. */
function taken(text: string): Reply {
  const { rejectedSpans = 0, errorMessage = "rejected" } = partialSuccess(text);
  const rejected = Number(rejectedSpans);
  return { kind: "taken", rejected: rejected > 0 ? rejected : 0, why: errorMessage };
}

/** Nothing where the receiver answers with nothing, or in another format. */
function partialSuccess(text: string): { readonly rejectedSpans?: string | number; readonly errorMessage?: string } {
  try {
    return (JSON.parse(text) as { partialSuccess?: object } | null)?.partialSuccess ?? {};
  } catch {
    return {};
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ?? message ?? String(error);
}

function* batches(spans: Iterable<Span>): Generator<readonly Span[]> {
  let batch: Span[] = [];
  for (const span of spans) {
    batch.push(span);
    if (batch.length < batchSpans) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
