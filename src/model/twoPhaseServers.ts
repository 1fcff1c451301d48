import { ConvergenceError, check } from "../base/check.ts";
import type { PerSecond } from "../base/units.ts";
import { AbsorbingChain } from "../numerics/absorbingChain.ts";
import {
  addMatrices,
  identity,
  type Matrix,
  rowTimes,
  scaleMatrix,
  solve,
  solveRow,
  transpose,
} from "../numerics/matrix.ts";
import { quasiBirthDeath } from "../numerics/quasiBirthDeath.ts";
import { stationary } from "../numerics/stationary.ts";
import { type PhaseType, thenPhases } from "../numerics/thenPhases.ts";
import type { Uniformised } from "../numerics/uniformised.ts";
import type { ServersLaw } from "./markovServers.ts";

/** A service of two exponential phases: hyperexponential (never on to the second) or Erlang-2 (always). */
export interface TwoPhases {
  /** The chance to begin in the first phase. */
  readonly first: number;
  readonly rates: readonly [PerSecond, PerSecond];
  /** The chance that the first phase is followed by the second. */
  readonly onward: number;
}

/**
 * The wait and sojourn in M/PH/k with a service of two phases, first come first served: exact.
 *
 * The state is (requests present, of those in service how many in the first phase). A tagged request that finds n in line
 * waits for n + 1 services to end, followed through the phases by uniformisation. O(k³) time for the stationary law.
 *
 * @throws {RangeError} if the offered load is not below `servers`
 * @throws {ConvergenceError} if the line is too long to be followed
 * @see Neuts, Matrix-geometric solutions in stochastic models (1981), ch. 4
 */
export function twoPhaseServers({
  arrival: lambda,
  service,
  servers: k,
}: {
  readonly arrival: PerSecond;
  readonly service: TwoPhases;
  readonly servers: number;
}): ServersLaw {
  const mean = meanOf(service);
  check(Number.isInteger(k) && k >= 1, "twoPhaseServers", "servers must be an integer ≥ 1", k);
  check(lambda > 0 && lambda * mean < k, "twoPhaseServers", "the load must be in (0, servers)", lambda * mean);
  const { levels, R } = stationaryLaw(lambda, service, k);
  const wait = waitOf(levels, R, service, k);
  return { wait, sojourn: thenPhases(wait, phasesOf(service)), waits: wait.survival[0]! };
}

const meanOf = ({ first, rates: [mu1, mu2], onward }: TwoPhases): number =>
  first / mu1 + (1 - first + first * onward) / mu2;

/** π(0) … π(k) and R beyond; the phase is the number in the first phase, min(j, k) + 1 values. */
function stationaryLaw(
  lambda: PerSecond,
  service: TwoPhases,
  k: number,
): { readonly levels: readonly (readonly number[])[]; readonly R: Matrix } {
  const full = localRates(service, k, k, lambda);
  const up = full.map((row, i) => row.map((_, j) => (i === j ? lambda : 0)));
  const R = quasiBirthDeath({ up, local: full, down: replacing(service, k) });
  const climbs: Matrix[] = [];
  let above: Matrix = R.map((row) => rowTimes(row, replacing(service, k)));
  for (let j = k; j >= 1; j--) {
    const local = plus(localRates(service, j, k, lambda), above);
    const climb = solve(
      transpose(local.map((row) => row.map((value) => -value))),
      transpose(joining(service, lambda, j)),
    );
    climbs[j] = transpose(climb);
    above = climbs[j]!.map((row) => rowTimes(row, leaving(service, j)));
  }
  const levels: number[][] = [stationary(plus(localRates(service, 0, k, lambda), above))];
  for (let j = 1; j <= k; j++) levels.push(rowTimes(levels[j - 1]!, climbs[j]!));
  // Level k and all above: π(k)·(I − R)⁻¹.
  const rest = addMatrices(identity(k + 1), scaleMatrix(R, -1));
  const beyond = solveRow(rest, levels[k]!).reduce((sum, value) => sum + value, 0);
  const total = beyond + levels.slice(0, k).reduce((sum, row) => sum + row.reduce((s, value) => s + value, 0), 0);
  const law = levels.map((row) => row.map((value) => value / total));
  checkBusy(law, k, lambda * meanOf(service));
  return { levels: law, R };
}

/** The servers that stand idle must be as many as the load leaves; near saturation R loses the digits for that. */
function checkBusy(levels: readonly (readonly number[])[], k: number, offeredLoad: number): void {
  const idle = levels.reduce((sum, row, j) => sum + (k - j) * row.reduce((s, value) => s + value, 0), 0);
  const residual = Math.abs(idle / (k - offeredLoad) - 1);
  if (!(residual < 1e-7)) throw new ConvergenceError("twoPhaseServers", { iterations: k, residual });
}

/** Changes of phase among j in service, and minus all rates out on the diagonal. */
function localRates({ rates: [mu1, mu2], onward }: TwoPhases, j: number, k: number, lambda: PerSecond): number[][] {
  const m = Math.min(j, k);
  return square(m + 1, m + 1, (row, n) => {
    if (n > 0) row[n - 1]! += n * mu1 * onward;
    row[n]! -= lambda + n * mu1 + (m - n) * mu2;
  });
}

/** Ends of service with all servers busy and someone to take the place. */
const replacing = ({ first, rates: [mu1, mu2], onward }: TwoPhases, k: number): number[][] =>
  square(k + 1, k + 1, (row, n) => {
    const ends = n * mu1 * (1 - onward);
    row[n]! += ends * first + (k - n) * mu2 * (1 - first);
    if (n > 0) row[n - 1]! += ends * (1 - first);
    if (n < k) row[n + 1]! += (k - n) * mu2 * first;
  });

/** Ends of service from j ≤ k with nobody in line. */
const leaving = ({ rates: [mu1, mu2], onward }: TwoPhases, j: number): number[][] =>
  square(j + 1, j, (row, n) => {
    if (n > 0) row[n - 1]! += n * mu1 * (1 - onward);
    if (n < j) row[n]! += (j - n) * mu2;
  });

/** An arrival that makes j ≤ k present. */
const joining = ({ first }: TwoPhases, lambda: PerSecond, j: number): number[][] =>
  square(j, j + 1, (row, n) => {
    row[n + 1]! += lambda * first;
    row[n]! += lambda * (1 - first);
  });

function waitOf(levels: readonly (readonly number[])[], R: Matrix, service: TwoPhases, k: number): Uniformised {
  const places: (readonly number[])[] = [];
  for (let level = levels[k]!; level.some((chance) => chance > 1e-17); level = rowTimes(level, R)) places.push(level);
  const chain = new AbsorbingChain((k + 1) * Math.max(1, places.length));
  const initial = new Float64Array((k + 1) * Math.max(1, places.length));
  const ends = replacing(service, k);
  for (const [p, level] of places.entries()) {
    for (let n = 0; n <= k; n++) {
      const from = p * (k + 1) + n;
      initial[from] = level[n]!;
      if (n > 0) chain.add(from, from - 1, n * service.rates[0] * service.onward);
      for (let to = Math.max(0, n - 1); to <= Math.min(k, n + 1); to++) {
        chain.add(from, p === 0 ? -1 : (p - 1) * (k + 1) + to, ends[n]![to]!);
      }
    }
  }
  return chain.survival(initial, { rate: Math.max(chain.fastest, ...service.rates) });
}

/** The phases that are left of a service, as the law of a time. */
const phasesOf = ({ first, rates: [mu1, mu2], onward }: TwoPhases): PhaseType => ({
  initial: [first, 1 - first],
  generator: [
    [-mu1, mu1 * onward],
    [0, -mu2],
  ],
});

const square = (rows: number, columns: number, fill: (row: number[], n: number) => void): number[][] =>
  Array.from({ length: rows }, (_, n) => {
    const row = new Array<number>(columns).fill(0);
    fill(row, n);
    return row;
  });

const plus = (a: readonly number[][], b: Matrix): number[][] =>
  a.map((row, i) => row.map((value, j) => value + (b[i]?.[j] ?? 0)));
