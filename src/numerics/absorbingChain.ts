import { ConvergenceError, check } from "../base/check.ts";
import type { Uniformised } from "./uniformised.ts";

/**
 * A Markov chain in continuous time with an exit, built transition by transition.
 *
 * Rows are kept in the order in which they are added, all transitions of a state in one go, so that a step of the
 * uniformised chain reads memory in sequence.
 */
export class AbsorbingChain {
  readonly #states: number;
  readonly #rowStart: Int32Array;
  readonly #out: Float64Array;
  #to = new Int32Array(1024);
  #rate = new Float64Array(1024);
  #used = 0;
  #row = -1;

  constructor(states: number) {
    check(Number.isInteger(states) && states >= 1, "AbsorbingChain", "states must be an integer ≥ 1", states);
    this.#states = states;
    this.#rowStart = new Int32Array(states + 1);
    this.#out = new Float64Array(states);
  }

  /**
   * One transition; states in ascending order, each with all its transitions one after another.
   *
   * @param to a state, or −1 for the exit
   */
  add(from: number, to: number, rate: number): void {
    check(from >= this.#row, "AbsorbingChain", "transitions must come in the order of their states", from);
    while (this.#row < from) this.#rowStart[++this.#row] = this.#used;
    if (rate <= 0 || to === from) return;
    this.#out[from]! += rate;
    if (to < 0) return;
    if (this.#used === this.#to.length) this.#grow();
    this.#to[this.#used] = to;
    this.#rate[this.#used++] = rate;
  }

  /** The largest rate out of a state. */
  get fastest(): number {
    return this.#out.reduce((most, rate) => Math.max(most, rate), 0);
  }

  /**
   * P(still in the chain after n jumps) of the chain observed at the jumps of a Poisson process.
   *
   * Only sums of positive terms: errors are a few units in the last place, whatever the chain. A reward earned at a
   * given rate in every state is followed as well: `earned[n]` = Σ over m ≤ n of E[reward rate after m jumps; in the
   * chain after n jumps].
   *
   * @param initial the chances of the states at time 0; they need not sum to 1
   * @param options.rate of the Poisson process, ≥ `fastest`
   * @param options.smallest where to stop: the chance of still being in the chain
   * @param options.mostWork limit of states × jumps
   * @throws {ConvergenceError} if the limit is reached first
   */
  survival(
    initial: Float64Array,
    {
      rate = this.fastest,
      smallest = 1e-15,
      mostWork = 2e8,
      reward,
    }: {
      readonly rate?: number;
      readonly smallest?: number;
      readonly mostWork?: number;
      readonly reward?: Float64Array;
    } = {},
  ): Uniformised & { readonly earned: Float64Array } {
    this.#finish();
    check(rate >= this.fastest && rate < Infinity, "AbsorbingChain", "rate must be at least the fastest", rate);
    let now = Float64Array.from(initial);
    let next = new Float64Array(this.#states);
    let gains: Float64Array = reward === undefined ? empty : now.map((mass, s) => mass * reward[s]!);
    let nextGains: Float64Array = reward === undefined ? empty : new Float64Array(this.#states);
    const survival: number[] = [sumOf(now, 0)];
    const earned: number[] = [sumOf(gains, 0)];
    const jumps = { stay: this.#out.map((out) => 1 - out / rate), jump: this.#rate.map((one) => one / rate) };
    let first = 0;
    for (
      let work = 0;
      survival.at(-1)! > smallest;
      work += (this.#states - first + overhead) * (reward === undefined ? 1 : 2)
    ) {
      if (work > mostWork) {
        throw new ConvergenceError("AbsorbingChain", { iterations: survival.length, residual: survival.at(-1)! });
      }
      const from = first;
      first = this.#step(now, next, { ...jumps, first: from });
      [now, next] = [next, now];
      survival.push(sumOf(now, first));
      if (reward === undefined) continue;
      this.#step(gains, nextGains, { ...jumps, first: from });
      [gains, nextGains] = [nextGains, gains];
      for (let s = first; s < now.length; s++) gains[s]! += now[s]! * reward[s]!;
      earned.push(sumOf(gains, first));
    }
    return { rate, survival: Float64Array.from(survival), earned: Float64Array.from(earned) };
  }

  /** One jump from the first occupied state on: what has left the beginning of a chain that never returns is not looked at again. */
  #step(now: Float64Array, next: Float64Array, { first, stay, jump }: Jumps): number {
    next.fill(0, first);
    const [rowStart, to] = [this.#rowStart, this.#to];
    let occupied = now.length;
    for (let s = first; s < now.length; s++) {
      const mass = now[s]!;
      // Chances below this are dropped: a hundred thousand of them over ten thousand jumps stay below 1e-11.
      if (mass < 1e-20) continue;
      if (s < occupied) occupied = s;
      next[s]! += mass * stay[s]!;
      const end = rowStart[s + 1]!;
      for (let k = rowStart[s]!; k < end; k++) {
        const target = to[k]!;
        if (target < occupied) occupied = target;
        next[target]! += mass * jump[k]!;
      }
    }
    return occupied;
  }

  #finish(): void {
    while (this.#row < this.#states) this.#rowStart[++this.#row] = this.#used;
  }

  #grow(): void {
    const to = new Int32Array(this.#to.length * 2);
    to.set(this.#to);
    this.#to = to;
    const rate = new Float64Array(this.#rate.length * 2);
    rate.set(this.#rate);
    this.#rate = rate;
  }
}

const empty = new Float64Array(0);
/** What a jump costs beside the states, in states. */
const overhead = 100;

/** A jump's chances, and where to begin. */
interface Jumps {
  readonly first: number;
  readonly stay: Float64Array;
  readonly jump: Float64Array;
}

function sumOf(values: Float64Array, first: number): number {
  let sum = 0;
  for (let i = first; i < values.length; i++) sum += values[i]!;
  return sum;
}
