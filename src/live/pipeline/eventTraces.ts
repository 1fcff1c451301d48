import type { Seconds } from "../../base/units.ts";
import { readTraceparent, spanIdOf } from "../otlp/traceContext.ts";
import type { Span } from "../otlp/tracesData.ts";
import type { Result } from "./result.ts";
import { topics } from "./topics.ts";

/** Results whose traces are told after the run. */
export interface EventTraces {
  /** Share of all events whose traces are recorded, in [0, 1]. */
  readonly share: number;
  /** Keeps a result that was collected just now, unless there is no room or its trace is not recorded. */
  add(result: Result, collected: Seconds): void;
  /** Results that found no room. */
  readonly dropped: number;
  /** Made as they are asked for. */
  spans(): Iterable<Span>;
}

/** The steps that have an id of their own; those of a target carry its name too. */
export const steps = {
  generate: "generate",
  aggregate: "aggregate",
  publish: "publish",
  dispatch: (target: string) => `dispatch ${target}`,
  call: (target: string) => `call ${target}`,
  serve: (target: string) => `serve ${target}`,
  collect: (target: string) => `collect ${target}`,
} as const;

/**
 * Keeps results while the pipeline runs, which costs it nothing more, and makes spans of their recorded instants afterwards.
 *
 * @param room results that are kept at most; what comes later is counted as dropped
 */
export function eventTraces({
  share = 1,
  room = 50_000,
}: {
  readonly share?: number;
  readonly room?: number;
} = {}): EventTraces {
  const kept: { readonly result: Result; readonly collected: Seconds }[] = [];
  let dropped = 0;
  return {
    share,
    get dropped() {
      return dropped;
    },
    add: (result, collected) => {
      if (readTraceparent(result.traceparent)?.isSampled !== true) return;
      if (kept.length >= room) dropped++;
      else kept.push({ result, collected });
    },
    *spans() {
      // What several targets have in common is told once.
      const told = new Set<number>();
      for (const { result, collected } of kept) {
        const { traceId } = readTraceparent(result.traceparent)!;
        if (!told.has(result.index)) yield* sharedSpans(traceId, result);
        told.add(result.index);
        yield* targetSpans(traceId, result, collected);
      }
    },
  };
}

const kafka = (topic: string, operation: "send" | "process") => ({
  "messaging.system": "kafka",
  "messaging.operation.type": operation,
  "messaging.destination.name": topic,
});

/** From the scheduled instant to the topic that the trigger reads. */
function sharedSpans(traceId: string, { run, index, stamps }: Result): readonly Span[] {
  const id = (step: string) => spanIdOf(traceId, step);
  const event = { "coldcast.run": run, "coldcast.index": index };
  const enriched = stamps.enriched ?? stamps.published;
  const appended = stamps.appended ?? enriched;
  return [
    {
      traceId,
      spanId: id(steps.generate),
      service: "coldcast-generator",
      name: `send ${topics.raw}`,
      kind: "producer",
      from: stamps.due,
      to: appended,
      attributes: { ...event, ...kafka(topics.raw, "send"), "coldcast.lateness_seconds": stamps.sent - stamps.due },
    },
    {
      traceId,
      spanId: id(steps.aggregate),
      parentSpanId: id(steps.generate),
      service: "coldcast-aggregator",
      name: `process ${topics.raw}`,
      kind: "consumer",
      from: appended,
      to: enriched,
      attributes: { ...event, ...kafka(topics.raw, "process") },
    },
    {
      traceId,
      spanId: id(steps.publish),
      parentSpanId: id(steps.aggregate),
      service: "coldcast-aggregator",
      name: `send ${topics.enriched}`,
      kind: "producer",
      from: enriched,
      to: stamps.published,
      attributes: { ...event, ...kafka(topics.enriched, "send") },
    },
  ];
}

/** From there through one target to the collector. */
function targetSpans(traceId: string, result: Result, collected: Seconds): readonly Span[] {
  const { target, outcome, status, attempts, stamps, instance, instanceStarted, workDoneSeconds } = result;
  const id = (step: string) => spanIdOf(traceId, step);
  const event = { "coldcast.run": result.run, "coldcast.index": result.index, "coldcast.target": target };
  const error = outcome === "completed" ? undefined : outcome;
  const { read, dispatched, answered } = stamps;
  const spans: Span[] = [
    {
      traceId,
      spanId: id(steps.dispatch(target)),
      parentSpanId: id(steps.publish),
      service: "coldcast-trigger",
      name: `process ${topics.enriched}`,
      kind: "consumer",
      from: read,
      to: answered,
      attributes: { ...event, ...kafka(topics.enriched, "process"), "coldcast.attempts": attempts },
      error,
    },
    {
      traceId,
      spanId: id(steps.call(target)),
      parentSpanId: id(steps.dispatch(target)),
      service: "coldcast-trigger",
      name: "POST",
      kind: "client",
      from: dispatched,
      to: answered,
      attributes: {
        ...event,
        "http.request.method": "POST",
        ...(status === 0 ? {} : { "http.response.status_code": status }),
        ...(error === undefined ? {} : { "error.type": error }),
      },
      error,
    },
    {
      traceId,
      spanId: id(steps.collect(target)),
      parentSpanId: id(steps.dispatch(target)),
      service: "coldcast-collector",
      name: `process ${topics.metrics}`,
      kind: "consumer",
      from: answered,
      to: collected,
      attributes: { ...event, ...kafka(topics.metrics, "process") },
    },
  ];
  if (workDoneSeconds === null) return spans;
  // The function says how long it worked, not when: it is put into the middle of the call.
  const around = Math.max(answered - dispatched - workDoneSeconds, 0) / 2;
  spans.push({
    traceId,
    spanId: id(steps.serve(target)),
    parentSpanId: id(steps.call(target)),
    service: target,
    name: "POST",
    kind: "server",
    from: dispatched + around,
    to: answered - around,
    attributes: {
      ...event,
      "coldcast.placed": "in the middle of the call: the function tells how long, not when",
      ...(instance === null ? {} : { "service.instance.id": instance }),
      ...(instanceStarted === null ? {} : { "coldcast.cold": instanceStarted > stamps.due }),
    },
  });
  return spans;
}
