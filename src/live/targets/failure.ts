import type { FailureKind } from "../../scenario/answer.ts";

const connection = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "EADDRNOTAVAIL",
  "EMFILE",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Codes of TLS: a certificate that is not trusted, or of another host; a protocol not spoken. */
const untrusted = /CERT|^ERR_TLS|^ERR_SSL|^UNABLE_TO_/;

/** Whether an error is TLS's: somebody listens, but cannot be trusted or understood. */
export const isTlsError = (error: unknown): boolean =>
  error instanceof Error && "code" in error && untrusted.test(String(error.code));

/** The kind of a failure that came without an answer: no connection, or one that broke. */
export function failureOfError(error: unknown): FailureKind {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && (connection.has(String(at.code)) || untrusted.test(String(at.code)))) return "connection";
    if (at instanceof AggregateError && at.errors.length > 0) return failureOfError(at.errors[0]);
  }
  return "reset";
}

/**
 * The outcome that a status stands for: 429 and 503 are the platform refusing, unless the answer itself says why.
 *
 * @param said the answer's own word, `rejected` or `trap`
 */
export function outcomeOfStatus(status: number, said?: string): "completed" | FailureKind {
  if (said === "rejected" || said === "trap") return said;
  if (status === 429 || status === 503) return "rejected";
  if (status >= 500) return "http5xx";
  return status >= 400 ? "http4xx" : "completed";
}
