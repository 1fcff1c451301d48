import { check } from "../base/check.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import type { ClosedLaw } from "./repairman.ts";
import { presentOf } from "./repairman.ts";
import { taggedShare } from "./taggedShare.ts";

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
  // Without a think time nobody is ever away: everybody has the same share all the time.
  const sojourn =
    awaySeconds === 0
      ? taggedShare({ initial: Float64Array.of(1), joining: () => 0, serviceRate: mu, cores: cores / clients })
      : taggedShare({ initial, joining: (others) => (clients - 1 - others) / awaySeconds, serviceRate: mu, cores });
  const meanBusy = presentOf(clients, awaySeconds * mu, speed).reduce((sum, p, n) => sum + p * speed(n), 0);
  return { sojourn, throughput: meanBusy * mu, meanBusy };
}
