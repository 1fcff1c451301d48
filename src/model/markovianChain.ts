import type { MarkovianArrivals } from "../arrivals/index.ts";
import type { Distribution } from "../distributions/index.ts";
import { type Complex, divide, multiply, subtract } from "../numerics/complex.ts";
import type { Matrix } from "../numerics/matrix.ts";
import { generalChain } from "./generalChain.ts";
import { reversibleChain } from "./reversibleChain.ts";

/** The chain that sets when events come, in coordinates of its own. */
export interface MarkovianChain {
  /** The column of ones and the stationary row, left·right = 1. */
  readonly right: readonly number[];
  readonly left: readonly number[];
  /** D0 and D0 + D1. */
  readonly withoutEvent: Matrix;
  readonly generator: Matrix;
  /** Events per second in the long run. */
  readonly eventRate: number;
  /** D1·e: the rate of events in each phase. */
  readonly events: readonly number[];
  /** row·D1 */
  toEvent(row: readonly number[]): number[];
  /** D1·column */
  fromEvent(column: readonly number[]): number[];
  /** The x with [sI + D0 + D1·(1 − rest)]·x = D1·e, a function that keeps its work space. */
  solver(): (s: Complex, rest: Complex) => SplitColumn;
  /** E[∫₀ᴰ e^(D0·u) du] and E[e^(D0·D)]·(−D0)⁻¹: how long an empty instance is awake and asleep; null: it never sleeps. */
  visits(keepAlive: Distribution | null): { readonly warm: Matrix; readonly asleep: Matrix };
  /** row·∫P(C > u)·e^(Du) du·D1·e and row·∫E[(C − u)⁺]·e^(Du) du·D1·e: arrivals during a start, and how long they wait for it. */
  during(start: Distribution, row: readonly number[]): { readonly arrivals: number; readonly waiting: number };
  /** The phase while work drains; `work` is the transform of one event's work. */
  drain(work: (s: Complex) => Complex): Drain;
}

/** along·e + beside: near s = 0 and at high load `along` is large, and what multiplies it is known exactly. */
export interface SplitColumn {
  readonly along: Complex;
  readonly beside: readonly Complex[];
}

/**
 * Solves M·x = D1·e, M = sI + D0 + D1·(1 − rest), which is almost singular near 0, by one that is not.
 *
 * With M′ = M + c in one place k of the diagonal, r = M′⁻¹·e and y = M′⁻¹·D1·e: M·e = s·e − rest·D1·e, so that u = s·r − rest·y
 * is M′⁻¹·M·e, and x = y + (y_k/u_k)·(e − u).
 *
 * @see Sherman & Morrison, Ann. Math. Stat. 21 (1950) 124
 */
export function splitSolution(
  { s, rest, place }: { readonly s: Complex; readonly rest: Complex; readonly place: number },
  r: readonly Complex[],
  y: readonly Complex[],
): SplitColumn {
  const u = r.map((value, i) => subtract(multiply(s, value), multiply(rest, y[i]!)));
  const along = divide(y[place]!, u[place]!);
  return { along, beside: y.map((value, i) => subtract(value, multiply(along, u[i]!))) };
}

/** The phase while work drains: the generator Q = D0 + ∫ D1 dH(x) e^(Qx), by its eigenvalues −σ and eigenvectors. */
export interface Drain {
  /** σ with positive real part and the eigenvector of each; complex ones in conjugate pairs. Beside them there is 0. */
  readonly roots: readonly DrainRoot[];
  /** f(−Q), f the transform of a time. */
  functionOf(f: (sigma: Complex) => Complex): Matrix;
}

export interface DrainRoot {
  readonly s: Complex;
  readonly vector: readonly Complex[];
}

/** The chain of an arrival process: by real symmetric matrices where it is reversible and events only modulate. */
export const markovianChain = (arrivals: MarkovianArrivals): MarkovianChain =>
  reversibleChain(arrivals) ?? generalChain(arrivals);
