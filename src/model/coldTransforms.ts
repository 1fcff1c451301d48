import type { Batch } from "../arrivals/index.ts";
import type { Distribution } from "../distributions/index.ts";
import { type Complex, complex, divide, modulus, scale, subtract } from "../numerics/complex.ts";
import type { ColdQueue } from "./coldQueue.ts";
import { memoised, transformAt } from "./law.ts";

/** The transforms of one event's work at one s. */
export interface EventWork {
  /** One service, B*. */
  readonly b: Complex;
  /** The whole batch, H* = X(B*). */
  readonly h: Complex;
  /** 1 − H*, which is small where it matters. */
  readonly rest: Complex;
  /** The rest of a request's batch when it is first, H* / B*. */
  readonly others: Complex;
  /** The work ahead in a request's own batch, K* = (1 − H*)/(m(1 − B*)). */
  readonly ahead: Complex;
  /** (K* − 1/m) / B*: what is ahead of a request that is not first, one service short. */
  readonly laterInBatch: Complex;
}

export function eventWork(batch: Batch, service: Distribution, s: Complex): EventWork {
  const b = transformAt(service.transform ?? [], s);
  const difference = complex(1 - b.re, -b.im);
  // Where the difference is not small it has its digits.
  const below = modulus(difference) > 0.5 ? difference : (service.transformRest?.(s) ?? difference);
  const alone = batch.probability(1);
  if (alone === 1) return { b, h: b, rest: below, others: complex(1), ahead: complex(1), laterInBatch: complex(0) };
  const h = batch.generating(b);
  const rest = batch.generatingRest(below);
  const ahead = below.re === 0 && below.im === 0 ? complex(1) : divide(rest, scale(below, batch.mean));
  const first = 1 / batch.mean;
  return {
    b,
    h,
    rest,
    others: quotient(h, b, alone),
    ahead,
    laterInBatch: quotient(subtract(ahead, complex(first)), b, (1 - alone) * first),
  };
}

/** What a queue model adds at one s. */
export interface Waits {
  readonly work: EventWork;
  /** What a request waits behind when it found the instance awake, but for the part of `busyCold`. */
  readonly beforeWarm: Complex;
  /** To be multiplied by the start's transform: work left in a busy period that began cold. */
  readonly busyCold: Complex;
}

/**
 * The waits as functions of s, each asked many times at one s.
 *
 * @param trigger P(an event finds the instance asleep)
 */
export function coldTransforms(waits: (s: Complex) => Waits, trigger: number): ColdQueue["transforms"] {
  const at = memoised(waits);
  return {
    warm: (s) => at(s).beforeWarm,
    cold: (s) => at(s).busyCold,
    first: (s) => scale(at(s).work.ahead, trigger),
    later: (s) => scale(at(s).work.laterInBatch, trigger),
  };
}

/** a/b, or its limit where b has underflowed. */
const quotient = (a: Complex, b: Complex, limit: number): Complex =>
  b.re === 0 && b.im === 0 ? complex(limit) : divide(a, b);
