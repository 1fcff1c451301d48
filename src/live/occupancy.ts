import type { Seconds } from "../base/units.ts";

/** Instances over time; plain data, because it crosses from the process that counted. */
export interface Occupancy {
  /** Time averages over the span. */
  readonly starting: number;
  readonly ready: number;
  readonly busy: number;
  /** Fractions of the span: nothing runs; none is ready but one starts; ready without a request; any request. */
  readonly states: { readonly off: number; readonly starting: number; readonly idle: number; readonly busy: number };
  /** How much of the span was seen. */
  readonly spanSeconds: Seconds;
  /** Starts ordered within the span that became ready. */
  readonly starts: number;
  /** Mean number in each step from 0 on. */
  readonly everySeconds: Seconds;
  readonly startingSteps: readonly number[];
  readonly readySteps: readonly number[];
  /** Every instance, in order of its order: how long from the order until ready, and when it was ordered. */
  readonly startSeconds: readonly Seconds[];
  readonly orderedAtSeconds: readonly Seconds[];
}

interface Level {
  readonly starting: number;
  readonly ready: number;
  readonly busy: number;
}

/** Integrates how many instances start, are ready and are busy, as it happens. */
export class OccupancyRecorder {
  readonly #from: Seconds;
  readonly #to: Seconds;
  readonly #every: Seconds;
  #at: Seconds;
  #level: Level;
  readonly #area = { starting: 0, ready: 0, busy: 0 };
  readonly #states = { off: 0, starting: 0, idle: 0, busy: 0 };
  readonly #startingSteps: number[] = [];
  readonly #readySteps: number[] = [];
  readonly #starts: { ordered: Seconds; took: Seconds }[] = [];

  constructor(options: {
    readonly fromSeconds: Seconds;
    readonly toSeconds: Seconds;
    readonly everySeconds?: Seconds;
    readonly level?: Level;
  }) {
    this.#from = options.fromSeconds;
    this.#to = options.toSeconds;
    this.#every = options.everySeconds ?? 1;
    this.#at = 0;
    this.#level = options.level ?? { starting: 0, ready: 0, busy: 0 };
  }

  /** From `atSeconds` (of the schedule) on, so many. */
  change(atSeconds: Seconds, level: Level): void {
    this.#advance(atSeconds);
    this.#level = level;
  }

  /** One instance became ready. */
  started(orderedAtSeconds: Seconds, tookSeconds: Seconds): void {
    this.#starts.push({ ordered: orderedAtSeconds, took: tookSeconds });
  }

  /** The figures, as of the span's end or, when interrupted, of `atSeconds`. */
  report(atSeconds: Seconds): Occupancy {
    this.#advance(atSeconds);
    const covered = Math.max(Math.min(this.#at, this.#to) - this.#from, 0);
    const share = (area: number): number => (covered > 0 ? area / covered : 0);
    const last = Math.min(this.#at, this.#to);
    const perStep = (areas: readonly number[]): number[] =>
      areas.map((area, step) => area / Math.max(Math.min((step + 1) * this.#every, last) - step * this.#every, 1e-9));
    return {
      starting: share(this.#area.starting),
      ready: share(this.#area.ready),
      busy: share(this.#area.busy),
      states: {
        off: share(this.#states.off),
        starting: share(this.#states.starting),
        idle: share(this.#states.idle),
        busy: share(this.#states.busy),
      },
      spanSeconds: covered,
      starts: this.#starts.filter(({ ordered }) => ordered >= this.#from && ordered < this.#to).length,
      everySeconds: this.#every,
      startingSteps: perStep(this.#startingSteps),
      readySteps: perStep(this.#readySteps),
      startSeconds: this.#starts.map(({ took }) => took),
      orderedAtSeconds: this.#starts.map(({ ordered }) => ordered),
    };
  }

  #advance(toSeconds: Seconds): void {
    const { starting, ready, busy } = this.#level;
    const weight = Math.max(Math.min(toSeconds, this.#to) - Math.max(this.#at, this.#from), 0);
    this.#area.starting += weight * starting;
    this.#area.ready += weight * ready;
    this.#area.busy += weight * busy;
    const state = busy > 0 ? "busy" : ready > 0 ? "idle" : starting > 0 ? "starting" : "off";
    this.#states[state] += weight;

    for (let at = Math.max(this.#at, 0); at < Math.min(toSeconds, this.#to); ) {
      const step = Math.floor(at / this.#every + 1e-9);
      const end = Math.min((step + 1) * this.#every, toSeconds, this.#to);
      this.#startingSteps[step] = (this.#startingSteps[step] ?? 0) + starting * (end - at);
      this.#readySteps[step] = (this.#readySteps[step] ?? 0) + ready * (end - at);
      at = end;
    }
    this.#at = Math.max(this.#at, toSeconds);
  }
}
