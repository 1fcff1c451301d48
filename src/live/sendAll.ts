import type { Seconds } from "../base/units.ts";
import type { Clock } from "./clock.ts";
import { type OutcomeLog, outcomeKinds } from "./outcomes.ts";
import { type Shard, wholeSchedule } from "./shard.ts";
import type { Prepared, Reply, Target } from "./targets/target.ts";

export interface SendOptions {
  readonly clock: Clock;
  /** The schedule's zero on the clock. */
  readonly zero: Seconds;
  readonly workFactor: number;
  /** The part of the schedule that the log holds; all of it by default. */
  readonly shard?: Shard | undefined;
  /** From the scheduled instant; Infinity where there is none. */
  readonly timeoutSeconds: Seconds;
  /** Above so many requests in flight, further ones are dropped and counted. */
  readonly inFlightMax: number;
  readonly signal?: AbortSignal | undefined;
  /** Called often; cheap to ignore. */
  readonly onSent?: ((sent: number) => void) | undefined;
  /** Called with each row of the log as soon as it has its outcome. */
  readonly onOutcome?: ((row: number) => void) | undefined;
}

/** Requests built in advance, so that none is built between its instant and its send. */
const preparedMax = 256;
/** What building one may take at most; with less time left before an instant, none is built. */
const prepareSeconds = 50e-6;
/** Requests sent without a turn of the event loop when behind; then answers are read. */
const burst = 32;

const droppedCode = outcomeKinds.indexOf("dropped");
const codeOf = Object.fromEntries(outcomeKinds.map((kind, code) => [kind, code])) as Readonly<Record<string, number>>;

/**
 * Sends a whole schedule at its instants, whatever the answers do (open loop), and fills the log.
 *
 * Latency runs from the scheduled instant, not from the send, so a stall of this process or of the target is not lost
 * (no coordinated omission); how late each send was is a column of its own. Resolves when every request sent has an
 * outcome or when interrupted; then requests in flight stay `unsent`.
 */
export async function sendAll(target: Target, log: OutcomeLog, options: SendOptions): Promise<void> {
  const { clock, zero, signal } = options;
  const flight = new Flight(log, options);
  const ahead = preparer(target, log, options);
  let withoutTurn = 0;

  for (let i = 0; i < log.length && signal?.aborted !== true; i++) {
    const due = zero + log.at[i]!;
    const prepared = ahead(i, due - prepareSeconds);
    if (clock.now() < due) {
      await clock.sleepUntil(due, signal);
      withoutTurn = 0;
    } else if (++withoutTurn >= burst) {
      await clock.sleepUntil(clock.now(), signal);
      withoutTurn = 0;
    }
    if (signal?.aborted) break;
    if (flight.size >= options.inFlightMax) {
      log.outcome[i] = droppedCode;
      options.onOutcome?.(i);
    } else flight.send(target, prepared, { row: i, due });
    options.onSent?.(i + 1);
  }
  await flight.landed();
}

/** Returns request i, built earlier if there was time, and uses the time until `until` to build those that follow. */
function preparer(target: Target, log: OutcomeLog, { clock, workFactor, shard = wholeSchedule }: SendOptions) {
  const queue: Prepared[] = [];
  let next = 0;
  const build = (): void => {
    const index = shard.index + next * shard.of;
    queue.push(target.prepare({ index, atSeconds: log.at[next]!, workSeconds: log.work[next]! * workFactor }));
    next++;
  };
  return (index: number, until: Seconds): Prepared => {
    if (next === index) build();
    const prepared = queue.shift()!;
    while (queue.length < preparedMax && next < log.length && clock.now() < until) build();
    return prepared;
  };
}

/** The requests in flight: who gives up on them, and when the last has landed. */
class Flight {
  readonly #log: OutcomeLog;
  readonly #options: SendOptions;
  readonly #giveUps = new Map<number, () => void>();
  /** Ends waits of its own when the last request has landed or the replay is interrupted. */
  readonly #over = new AbortController();
  #watching = false;
  #sentAll = false;
  #resolve: () => void = () => {};

  constructor(log: OutcomeLog, options: SendOptions) {
    this.#log = log;
    this.#options = options;
  }

  get size(): number {
    return this.#giveUps.size;
  }

  send(target: Target, prepared: Prepared, { row, due }: { readonly row: number; readonly due: Seconds }): void {
    let answered = false;
    this.#log.lateness[row] = Math.max(this.#options.clock.now() - due, 0);
    const giveUp = target.send(prepared, (reply) => {
      answered = true;
      this.#land(row, reply);
    });
    if (answered) return;
    this.#giveUps.set(row, giveUp);
    void this.#watch();
  }

  /** Resolves when nothing is in flight any more; at once when interrupted. */
  async landed(): Promise<void> {
    this.#sentAll = true;
    const { signal } = this.#options;
    if (this.size > 0 && signal?.aborted !== true) {
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
        signal?.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    this.#over.abort();
    for (const giveUp of this.#giveUps.values()) giveUp();
    this.#giveUps.clear();
  }

  #land(index: number, reply: Reply): void {
    const { clock, zero } = this.#options;
    const log = this.#log;
    // A clock that was set back would have the answer before the request.
    log.latency[index] = Math.max(clock.now() - zero - log.at[index]!, 0);
    log.outcome[index] = codeOf[reply.outcome]!;
    log.status[index] = reply.status ?? 0;
    log.instance[index] = log.instanceIndex(reply.instance ?? "");
    log.workDone[index] = reply.workDoneSeconds ?? Number.NaN;
    log.start[index] = reply.startSeconds ?? Number.NaN;
    log.compute[index] = reply.compute?.seconds ?? Number.NaN;
    log.computeWithin[index] = reply.compute?.withinSeconds ?? Number.NaN;
    if (reply.instanceStarted !== undefined) {
      log.instanceStarted[index] = reply.instanceStarted - zero;
      log.cold[index] = log.instanceStarted[index]! > log.at[index]! ? 1 : 0;
    }
    this.#options.onOutcome?.(index);
    this.#giveUps.delete(index);
    if (this.#sentAll && this.size === 0) this.#resolve();
  }

  /** One wait for the oldest request's deadline at a time: deadlines come in the order of the sends. */
  async #watch(): Promise<void> {
    const { clock, zero, timeoutSeconds } = this.#options;
    if (this.#watching || timeoutSeconds === Infinity) return;
    this.#watching = true;
    while (this.size > 0 && !this.#over.signal.aborted) {
      const [index, giveUp] = this.#giveUps.entries().next().value!;
      const deadline = zero + this.#log.at[index]! + timeoutSeconds;
      if (clock.now() < deadline) {
        await clock.sleepUntil(deadline, this.#over.signal);
        continue;
      }
      giveUp();
      this.#land(index, { outcome: "timeout" });
    }
    this.#watching = false;
  }
}
