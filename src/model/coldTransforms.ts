import type { Batch } from "../arrivals/index.ts";
import type { TransformPart } from "../distributions/index.ts";
import { add, type Complex, complex, divide, multiply, scale, subtract } from "../numerics/complex.ts";
import type { ColdQueue } from "./coldQueue.ts";
import { transformAt, weightedByItself } from "./law.ts";

/** The transforms of one event's work at one s. */
export interface EventWork {
  /** One service, B*. */
  readonly b: Complex;
  /** The whole batch, H* = X(B*). */
  readonly h: Complex;
  /** The rest of a request's batch when it is first, H* / B*. */
  readonly others: Complex;
  /** The work ahead in a request's own batch, K* = (1 − H*)/(m(1 − B*)). */
  readonly ahead: Complex;
  /** (K* − 1/m) / B*: what is ahead of a request that is not first, one service short. */
  readonly laterInBatch: Complex;
}

export function eventWork(batch: Batch, service: readonly TransformPart[], s: Complex): EventWork {
  const b = transformAt(service, s);
  const h = batch.generating(b);
  const alone = batch.probability(1);
  const others = quotient(h, b, alone);
  if (alone === 1) return { b, h: b, others: complex(1), ahead: complex(1), laterInBatch: complex(0) };
  const below = complex(1 - b.re, -b.im);
  const ahead =
    below.re === 0 && below.im === 0 ? complex(1) : divide(complex(1 - h.re, -h.im), scale(below, batch.mean));
  const first = 1 / batch.mean;
  return { b, h, others, ahead, laterInBatch: quotient(subtract(ahead, complex(first)), b, (1 - alone) * first) };
}

/** What a queue model adds: the waits before a warm start and in a busy period that began cold. */
export interface Waits {
  readonly work: EventWork;
  /** Of requests that find the instance awake (empty or busy, but for the part of `busyCold`). */
  readonly beforeWarm: Complex;
  /** To be multiplied by the start's transform: work left in a busy period that began cold. */
  readonly busyCold: Complex;
}

/**
 * The transforms of sojourn and own work, in the parts that the start's transform multiplies.
 *
 * @param trigger P(an event finds the instance asleep)
 */
export function coldTransforms(
  waits: (s: Complex) => Waits,
  {
    service,
    batch,
    trigger,
  }: { readonly service: readonly TransformPart[]; readonly batch: Batch; readonly trigger: number },
): Pick<ColdQueue, "sojourn" | "ownWork"> {
  const at = memoised(waits);
  const weighted = weightedByItself(service);
  return {
    sojourn: {
      warm: (s) => multiply(at(s).work.b, at(s).beforeWarm),
      cold: (s) => add(multiply(at(s).work.b, at(s).busyCold), scale(at(s).work.ahead, trigger)),
    },
    ownWork: {
      warm: (s) => multiply(transformAt(weighted, s), at(s).beforeWarm),
      cold: (s) => multiply(transformAt(weighted, s), add(at(s).busyCold, scale(at(s).work.laterInBatch, trigger))),
      first: trigger / batch.mean,
    },
  };
}

/** a/b, or its limit where b has underflowed. */
const quotient = (a: Complex, b: Complex, limit: number): Complex =>
  b.re === 0 && b.im === 0 ? complex(limit) : divide(a, b);

/** Remembers the last argument: the warm and the cold part are asked for the same s. */
function memoised<T>(f: (s: Complex) => T): (s: Complex) => T {
  let re = Number.NaN;
  let im = Number.NaN;
  let value: T;
  return (s) => {
    if (s.re !== re || s.im !== im) {
      value = f(s);
      re = s.re;
      im = s.im;
    }
    return value;
  };
}
