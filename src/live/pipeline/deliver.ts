import type { Seconds } from "../../base/units.ts";
import type { Clock } from "../clock.ts";
import { handedOn } from "../otlp/traceContext.ts";
import type { Reply, Target } from "../targets/target.ts";
import type { CameraEvent } from "./cameraEvent.ts";
import { steps } from "./eventTraces.ts";
import type { Result } from "./result.ts";
import type { Passport } from "./stamps.ts";
import { toUnix, unixSeconds } from "./unixClock.ts";

export interface DeliveryOptions {
  readonly targets: ReadonlyMap<string, Target>;
  /** What each target makes of the event's work. */
  readonly workFactors: ReadonlyMap<string, number>;
  readonly retry: {
    /** Sends in all, at least 1. */
    readonly attempts: number;
    /** Before the second send; twice as long before each further one. */
    readonly backoff: Seconds;
  };
  /** A send without an answer is given up after so long. */
  readonly timeout: Seconds;
  readonly clock: Clock;
}

/** Answers that another send may change; the others are final. */
const passing: readonly string[] = ["timeout", "rejected", "connection", "reset", "http5xx"];

export interface Delivery {
  readonly target: string;
  readonly event: CameraEvent;
  readonly passport: Passport;
  /** When the broker had the enriched event, Unix seconds. */
  readonly published: Seconds;
  /** When the trigger had it. */
  readonly read: Seconds;
  readonly options: DeliveryOptions;
}

/** Sends until an answer is final or the attempts are used up. */
export async function deliver({ target: name, event, passport, published, read, options }: Delivery): Promise<Result> {
  const { clock, retry } = options;
  const target = options.targets.get(name)!;
  const workSeconds = event.workSeconds * (options.workFactors.get(name) ?? 1);
  let wait = retry.backoff;
  const dispatched = unixSeconds();
  for (let attempts = 1; ; attempts++) {
    const reply = await sendOnce(target, { name, event, passport, workSeconds }, options);
    const answered = unixSeconds();
    if (reply.outcome === "completed" || !passing.includes(reply.outcome) || attempts >= retry.attempts) {
      return {
        kind: "result",
        run: passport.run,
        index: passport.index,
        target: name,
        traceparent: passport.traceparent,
        outcome: reply.outcome,
        status: reply.status ?? 0,
        attempts,
        stamps: {
          due: passport.due,
          sent: passport.sent,
          appended: passport.appended ?? null,
          enriched: passport.enriched ?? null,
          published,
          read,
          dispatched,
          answered,
        },
        instance: reply.instance ?? null,
        instanceStarted: reply.instanceStarted === undefined ? null : toUnix(reply.instanceStarted),
        startSeconds: reply.startSeconds ?? null,
        workDoneSeconds: reply.workDoneSeconds ?? null,
      };
    }
    await clock.sleepUntil(clock.now() + wait);
    wait *= 2;
  }
}

function sendOnce(
  target: Target,
  {
    name,
    event,
    passport: { index, traceparent },
    workSeconds,
  }: Pick<Delivery, "event" | "passport"> & { readonly name: string; readonly workSeconds: Seconds },
  { clock, timeout }: DeliveryOptions,
): Promise<Reply> {
  return new Promise((resolve) => {
    const answered = new AbortController();
    const finish = (reply: Reply): void => {
      answered.abort();
      resolve(reply);
    };
    const prepared = target.prepare({
      index,
      atSeconds: 0,
      workSeconds,
      event: {
        id: event.id,
        data: JSON.stringify(event),
        traceparent: handedOn(traceparent, steps.call(name)),
        origin: handedOn(traceparent, steps.generate),
      },
    });
    const giveUp = target.send(prepared, finish);
    void clock.sleepUntil(clock.now() + timeout, answered.signal).then(() => {
      if (answered.signal.aborted) return;
      giveUp();
      finish({ outcome: "timeout" });
    });
  });
}
