import { check } from "../base/check.ts";
import type { PerSecond } from "../base/units.ts";
import { type Matrix, rowTimes } from "../numerics/matrix.ts";
import { stationary } from "../numerics/stationary.ts";
import { timesBeforeExit } from "../numerics/timesBeforeExit.ts";

/** Servers that are switched on when work waits: all times exponential. */
export interface SetupServers {
  readonly arrivalRate: PerSecond;
  /** Of one server. */
  readonly serviceRate: PerSecond;
  /** Of one start. */
  readonly setupRate: PerSecond;
  /** At which an idle server goes off; Infinity: at once. */
  readonly offRate: PerSecond;
  readonly servers: number;
}

/** The stationary law over (servers on, requests present). */
export interface SetupQueue {
  /** levels[j][i]: P(j present, i on), for j = 0 … k. */
  readonly levels: readonly (readonly number[])[];
  /** Level k + n is levels[k]·Rⁿ; upper triangular. */
  readonly R: Matrix;
  readonly meanPresent: number;
  readonly meanOn: number;
  readonly meanStarting: number;
  readonly meanIdle: number;
  /** An arrival finds an idle server. */
  readonly noWait: number;
  /** An arrival starts a server. */
  readonly triggered: number;
}

/**
 * The stationary law of M/M/k/setup with delayed off: a server in start for every waiting request while servers are
 * off, surplus starts called off, idle servers switched off after an exponential time.
 *
 * With j ≥ k present the servers on only grow, so R is upper triangular and its entries follow one from another; the
 * levels below k are eliminated one by one. O(k⁴) time: about 30 ms at k = 50.
 *
 * @throws {RangeError} if a rate is not positive or the offered load is not below `servers`
 * @see Gandhi, Doroudi, Harchol-Balter & Scheller-Wolf, Exact analysis of the M/M/k/setup class of Markov chains via
 *   recursive renewal reward, QUESTA 77 (2014) 177
 */
export function setupQueue(servers: SetupServers): SetupQueue {
  checkServers(servers);
  const { arrivalRate: lambda, serviceRate: mu, setupRate: alpha, servers: k } = servers;
  const R = rateMatrix(servers);
  // From the top: how often level j is visited for a visit to level j − 1.
  const climbs: Matrix[] = [];
  let above: Matrix = R.map((row) => row.map((value, j) => value * j * mu));
  for (let j = k; j >= 1; j--) {
    const climb = climbTo(servers, j, above);
    climbs[j] = climb;
    above = climb.map((row) => downFrom(servers, j, row));
  }
  const levels: number[][] = [stationary(levelRates(servers, 0, above))];
  for (let j = 1; j <= k; j++) levels.push(rowTimes(levels[j - 1]!, climbs[j]!));
  const tail = summedTail(levels[k]!, R);
  const total = levels.slice(0, k).reduce((sum, row) => sum + sumOf(row), 0) + sumOf(tail.mass);
  return figures(
    { lambda, alpha, k },
    levels.map((row) => row.map((value) => value / total)),
    R,
  );
}

function figures(
  { k }: { readonly lambda: number; readonly alpha: number; readonly k: number },
  levels: readonly (readonly number[])[],
  R: Matrix,
): SetupQueue {
  const tail = summedTail(levels[k]!, R);
  let meanPresent = k * sumOf(tail.mass) + sumOf(tail.extra);
  let meanOn = 0;
  let meanStarting = 0;
  let meanIdle = 0;
  let noWait = 0;
  let triggered = 0;
  const count = (p: number, i: number, j: number): void => {
    meanOn += p * i;
    meanStarting += p * Math.min(Math.max(0, j - i), k - i);
    meanIdle += p * Math.max(0, i - j);
    if (j < i) noWait += p;
    else if (j < k) triggered += p;
  };
  for (let j = 0; j < k; j++) {
    meanPresent += j * sumOf(levels[j]!);
    for (const [i, p] of levels[j]!.entries()) count(p, i, j);
  }
  for (const [i, p] of tail.mass.entries()) count(p, i, k);
  return { levels, R, meanPresent, meanOn, meanStarting, meanIdle, noWait, triggered };
}

/** Σ Rⁿ and Σ n·Rⁿ applied to the level k. */
function summedTail(level: readonly number[], R: Matrix): { mass: number[]; extra: number[] } {
  // Forward substitution of x·(I − R) = b: R is upper triangular.
  const over = (b: readonly number[]): number[] => {
    const x: number[] = [];
    for (let j = 0; j < b.length; j++) {
      let value = b[j]!;
      for (let i = 0; i < j; i++) value += x[i]! * R[i]![j]!;
      x.push(value / (1 - R[j]![j]!));
    }
    return x;
  };
  const mass = over(level);
  return { mass, extra: over(rowTimes(mass, R)) };
}

/** The minimal solution of λI + R·A1 + R²·A2 = 0, entry by entry from the diagonal; positive terms only. */
function rateMatrix({ arrivalRate: lambda, serviceRate: mu, setupRate: alpha, servers: k }: SetupServers): Matrix {
  const R = Array.from({ length: k + 1 }, () => new Array<number>(k + 1).fill(0));
  const larger: number[] = [];
  for (let i = 0; i <= k; i++) {
    const out = lambda + i * mu + (k - i) * alpha;
    if (i === k) {
      R[i]![i] = lambda / (k * mu);
      larger.push(1);
      continue;
    }
    // The two roots of iμ·r² − out·r + λ; the smaller one from the larger, without cancellation.
    const root = out + Math.sqrt((out - 2 * Math.sqrt(lambda * i * mu)) * (out + 2 * Math.sqrt(lambda * i * mu)));
    R[i]![i] = (2 * lambda) / root;
    larger.push(i === 0 ? Infinity : root / (2 * i * mu));
  }
  for (let width = 1; width <= k; width++) {
    for (let i = 0; i + width <= k; i++) {
      const j = i + width;
      let inflow = R[i]![j - 1]! * (k - j + 1) * alpha;
      for (let l = i + 1; l < j; l++) inflow += R[i]![l]! * R[l]![j]! * j * mu;
      R[i]![j] = inflow / (j * mu * (larger[j]! - R[i]![i]!));
    }
  }
  return R;
}

/** Servers that can be on with j present: off at once, none idles. */
const phases = ({ offRate, servers: k }: SetupServers, j: number): number =>
  (offRate === Infinity ? Math.min(j, k) : k) + 1;

/** The rates within level j ≤ k, with what comes back from above. */
function levelRates(servers: SetupServers, j: number, above: Matrix): number[][] {
  const { setupRate: alpha, offRate, servers: k } = servers;
  const m = phases(servers, j);
  return Array.from({ length: m }, (_, i) => {
    const row = Array.from({ length: m }, (_, to) => above[i]?.[to] ?? 0);
    const starting = Math.min(Math.max(0, j - i), k - i) * alpha;
    const off = offRate === Infinity ? 0 : Math.max(0, i - j) * offRate;
    if (starting > 0) row[i + 1]! += starting;
    if (off > 0) row[i - 1]! += off;
    return row;
  });
}

/** [i][to]: mean visits of (j present, `to` on) for a visit of (j − 1 present, i on). */
function climbTo(servers: SetupServers, j: number, above: Matrix): Matrix {
  const m = phases(servers, j);
  const ends = Float64Array.from({ length: m }, (_, i) => Math.min(i, j) * servers.serviceRate);
  const times = timesBeforeExit(Float64Array.from(levelRates(servers, j, above).flat()), ends);
  return Array.from({ length: phases(servers, j - 1) }, (_, i) =>
    Array.from(times.subarray(i * m, (i + 1) * m), (time) => time * servers.arrivalRate),
  );
}

/** Visits of level j, by the servers on once one of its services has ended. */
function downFrom(servers: SetupServers, j: number, visits: readonly number[]): number[] {
  const below = new Array<number>(phases(servers, j - 1)).fill(0);
  for (const [i, visit] of visits.entries()) {
    below[Math.min(i, below.length - 1)]! += visit * Math.min(i, j) * servers.serviceRate;
  }
  return below;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function checkServers({ arrivalRate, serviceRate, setupRate, offRate, servers }: SetupServers): void {
  const positive = (rate: number): boolean => rate > 0 && rate < Infinity;
  check(positive(arrivalRate), "setupQueue", "arrivalRate must be in (0, ∞)", arrivalRate);
  check(positive(serviceRate), "setupQueue", "serviceRate must be in (0, ∞)", serviceRate);
  check(positive(setupRate), "setupQueue", "setupRate must be in (0, ∞)", setupRate);
  check(offRate > 0, "setupQueue", "offRate must be in (0, ∞]", offRate);
  check(Number.isInteger(servers) && servers >= 1, "setupQueue", "servers must be an integer ≥ 1", servers);
  check(arrivalRate < servers * serviceRate, "setupQueue", "the load must be below servers", arrivalRate / serviceRate);
}
