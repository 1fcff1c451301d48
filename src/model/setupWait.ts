import { ConvergenceError } from "../base/check.ts";
import type { Uniformised } from "../numerics/uniformised.ts";
import type { SetupServers } from "./setupQueue.ts";

/** Requests behind the tagged one that count: beyond, every server is on or in start. */
export const mostBehind = (k: number, on: number): number => Math.max(0, k - 1 - on);

/**
 * The wait of a tagged request at servers with set-up, as the exit of a chain over (servers on, place in line, requests
 * behind), jump by jump.
 *
 * The place only falls, the others only rise. So the chances are kept in one array, in which every state is overwritten
 * before those it goes to are; places and numbers behind that hold nothing any more are not visited.
 *
 * @param arrivals P(an arrival finds i servers on and becomes the p-th in line), as [i][p]; row i reaches at least to
 *   the last place of row i − 1 less one
 * @throws {ConvergenceError} if there are too many states and jumps
 */
export function setupWait(servers: SetupServers, arrivals: readonly (readonly number[])[]): Uniformised {
  const blocks = blocksOf(servers, arrivals);
  const rate = blocks.reduce((most, { fastest }) => Math.max(most, fastest), servers.serviceRate);
  const last = blocks.at(-1)!;
  const empty = last.start + last.top * last.width;
  // Behind the states, a row in which nobody ever is.
  const chances = new Float64Array(empty + servers.servers + 1);
  for (const [i, { start, width, top }] of blocks.entries()) {
    for (let p = 1; p <= top; p++) chances[start + (p - 1) * width] = arrivals[i]![p]!;
  }
  const few = new Float64Array(servers.servers + 1);
  few[0] = 1;
  const survival = [chances.reduce((sum, chance) => sum + chance, 0)];
  for (let least = 0, work = 0; survival.at(-1)! > smallest; least = leastBehind(few, servers.arrivalRate / rate)) {
    if (work > mostWork) {
      throw new ConvergenceError("setupWait", { iterations: survival.length, residual: survival.at(-1)! });
    }
    let alive = 0;
    for (let i = blocks.length - 1; i >= 0; i--) {
      const block = blocks[i]!;
      alive += jump(chances, servers, { block, below: blocks[i - 1], i, least, rate, empty });
      work += overhead + block.top * Math.max(1, block.width - least);
    }
    survival.push(alive);
  }
  return { rate, survival: Float64Array.from(survival) };
}

/** The states with equally many servers on: the last place still held, and where they begin. */
interface Block {
  readonly start: number;
  /** States a place. */
  readonly width: number;
  readonly fastest: number;
  top: number;
}

/** Where to stop. */
const smallest = 1e-13;
/** Chances dropped at once: some ten thousand times that, they stay below 1e-15. */
const negligible = 1e-20;
/** States times jumps. */
const mostWork = 2e8;
/** What a block costs beside its states, in states. */
const overhead = 10;

function blocksOf(
  { arrivalRate, serviceRate, setupRate, servers: k }: SetupServers,
  arrivals: readonly (readonly number[])[],
): Block[] {
  let start = 0;
  return arrivals.map((places, i) => {
    const top = places.length - 1;
    const width = mostBehind(k, i) + 1;
    const startsAt = (behind: number): number => Math.min(top + behind, k - i) * setupRate;
    const joined = width > 1 ? arrivalRate + startsAt(width - 2) : 0;
    const fastest = top === 0 ? 0 : i * serviceRate + Math.max(joined, startsAt(width - 1));
    const block = { start, width, top, fastest };
    start += top * width;
    return block;
  });
}

/** One jump of the states with i servers on; returns the chance of being in one of them after it. */
function jump(
  chances: Float64Array,
  { arrivalRate, serviceRate, setupRate, servers: k }: SetupServers,
  { block, below, i, least, rate, empty }: Where,
): number {
  const { start, width, top: filled } = block;
  const [join, serve, begin] = [arrivalRate / rate, (i * serviceRate) / rate, setupRate / rate];
  const last = width - 1;
  block.top = Math.max(filled, (below?.top ?? 0) - 1);
  let alive = 0;
  for (let p = 1; p <= block.top; p++) {
    const here = start + (p - 1) * width;
    const further = p < filled ? here + width : empty;
    const started = below !== undefined && p < below.top ? below.start + p * below.width : empty;
    for (let b = last; b >= Math.min(least, last); b--) {
      const stay = 1 - serve - Math.min(p + b, k - i) * begin - (b < last ? join : 0);
      let chance =
        chances[here + b]! * stay +
        chances[further + b]! * serve +
        chances[started + b]! * Math.min(p + 1 + b, k - i + 1) * begin;
      if (b === last && i < k) chance += chances[started + width]! * Math.min(p + 1 + width, k - i + 1) * begin;
      if (b > least) chance += chances[here + b - 1]! * join;
      chances[here + b] = chance;
      alive += chance;
    }
  }
  for (; block.top > 0; block.top--) {
    const row = chances.subarray(start + (block.top - 1) * width, start + block.top * width);
    if (row.reduce((sum, chance) => sum + chance, 0) >= negligible) break;
    row.fill(0);
  }
  return alive;
}

interface Where {
  readonly block: Block;
  /** With a server less on. */
  readonly below: Block | undefined;
  readonly i: number;
  /** Fewer than this are behind with no chance worth counting. */
  readonly least: number;
  readonly rate: number;
  /** Where a row begins in which nobody ever is. */
  readonly empty: number;
}

/**
 * How many are behind at least, unless all that count are: each jump adds one with the same chance, so their number is
 * binomial.
 *
 * @param few P(n jumps added b), overwritten for one jump more
 */
function leastBehind(few: Float64Array, share: number): number {
  for (let b = few.length - 1; b > 0; b--) few[b] = few[b]! * (1 - share) + few[b - 1]! * share;
  few[0]! *= 1 - share;
  let least = 0;
  for (let chance = few[0]!; chance < negligible && least < few.length - 1; chance += few[least]!) least++;
  return least;
}
