import { formatDuration, type Seconds } from "../base/units.ts";
import type { TracedInstance, TracedRequest } from "../sim/traceRecorder.ts";

export interface ExplainedTarget {
  readonly target: string;
  readonly kind: string;
  /** What the stages of a pipeline are called. */
  readonly stages?: readonly string[];
}

/** One line of a life: when, and what happened. */
interface Moment {
  readonly at: Seconds;
  readonly what: string;
}

/**
 * One request's life in lines: its arrival, where it waited, the start of the instance that it waited for, service, network and end.
 *
 * @param target name and kind
 * @returns lines that end with a line feed
 */
export function explainText(
  request: TracedRequest,
  target: { readonly target: string; readonly kind: string },
): string {
  const { arrivedAt, parts, outcome } = request;
  const lines = [
    `${target.target} (${target.kind}): request ${request.number}, ${outcome}${parts === null ? "" : `, latency ${formatDuration(sum(parts))}${request.isCold ? ", cold" : ""}`}`,
    ...moments(request, target)
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, what }) => `  ${instant(at).padStart(14)}  ${after(at - arrivedAt).padStart(12)}  ${what}`),
  ];
  if (parts !== null) {
    const shares = Object.entries(parts).filter(([, seconds]) => seconds >= shownSeconds);
    lines.push(
      `  of it ${shares.map(([part, seconds]) => `${part} ${formatDuration(seconds)}`).join(", ") || "nothing"}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function moments(request: TracedRequest, { kind, stages: names = [] }: ExplainedTarget): Moment[] {
  const noun = kind === "knative" || kind === "spinkube" ? "pod" : "instance";
  const { arrivedAt, servedAt, instance, parts, waits, outcome } = request;
  const found: Moment[] = [{ at: arrivedAt, what: "arrives" }];
  for (const { at, where } of waits)
    found.push({ at, what: `waits in ${where}`.replace("in activator", "at activator") });
  if (instance !== null && request.isCold) found.push(...startOf(instance, noun));
  if (parts === null) {
    if (servedAt !== null) found.push({ at: servedAt, what: `begins in ${nameOf(instance, noun)}` });
    found.push({ at: Math.max(arrivedAt, servedAt ?? arrivedAt), what: `fails: ${outcome}` });
    return found;
  }
  if (request.stages !== null) {
    let at = arrivedAt;
    for (const [i, seconds] of request.stages.entries()) {
      at += seconds;
      found.push({ at, what: `leaves ${names[i] ?? `stage ${i + 1}`} after ${formatDuration(seconds)}` });
    }
    return found;
  }
  // A target that tells no more than the parts: the request waits first, and is served at one stretch.
  const end = arrivedAt + parts.cold + parts.queue + parts.start + parts.work;
  const begin = servedAt ?? end - parts.work - parts.start;
  const slowed = end - begin - parts.start - parts.work > 1e-9 ? ", sharing its cores" : "";
  found.push({
    at: begin,
    what: `begins in ${nameOf(instance, noun)}${parts.start > 0 ? ", its own instance first" : ""}`,
  });
  if (parts.start > 0 && slowed === "")
    found.push({ at: begin + parts.start, what: "its instance is there; work begins" });
  found.push({ at: end, what: `work ends${slowed}` });
  if (parts.network > 0) found.push({ at: end + parts.network, what: "answered, network and overhead included" });
  return found;
}

function startOf({ instance, orderedAt, steps, readyAt }: TracedInstance, noun: string): Moment[] {
  const ordered = orderedAt === null ? [] : [{ at: orderedAt, what: `${noun} ${instance} is ordered` }];
  const ended = steps.map(({ step, until }, i) => {
    const took = until - (steps[i - 1]?.until ?? orderedAt ?? until);
    return { at: until, what: `  ${step}: ${formatDuration(took)}` };
  });
  const shown = ended.filter((_, i) => steps[i]!.until > (steps[i - 1]?.until ?? orderedAt ?? 0));
  return [...ordered, ...shown, ...(readyAt === null ? [] : [{ at: readyAt, what: `${noun} ${instance} is ready` }])];
}

const nameOf = (instance: TracedInstance | null, noun: string): string =>
  instance === null ? "the target" : `${noun} ${instance.instance}`;

/** Less is the rounding of differences. */
const shownSeconds = 1e-9;

const sum = (parts: Readonly<Record<string, Seconds>>): Seconds =>
  Object.values(parts).reduce((total, seconds) => total + seconds, 0);

const instant = (seconds: Seconds): string => `${seconds.toFixed(6)} s`;
const after = (seconds: Seconds): string => `${seconds < 0 ? "−" : "+"}${formatDuration(Math.abs(seconds))}`;
