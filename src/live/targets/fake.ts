import type { Seconds } from "../../base/units.ts";
import type { VirtualClock } from "../virtualClock.ts";
import type { Prepared, Reply, Target } from "./target.ts";

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
export function fakeTarget(options: FakeOptions): Target {
  const { clock, slots = 1, coldStartSeconds = 0, keepAliveSeconds = Infinity, networkSeconds = 0 } = options;
  const waiting: Waiting[] = [];
  let state: "off" | "starting" | "ready" = coldStartSeconds > 0 ? "off" : "ready";
  let readyAt: Seconds = clock.now();
  let inService = 0;
  let starts = 0;
  let emptiedAt: Seconds = clock.now();

  const start = (): void => {
    state = "starting";
    starts++;
    readyAt = clock.now() + coldStartSeconds;
    clock.at(readyAt, () => {
      state = "ready";
      settle();
    });
  };

  const settle = (): void => {
    while (state === "ready" && inService < slots && waiting.length > 0) serve(waiting.shift()!);
  };

  const serve = ({ prepared: { request }, done }: Waiting): void => {
    inService++;
    clock.at(clock.now() + request.workSeconds, () => {
      inService--;
      const reply: Reply = {
        outcome: "completed",
        status: 200,
        instance: `fake-${starts}`,
        instanceStarted: readyAt,
        workDoneSeconds: request.workSeconds,
        startSeconds: coldStartSeconds,
      };
      clock.at(clock.now() + networkSeconds, () => done(reply));
      settle();
      if (inService === 0) idle();
    });
  };

  const idle = (): void => {
    emptiedAt = clock.now();
    if (keepAliveSeconds === Infinity) return;
    const since = emptiedAt;
    clock.at(since + keepAliveSeconds, () => {
      if (state === "ready" && inService === 0 && emptiedAt === since) state = "off";
    });
  };

  return {
    open: () => Promise.resolve(),
    prepare: (request) => ({ request }),
    send: (prepared, done) => {
      let over = false;
      const answer = (reply: Reply): void => {
        if (over) return;
        over = true;
        done(reply);
      };
      const reply = options.instead?.(prepared.request.index);
      const place: Waiting = { prepared, done: answer };
      if (reply === undefined) {
        waiting.push(place);
        if (state === "off") start();
        settle();
      } else {
        clock.at(clock.now() + networkSeconds, () => answer(reply));
      }
      return () => {
        over = true;
        const at = waiting.indexOf(place);
        if (at >= 0) waiting.splice(at, 1);
      };
    },
    close: () => Promise.resolve({}),
  };
}
