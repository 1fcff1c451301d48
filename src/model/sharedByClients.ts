import { check } from "../base/check.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import { AbsorbingChain } from "../numerics/absorbingChain.ts";
import type { ClosedLaw } from "./repairman.ts";
import { presentOf } from "./repairman.ts";

/**
 * A processor shared by the requests of a fixed number of clients: exact for exponential work and think times; the throughput and
 * the mean for every law of both.
 *
 * A tagged request sees how many others there are, and finds what a system with one client less would hold.
 *
 * @param of.awaySeconds mean time a client is away, in [0, ∞)
 * @param of.service rate of one request alone on one core
 * @param of.cores each of n requests gets min(1, cores/n)
 * @throws {RangeError} if an argument is outside its domain
 * @see Baskett, Chandy, Muntz & Palacios, Open, closed, and mixed networks of queues with different classes of customers, J. ACM
 *   22 (1975) 248
 */
export function sharedByClients({
  clients,
  awaySeconds,
  service: mu,
  cores,
}: {
  readonly clients: number;
  readonly awaySeconds: Seconds;
  readonly service: PerSecond;
  readonly cores: number;
}): ClosedLaw {
  check(Number.isInteger(clients) && clients >= 1, "sharedByClients", "clients must be an integer ≥ 1", clients);
  check(mu > 0 && mu < Infinity, "sharedByClients", "service must be in (0, ∞)", mu);
  const speed = (n: number): number => Math.min(n, cores);
  const initial = presentOf(clients - 1, awaySeconds * mu, speed);
  const chain = new AbsorbingChain(clients);
  const reward = new Float64Array(clients);
  for (let n = 0; n < clients; n++) {
    const share = Math.min(1, cores / (n + 1));
    reward[n] = share;
    chain.add(n, -1, mu * share);
    // Without a think time nobody is ever away.
    if (awaySeconds === 0) continue;
    if (n > 0) chain.add(n, n - 1, n * mu * share);
    if (n < clients - 1) chain.add(n, n + 1, (clients - 1 - n) / awaySeconds);
  }
  const { rate, survival, earned } = chain.survival(initial, { reward, mostWork: 8e8 });
  const ownWork = survival.map((alive, n) => alive / mu + (n === 0 ? 0 : earned[n - 1]! / rate));
  const meanBusy = presentOf(clients, awaySeconds * mu, speed).reduce((sum, p, n) => sum + p * speed(n), 0);
  return { sojourn: { rate, survival, ownWork }, throughput: meanBusy * mu, meanBusy };
}
