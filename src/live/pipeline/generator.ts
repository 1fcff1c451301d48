import type { Seconds } from "../../base/units.ts";
import { source } from "../../random/source.ts";
import type { Schedule } from "../../scenario/schedule.ts";
import type { Clock } from "../clock.ts";
import type { KafkaMessage, KafkaProducer } from "../kafka/kafka.ts";
import { isAmong, spanIdOf, traceparentOf } from "../otlp/traceContext.ts";
import { cameras } from "./cameras.ts";
import { steps } from "./eventTraces.ts";
import { passportHeaders, sentHeader } from "./stamps.ts";
import { topics } from "./topics.ts";
import { toUnix } from "./unixClock.ts";

export interface GeneratorOptions {
  readonly producer: KafkaProducer;
  readonly clock: Clock;
  /** The schedule's zero on the clock. */
  readonly zero: Seconds;
  /** Tells this run's events from those of others. */
  readonly run: string;
  /** Devices that the events are spread over; null where the arrivals have sources of their own. */
  readonly devices: number | null;
  /** Share of the events whose traces are marked to be recorded, in [0, 1]; default all. */
  readonly traceShare?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onSent?: ((sent: number) => void) | undefined;
}

const togetherMax = 200;

/**
 * Replays a schedule into `camera.raw`, whatever Kafka does (open loop): the device is the key, and each event carries
 * its scheduled instant. What falls due while a send is on its way goes with the next one.
 *
 * @returns how many events Kafka has confirmed
 */
export async function generate(schedule: Schedule, options: GeneratorOptions): Promise<number> {
  const { producer, clock, zero, signal } = options;
  const build = builder(schedule, options);
  const due: KafkaMessage[] = [];
  let confirmed = 0;
  let sending: Promise<void> | null = null;
  let failure: unknown = null;

  const flush = async (): Promise<void> => {
    while (due.length > 0) {
      const batch = due.splice(0);
      await producer.send(topics.raw, batch);
      confirmed += batch.length;
      options.onSent?.(confirmed);
    }
  };
  for (let next = build(); next !== null && signal?.aborted !== true && failure === null; next = build()) {
    const isDue = zero + next.atSeconds <= clock.now();
    // Events that are due already are handed on together, but not so many that nothing else gets its turn.
    if (!isDue || due.length >= togetherMax) await clock.sleepUntil(zero + next.atSeconds, signal);
    if (signal?.aborted) break;
    const sent = String(toUnix(clock.now()));
    due.push({ ...next.message, headers: { ...next.message.headers, [sentHeader]: sent } });
    sending ??= flush()
      .catch((error: unknown) => {
        failure = error;
      })
      .finally(() => {
        sending = null;
      });
  }
  while (sending !== null) await sending;
  if (failure !== null) throw failure;
  return confirmed;
}

/** Hands out one event after the other, each built before its instant. */
function builder(schedule: Schedule, { zero, run, devices, traceShare = 1 }: GeneratorOptions) {
  const cursor = schedule.open();
  const frameOf = cameras(schedule.seed);
  const uniform = source(schedule.seed, "traces");
  const word = () =>
    Math.floor(uniform() * 2 ** 32)
      .toString(16)
      .padStart(8, "0");
  let next = 0;
  return () => {
    if (!cursor.next()) return null;
    const index = next++;
    const { atSeconds, workSeconds, origin } = cursor;
    const at = toUnix(zero + atSeconds);
    const device = `camera-${String(devices === null ? origin : index % devices).padStart(3, "0")}`;
    const event = frameOf({ id: `${run}-${index}`, device, frameSeconds: at, workSeconds });
    const traceId = word() + word() + word() + word();
    const spanId = spanIdOf(traceId, steps.generate);
    const traceparent = traceparentOf({ traceId, spanId, isSampled: isAmong(traceShare, traceId) });
    const message: KafkaMessage = {
      key: device,
      value: Buffer.from(JSON.stringify(event)),
      headers: passportHeaders({ run, index, due: at, sent: at, traceparent }),
    };
    return { message, atSeconds };
  };
}
