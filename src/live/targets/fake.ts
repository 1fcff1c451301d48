import type { Seconds } from "../../base/units.ts";
import type { VirtualClock } from "../virtualClock.ts";
import type { Prepared, Reply, Target, TargetReport } from "./target.ts";

export interface FakeOptions {
  readonly clock: VirtualClock;
  /** Requests served at once; the rest wait in order. Default 1. */
  readonly slots?: number;
  /** From the order of the one instance until it serves; 0 (default): it is always there. */
  readonly coldStartSeconds?: Seconds;
  /** How long the idle instance stays; default for ever. */
  readonly keepAliveSeconds?: Seconds;
  /** Added to each answer. */
  readonly networkSeconds?: Seconds;
  /** Answers in place of the service, such as a failure; undefined where the request is served. */
  readonly instead?: (index: number) => Reply | undefined;
}

interface Waiting {
  readonly prepared: Prepared;
  readonly done: (reply: Reply) => void;
}

/**
 * A target without a world: one instance with slots, a cold start and a keep-alive, on a virtual clock.
 *
 * It keeps the contract of every target, so that what is built on targets can be tested exactly and in no time.
 */
export class FakeTarget implements Target {
  readonly #options: Required<Omit<FakeOptions, "instead">> & Pick<FakeOptions, "instead">;
  readonly #waiting: Waiting[] = [];
  #state: "off" | "starting" | "ready";
  #readyAt: Seconds;
  #emptiedAt: Seconds;
  #inService = 0;
  #starts = 0;

  constructor(options: FakeOptions) {
    this.#options = { slots: 1, coldStartSeconds: 0, keepAliveSeconds: Infinity, networkSeconds: 0, ...options };
    this.#state = this.#options.coldStartSeconds > 0 ? "off" : "ready";
    this.#readyAt = options.clock.now();
    this.#emptiedAt = options.clock.now();
  }

  open(): Promise<void> {
    return Promise.resolve();
  }

  prepare(request: Prepared["request"]): Prepared {
    return { request };
  }

  send(prepared: Prepared, done: (reply: Reply) => void): () => void {
    let over = false;
    const answer = (reply: Reply): void => {
      if (!over) done(reply);
      over = true;
    };
    const reply = this.#options.instead?.(prepared.request.index);
    const place: Waiting = { prepared, done: answer };
    if (reply === undefined) {
      this.#waiting.push(place);
      if (this.#state === "off") this.#start();
      this.#settle();
    } else {
      this.#after(this.#options.networkSeconds, () => answer(reply));
    }
    return () => {
      over = true;
      const at = this.#waiting.indexOf(place);
      if (at >= 0) this.#waiting.splice(at, 1);
    };
  }

  close(): Promise<TargetReport> {
    return Promise.resolve({});
  }

  #after(seconds: Seconds, call: () => void): void {
    const { clock } = this.#options;
    clock.at(clock.now() + seconds, call);
  }

  #start(): void {
    const { clock, coldStartSeconds } = this.#options;
    this.#state = "starting";
    this.#starts++;
    this.#readyAt = clock.now() + coldStartSeconds;
    this.#after(coldStartSeconds, () => {
      this.#state = "ready";
      this.#settle();
    });
  }

  #settle(): void {
    while (this.#state === "ready" && this.#inService < this.#options.slots && this.#waiting.length > 0) {
      this.#serve(this.#waiting.shift()!);
    }
  }

  #serve({ prepared: { request }, done }: Waiting): void {
    this.#inService++;
    this.#after(request.workSeconds, () => {
      this.#inService--;
      const reply: Reply = {
        outcome: "completed",
        status: 200,
        instance: `fake-${this.#starts}`,
        instanceStarted: this.#readyAt,
        workDoneSeconds: request.workSeconds,
        startSeconds: this.#options.coldStartSeconds,
      };
      this.#after(this.#options.networkSeconds, () => done(reply));
      this.#settle();
      if (this.#inService === 0) this.#idle();
    });
  }

  #idle(): void {
    const since = this.#options.clock.now();
    this.#emptiedAt = since;
    if (this.#options.keepAliveSeconds === Infinity) return;
    this.#after(this.#options.keepAliveSeconds, () => {
      if (this.#state === "ready" && this.#inService === 0 && this.#emptiedAt === since) this.#state = "off";
    });
  }
}
