import { TargetError } from "../../base/check.ts";
import { fieldAt } from "./kubernetesObject.ts";

/** What the API server answered when it refused, kept as the `cause` of a TargetError. */
export interface ApiStatus {
  readonly code: number;
  /** `NotFound`, `Forbidden`, `Invalid`, `Conflict`, `Expired` and so on; empty where the server gave none. */
  readonly reason: string;
  readonly message: string;
}

/** The API server's refusal behind an error, undefined where there is none (such as a lost connection). */
export function apiStatusOf(error: unknown): ApiStatus | undefined {
  const cause = error instanceof TargetError ? error.cause : undefined;
  return typeof fieldAt(cause, "code") === "number" ? (cause as ApiStatus) : undefined;
}

/** Reads a status object, or what stands in the way of the API server and answers in words of its own. */
export function readApiStatus(code: number, text: string): ApiStatus {
  try {
    const body: unknown = JSON.parse(text);
    const reason = fieldAt(body, "reason");
    const message = fieldAt(body, "message");
    if (typeof message === "string") return { code, reason: typeof reason === "string" ? reason : "", message };
  } catch {
    // Not JSON: a proxy's own page, or the plain words of an aggregated API.
  }
  return { code, reason: "", message: text.trim().slice(0, 300) || `HTTP status ${code}` };
}

/**
 * The error for what the API server refused: what was wanted, what it said, and what would help.
 *
 * @param what was tried, such as `apply Deployment lab/hello`
 */
export function refusal(what: string, status: ApiStatus): TargetError {
  // A field that a schema does not know is answered by 500, which no second try will change.
  const passing = status.code === 500 ? /etcdserver|timeout|timed out/i.test(status.message) : status.code > 500;
  const retriable = status.code === 429 || passing || status.reason === "Expired";
  const advice = adviceFor(status);
  return new TargetError("cluster", `${what}: ${status.message}${advice === "" ? "" : `; ${advice}`}`, {
    retriable,
    cause: status,
  });
}

function adviceFor({ code, reason, message }: ApiStatus): string {
  if (code === 401) return "the kubeconfig's user is not known there: log in again, or set KUBECONFIG";
  if (code === 403 && /exceeded quota/.test(message)) return "raise the ResourceQuota, or ask for less in the scenario";
  if (code === 403 && /violates PodSecurity/.test(message)) return "the namespace enforces Pod Security";
  if (code === 403) return "the user needs this verb on this resource: k8s/rbac has a Role for it";
  if (code === 409 && /conflict/i.test(message)) return "another manager owns these fields: coldcast leaves them alone";
  if (code === 422 || reason === "Invalid") return "";
  if (code === 429) return "the API server is busy";
  return "";
}

/** The error for an API server that was not reached at all. */
export function unreachable(what: string, server: string, cause: unknown): TargetError {
  const message = cause instanceof Error ? reasonFrom(cause) : String(cause);
  return new TargetError("cluster", `${what}: no answer from ${server} (${message}); is the cluster up?`, {
    retriable: true,
    cause,
  });
}

/** The error for a call that somebody, or a time limit, ended. */
export function interrupted(what: string, signal: AbortSignal): TargetError {
  const isLate = signal.reason instanceof DOMException && signal.reason.name === "TimeoutError";
  // Trying again at once would be interrupted as well.
  return new TargetError("cluster", `${what}: ${isLate ? "not done in time" : "interrupted"}`, {
    retriable: false,
    cause: signal.reason,
  });
}

function reasonFrom(error: Error): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : undefined;
  const named = first instanceof Error ? first : error;
  const code = fieldAt(named, "code");
  return named.message === "" ? String(code) : named.message;
}
