import { check } from "../base/check.ts";
import type { PerSecond } from "../base/units.ts";
import { exponentialPhase, type Sojourn, thenPhases } from "../numerics/thenPhases.ts";

/** Of those accepted at servers whose queue is limited. */
export interface LimitedServersLaw {
  readonly sojourn: Sojourn;
  /** P(a request is turned away). */
  readonly rejected: number;
  readonly meanBusy: number;
}

/**
 * M/M/k with a limited queue, for every load: exact.
 *
 * Who is accepted finds n < k + limit present with the chances of the birth–death chain and waits for n − k + 1 services at
 * rate kμ.
 *
 * @param rates.limit requests that may wait, an integer ≥ 0
 * @throws {RangeError} if an argument is outside its domain
 * @see Kleinrock, Queueing Systems, vol. 1 (1975), §3.7
 */
export function limitedServers({
  arrival: lambda,
  service: mu,
  servers: k,
  limit,
}: {
  readonly arrival: PerSecond;
  readonly service: PerSecond;
  readonly servers: number;
  readonly limit: number;
}): LimitedServersLaw {
  check(lambda > 0 && lambda < Infinity, "limitedServers", "arrival must be in (0, ∞)", lambda);
  check(mu > 0 && mu < Infinity, "limitedServers", "service must be in (0, ∞)", mu);
  check(Number.isInteger(k) && k >= 1, "limitedServers", "servers must be an integer ≥ 1", k);
  check(Number.isInteger(limit) && limit >= 0, "limitedServers", "limit must be an integer ≥ 0", limit);
  const chances = present(lambda / mu, k, limit);
  const full = chances[k + limit]!;
  const survival = new Float64Array(Math.max(1, limit));
  for (let n = limit - 1; n >= 0; n--) survival[n] = (survival[n + 1] ?? 0) + chances[k + n]! / (1 - full);
  const wait = { rate: k * mu, survival };
  return {
    sojourn: thenPhases(wait, exponentialPhase(mu)),
    rejected: full,
    meanBusy: (lambda / mu) * (1 - full),
  };
}

/** P(n present), n = 0 … k + limit, from the most likely number outwards, so that nothing over- or underflows. */
function present(offered: number, k: number, limit: number): Float64Array {
  const chances = new Float64Array(k + limit + 1);
  const top = offered >= k ? k + limit : Math.min(k + limit, Math.floor(offered));
  chances[top] = 1;
  for (let n = top; n > 0; n--) chances[n - 1] = (chances[n]! * Math.min(n, k)) / offered;
  for (let n = top; n < k + limit; n++) chances[n + 1] = (chances[n]! * offered) / Math.min(n + 1, k);
  const total = chances.reduce((sum, value) => sum + value, 0);
  return chances.map((value) => value / total);
}
