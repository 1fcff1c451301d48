import type { Seconds } from "../base/units.ts";
import type { TraceData, TracedInstance, TracedRequest } from "../sim/traceRecorder.ts";

/** An event of the Trace Event Format, as Perfetto and chrome://tracing read it. */
export interface TraceEvent {
  readonly name: string;
  /** M metadata, b and e the ends of an asynchronous slice, X a whole slice, C a counter, n an instant of an asynchronous slice. */
  readonly ph: "M" | "b" | "e" | "X" | "C" | "n";
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/**
 * Traces as the lines of one JSON file that https://ui.perfetto.dev and chrome://tracing open: per target its requests with their parts, its
 * instances with the steps of their starts, and counters.
 *
 * @see Trace Event Format, https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
export function* traceLines(traces: readonly TraceData[]): Generator<string> {
  yield '{"displayTimeUnit":"ms","traceEvents":[';
  let before: string | undefined;
  for (const [i, trace] of traces.entries()) {
    for (const event of eventsOf(trace, 2 * i + 1)) {
      if (before !== undefined) yield `${before},`;
      before = JSON.stringify(event);
    }
  }
  if (before !== undefined) yield before;
  yield "]}";
}

function* eventsOf(trace: TraceData, pid: number): Generator<TraceEvent> {
  const name = (process: number, text: string): TraceEvent => ({
    name: "process_name",
    ph: "M",
    pid: process,
    tid: 0,
    ts: 0,
    args: { name: text },
  });
  yield name(pid, `${trace.target} (${trace.kind}): requests`);
  yield name(pid + 1, `${trace.target} (${trace.kind}): instances`);
  for (const request of trace.requests) yield* requestEvents(request, pid);
  // A number is used again; lives of one number follow each other on one track.
  for (const instance of trace.instances) yield* instanceEvents(instance, pid + 1, trace.end);
  for (const { at, starting, ready, busy } of trace.gauges) {
    const idle = Math.max(0, ready - busy);
    yield { name: "instances", ph: "C", pid: pid + 1, tid: 0, ts: micros(at), args: { busy, idle, starting } };
  }
}

function* requestEvents(request: TracedRequest, pid: number): Generator<TraceEvent> {
  const { number, parts, arrivedAt, outcome, isCold, instance } = request;
  if (Number.isNaN(arrivedAt)) return;
  const slice = (name: string, from: Seconds, to: Seconds, args?: TraceEvent["args"]): TraceEvent[] => {
    const common = { name, cat: "request", id: String(number), pid, tid: 0 };
    return [
      { ...common, ph: "b", ts: micros(from), ...(args && { args }) },
      { ...common, ph: "e", ts: micros(to) },
    ];
  };
  const latency = parts === null ? 0 : Object.values(parts).reduce((sum, seconds) => sum + seconds, 0);
  const args = { number, outcome, cold: isCold, ...(instance !== null && { instance: instance.instance }) };
  const [begin, end] = slice("request", arrivedAt, arrivedAt + latency, args);
  yield begin!;
  let at = arrivedAt;
  for (const part of ["cold", "queue", "start", "work", "network"] as const) {
    const seconds = parts?.[part] ?? 0;
    if (seconds > 0) yield* slice(part, at, at + seconds);
    at += seconds;
  }
  yield end!;
}

function* instanceEvents(life: TracedInstance, pid: number, end: Seconds): Generator<TraceEvent> {
  const { instance, orderedAt, steps, readyAt, goneAt } = life;
  const slice = (name: string, from: Seconds, to: Seconds): TraceEvent => ({
    name,
    ph: "X",
    cat: "instance",
    pid,
    tid: instance + 1,
    ts: micros(from),
    dur: micros(to) - micros(from),
  });
  const until = goneAt ?? Math.max(end, readyAt ?? 0, orderedAt ?? 0);
  const startsUntil = Math.min(readyAt ?? until, until);
  if (orderedAt !== null) {
    yield slice("starting", orderedAt, startsUntil);
    let from = orderedAt;
    for (const { step, until: ended } of steps) {
      const to = Math.min(ended, startsUntil);
      if (to > from) yield slice(step, from, to);
      from = Math.max(from, to);
    }
  }
  if (readyAt !== null && until > readyAt) yield slice("ready", readyAt, until);
}

/** Whole nanoseconds, so that ends that meet are written alike. */
const micros = (seconds: Seconds): number => Math.round(seconds * 1e9) / 1e3;
