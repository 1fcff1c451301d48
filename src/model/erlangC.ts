import { check } from "../base/check.ts";

/**
 * The probability that an arrival to an M/M/k queue has to wait (Erlang's C formula).
 *
 * Uses the Erlang B recursion, which neither overflows nor cancels, so k may be in the thousands. O(k) time, O(1) space.
 *
 * @param offeredLoad a = λ·E[S], in erlangs (dimensionless), a ≥ 0
 * @param servers k, an integer ≥ 1
 * @returns a probability in [0, 1]; exactly 1 when a ≥ k, where every arrival waits
 * @throws {RangeError} if an argument is outside its domain
 * @see Kleinrock, Queueing Systems, vol. 1 (1975), §3.5
 * @example
 * erlangC({ offeredLoad: 2, servers: 3 }) // => 0.4444444444444445 (4/9)
 */
export function erlangC({
  offeredLoad: a,
  servers: k,
}: {
  readonly offeredLoad: number;
  readonly servers: number;
}): number {
  check(a >= 0, "erlangC", "offeredLoad must be ≥ 0", a);
  check(Number.isInteger(k) && k >= 1, "erlangC", "servers must be an integer ≥ 1", k);
  if (a >= k) return 1;
  const blocking = erlangB({ offeredLoad: a, servers: k });
  return blocking / (1 - (a / k) * (1 - blocking));
}

/**
 * The probability that an arrival to an M/G/k system without a waiting room is turned away (Erlang's B formula).
 *
 * Holds for every law of the service with the same mean.
 *
 * @param offeredLoad a = λ·E[S], in erlangs (dimensionless), a ≥ 0
 * @param servers k, an integer ≥ 1
 * @see Kleinrock, Queueing Systems, vol. 1 (1975), §3.6
 * @example
 * erlangB({ offeredLoad: 2, servers: 2 }) // => 0.4 (2/5)
 */
export function erlangB({
  offeredLoad: a,
  servers: k,
}: {
  readonly offeredLoad: number;
  readonly servers: number;
}): number {
  check(a >= 0, "erlangB", "offeredLoad must be ≥ 0", a);
  check(Number.isInteger(k) && k >= 1, "erlangB", "servers must be an integer ≥ 1", k);
  let blocking = 1; // With no servers everyone is turned away.
  for (let n = 1; n <= k; n++) blocking = (a * blocking) / (n + a * blocking);
  return blocking;
}
