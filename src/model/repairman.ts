import { check } from "../base/check.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import { exponentialPhase, type Sojourn, thenPhases } from "../numerics/thenPhases.ts";

/** Clients that ask again a think time after each answer, and the servers they share. */
export interface ClosedServers {
  readonly clients: number;
  /** Mean time a client is away from the servers, in [0, ∞); its law plays no part. */
  readonly awaySeconds: Seconds;
  /** Of one server. */
  readonly service: PerSecond;
  readonly servers: number;
}

export interface ClosedLaw {
  readonly sojourn: Sojourn;
  /** Requests per second. */
  readonly throughput: PerSecond;
  readonly meanBusy: number;
}

/**
 * The machine repairman: a fixed number of clients at k exponential servers, first come first served. Exact for every law of the
 * think time.
 *
 * A request finds what a system with one client less would hold (the arrival theorem), and waits for the services ahead of it.
 *
 * @throws {RangeError} if an argument is outside its domain
 * @see Sevcik & Mitrani, The distribution of queuing network states at input and output instants, J. ACM 28 (1981) 358
 * @example
 * repairman({ clients: 1, awaySeconds: 3, service: 1, servers: 1 }).throughput // => 0.25
 */
export function repairman({ clients, awaySeconds, service: mu, servers: k }: ClosedServers): ClosedLaw {
  check(Number.isInteger(clients) && clients >= 1, "repairman", "clients must be an integer ≥ 1", clients);
  check(awaySeconds >= 0 && awaySeconds < Infinity, "repairman", "awaySeconds must be in [0, ∞)", awaySeconds);
  check(mu > 0 && mu < Infinity, "repairman", "service must be in (0, ∞)", mu);
  check(Number.isInteger(k) && k >= 1, "repairman", "servers must be an integer ≥ 1", k);
  const speed = (n: number): number => Math.min(n, k);
  const found = presentOf(clients - 1, awaySeconds * mu, speed);
  // Who finds n ≥ k waits for n − k + 1 services.
  const survival = new Float64Array(Math.max(1, clients - k));
  for (let n = clients - 1; n >= k; n--) survival[n - k] = (survival[n - k + 1] ?? 0) + found[n]!;
  const meanBusy = presentOf(clients, awaySeconds * mu, speed).reduce((sum, p, n) => sum + p * speed(n), 0);
  return {
    sojourn: thenPhases({ rate: k * mu, survival }, exponentialPhase(mu)),
    throughput: meanBusy * mu,
    meanBusy,
  };
}

/**
 * P(n present), n = 0 … clients, where n are served at `speed(n)` times the rate of one and the others come back at rate
 * 1/away each: from the likeliest number outwards, so that nothing over- or underflows.
 *
 * @param away in mean services
 */
export function presentOf(clients: number, away: number, speed: (n: number) => number): Float64Array {
  const chances = new Float64Array(clients + 1);
  // P(n + 1)/P(n) falls with n.
  const ratio = (n: number): number => (clients - n) / (away * speed(n + 1));
  let top = 0;
  let high = clients;
  while (top < high) {
    const middle = Math.floor((top + high) / 2);
    if (ratio(middle) > 1) top = middle + 1;
    else high = middle;
  }
  chances[top] = 1;
  for (let n = top; n > 0; n--) chances[n - 1] = chances[n]! / ratio(n - 1);
  for (let n = top; n < clients; n++) chances[n + 1] = chances[n]! * ratio(n);
  const total = chances.reduce((sum, value) => sum + value, 0);
  return chances.map((value) => value / total);
}
