import { check } from "../base/check.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import type { Distribution } from "../distributions/index.ts";
import { complex } from "../numerics/complex.ts";
import type { AddedTime } from "./addedTime.ts";
import { atomsOf } from "./latencyOfDistribution.ts";
import { transformAt } from "./law.ts";

/** A host with room for everybody, which must load an application before it serves and forgets it when idle. */
export interface LoadingHost {
  readonly arrivalRate: PerSecond;
  /** What a request holds the host for once it is loaded. */
  readonly holding: AddedTime;
  readonly coldStart: Pick<Distribution, "mean" | "transform">;
  /** From the instant the host empties; null: it never forgets. */
  readonly keepAlive: Distribution | null;
}

export interface LoadingFigures {
  /** Shares of requests: who starts the load, and who comes during it. */
  readonly triggered: number;
  readonly during: number;
  /** Fractions of time. */
  readonly states: { readonly off: number; readonly starting: number; readonly idle: number; readonly busy: number };
}

/**
 * M/G/∞ behind one cold start with any keep-alive: who finds it off, and who comes during the start. An exact formula, by
 * quadrature to about 1e-8.
 *
 * A cycle begins when the host empties. Begun by one request, what follows is the busy period of M/G/∞, (e^a − 1)/λ on average;
 * after a start it begins with everybody who came. The mean time to empty from n fresh requests is
 * e^a·∫(1 − F(t)ⁿ)·p₀(t)dt, p₀(t) = exp(−λ∫₀ᵗ(1 − F)) the chance of an empty system a time t after it was empty, here averaged
 * over the one that came first and those during the start. Everything is divided by e^a, so that nothing overflows.
 *
 * @throws {RangeError} if the rate is not in (0, ∞)
 * @see Takács, Introduction to the theory of queues (1962), ch. 3, for M/G/∞
 */
export function loadingHost({ arrivalRate: lambda, holding, coldStart, keepAlive }: LoadingHost): LoadingFigures {
  check(lambda > 0 && lambda < Infinity, "loadingHost", "arrivalRate must be in (0, ∞)", lambda);
  const a = lambda * holding.mean;
  const q = keepAlive === null ? 0 : transformAt(keepAlive.transform ?? [], complex(lambda)).re;
  const light = Math.exp(-a);
  const idle = (light * (1 - q)) / lambda;
  const off = (light * q) / lambda;
  const starting = light * q * coldStart.mean;
  const busy = ((1 - q) * -Math.expm1(-a)) / lambda + (q === 0 ? 0 : q * fromStart(lambda, holding, coldStart));
  const cycle = idle + off + starting + busy;
  return {
    triggered: off / cycle,
    during: starting / cycle,
    states: { off: off / cycle, starting: starting / cycle, idle: idle / cycle, busy: busy / cycle },
  };
}

/** ∫(1 − E[F(t)^(1 + N)])·p₀(t)dt with N arrivals in the start, E[F^(1+N)] = F·C*(λ(1 − F)): Simpson's rule between edges. */
function fromStart(lambda: PerSecond, holding: AddedTime, coldStart: LoadingHost["coldStart"]): Seconds {
  const start = coldStart.transform ?? [];
  const integrand = (F: number, area: Seconds): number =>
    (1 - F * transformAt(start, complex(lambda * (1 - F))).re) * Math.exp(-lambda * area);
  const edges = edgesOf(holding);
  let sum = 0;
  let area = 0;
  for (let k = 1; k < edges.length; k++) {
    const [low, high] = [edges[k - 1]!, edges[k]!];
    const width = high - low;
    // An atom at the upper edge belongs to the next stretch.
    const [f0, f1, f2] = [holding.cdf(low), holding.cdf(low + width / 2), holding.cdf(high * (1 - 1e-13))];
    const toMiddle = (width / 24) * (5 * (1 - f0) + 8 * (1 - f1) - (1 - f2));
    const whole = (width / 6) * (1 - f0 + 4 * (1 - f1) + 1 - f2);
    sum += (width / 6) * (integrand(f0, area) + 4 * integrand(f1, area + toMiddle) + integrand(f2, area + whole));
    area += whole;
  }
  return sum;
}

const stretches = 800;

/** From 0 to where nothing is left, closer at the beginning, with the law's atoms among them. */
function edgesOf(holding: AddedTime): Seconds[] {
  let last = holding.mean;
  while (1 - holding.cdf(last) > 1e-11 && last < 1e6 * holding.mean) last *= 1.5;
  const edges = Array.from({ length: stretches + 1 }, (_, k) => last * (k / stretches) ** 3);
  const atoms = atomsOf(holding).map(({ at }) => at);
  return [...new Set([...edges, ...atoms])].sort((x, y) => x - y);
}
