import { ConvergenceError, check } from "../base/check.ts";
import type { PerSecond } from "../base/units.ts";
import { exponentialPhase, type Sojourn, thenPhases } from "../numerics/thenPhases.ts";
import type { Uniformised } from "../numerics/uniformised.ts";
import { erlangC } from "./erlangC.ts";

/** The times of a request at servers that are always on. */
export interface ServersLaw {
  readonly wait: Uniformised;
  readonly sojourn: Sojourn;
  /** P(an arrival has to wait). */
  readonly waits: number;
}

/**
 * The wait and sojourn in M/M/k, first come first served: exact.
 *
 * The wait is 0, or with probability C (Erlang) exponential with rate kμ − λ, independent of the service.
 *
 * @param rates.arrival λ, in (0, kμ)
 * @param rates.service μ of one server
 * @throws {RangeError} if a rate is not positive or the load is not below the servers
 * @see Kleinrock, Queueing Systems, vol. 1 (1975), §3.5
 */
export function markovServers({
  arrival: lambda,
  service: mu,
  servers: k,
}: {
  readonly arrival: PerSecond;
  readonly service: PerSecond;
  readonly servers: number;
}): ServersLaw {
  check(lambda > 0 && lambda < k * mu, "markovServers", "arrival must be in (0, servers·service)", lambda);
  const waits = erlangC({ offeredLoad: lambda / mu, servers: k });
  const wait = exponentialWait(waits, k * mu - lambda, mu);
  return { wait, sojourn: thenPhases(wait, exponentialPhase(mu)), waits };
}

/** A wait of more jumps than this takes seconds to sum up. */
const mostJumps = 4e6;

/** 0, or with the given chance exponential; with jumps at least as frequent as `least`. */
function exponentialWait(chance: number, waitRate: PerSecond, least: PerSecond): Uniformised {
  const rate = Math.max(waitRate, least);
  const stay = 1 - waitRate / rate;
  const jumps = (40 * rate) / waitRate;
  if (!(jumps <= mostJumps))
    throw new ConvergenceError("markovServers", { iterations: Math.round(jumps), residual: 1 });
  const survival: number[] = [chance];
  while (survival.at(-1)! > 1e-17) survival.push(survival.at(-1)! * stay);
  return { rate, survival: Float64Array.from(survival) };
}
