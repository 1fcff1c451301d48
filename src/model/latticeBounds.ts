import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { Distribution } from "../distributions/index.ts";
import { add, type Complex, complex, divide, multiply, one, scale, subtract } from "../numerics/complex.ts";
import { fourier } from "../numerics/fourier.ts";
import type { ColdServer } from "./coldQueue.ts";
import { transformAt } from "./law.ts";

/** Bounds of a latency's distribution function at k·step. */
export interface LatticeBounds {
  readonly step: Seconds;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

type Law = Pick<Distribution, "cdf" | "mean" | "transform">;

/** What the circle adds to the sums: masses beyond it come back with this weight. */
const wrapped = 1e-8;
/**
 * Bounds of a cold server's latency law under Poisson (batch) arrivals, without any transform of it.
 *
 * By the cycle formula of `poissonQueue` the latency is a mixture of sums of independent times, with weights that are known:
 * T = K + B, K + Z, or K + (geometric sum of the rest of a batch's work) + (rest of the first work) + B. Every law is rounded
 * up, or down, to a lattice, which only lengthens, or shortens, each sum; discrete Fourier transforms then add the rounded
 * times. It needs distribution functions only, so laws of thousands of atoms are no harder than others. The bounds differ
 * by a few steps times the density.
 *
 * @param added times after completion
 * @param lattice.points a power of two; O(points·log points) time
 * @throws {RangeError} unless the load is below 1 and there is no close-down
 * @see Grübel & Hermesmeier, Computation of compound distributions I, ASTIN Bull. 29 (1999) 197 for the damping
 */
export function latticeBounds(
  server: ColdServer,
  added: readonly Law[],
  lattice: { readonly step: Seconds; readonly points: number },
): LatticeBounds {
  const load = server.eventRate * server.batch.mean * server.service.mean;
  check(load < 1, "latticeBounds", "the load must be below 1", load);
  check(server.closeDown === null || server.closeDown.mean === 0, "latticeBounds", "there must be no close-down", 1);
  const bound = (up: boolean, slack: number): Float64Array => {
    let sum = slack;
    return latencyMasses(server, added, { ...lattice, up }).map((mass) => (sum += Math.max(0, mass)));
  };
  // Longer times have the smaller distribution function.
  return { step: lattice.step, low: bound(true, -wrapped), high: bound(false, wrapped) };
}

interface Lattice {
  readonly step: Seconds;
  readonly points: number;
  /** Whether times are rounded up. */
  readonly up: boolean;
}

function latencyMasses(server: ColdServer, added: readonly Law[], lattice: Lattice): Float64Array {
  const { eventRate: lambda, batch, service, firstService, coldStart, keepAlive } = server;
  const load = lambda * batch.mean * service.mean;
  const q = keepAlive === null ? 0 : transformAt(keepAlive.transform ?? [], complex(lambda)).re;
  const p0 = (1 - load) / (1 + lambda * q * (coldStart.mean + firstService.mean - service.mean));
  const law = (x: Law) => spectrum(rounded(x, lattice), lattice);
  /** Of λ·P(X > x)dx, whose mass is λ·E[X]. */
  const rest = (x: Law) => spectrum(remaining(x, lambda, lattice), lattice);
  const [b, c, b0] = [law(service), law(coldStart), law(firstService)];
  const [restB, restC, restB0] = [rest(service), rest(coldStart), rest(firstService)];
  const others = added.map(law);
  const size = 2 * lattice.points;
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  for (let n = 0; n < size; n++) {
    const at = (x: Spectrum): Complex => complex(x.re[n]!, x.im[n]!);
    const own = at(b);
    const below = subtract(one, own);
    const single = batch.probability(1) === 1;
    const ahead = single ? one : divide(batch.generatingRest(below), scale(below, batch.mean));
    const companions = single ? one : divide(batch.generating(own), own);
    const start = multiply(at(c), at(b0));
    // λ(1 − H)/s and λ(1 − Hc)/s by what is left of one service; λ(1 − Z)/s by its two parts.
    const restWork = scale(multiply(ahead, at(restB)), batch.mean);
    const restCompanions = multiply(divide(subtract(one, companions), below), at(restB));
    const restStart = add(at(restC), multiply(at(c), at(restB0)));
    const restFirst = add(scale(restWork, 1 - q), scale(add(restStart, multiply(start, restCompanions)), q));
    const behind = multiply(divide(restFirst, subtract(one, restWork)), own);
    let value = multiply(ahead, scale(add(behind, add(scale(own, 1 - q), scale(start, q))), p0));
    for (const other of others) value = multiply(value, at(other));
    re[n] = value.re;
    im[n] = value.im;
  }
  fourier(re, im, true);
  const damping = wrapped ** (1 / size);
  return re.slice(0, lattice.points).map((value, k) => value * damping ** -k);
}

/** What lies in (k·step, (k + 1)·step], at one end of it; beyond the lattice: nowhere, or at its end. */
function rounded({ cdf }: Law, { step, points, up }: Lattice): Float64Array {
  const masses = new Float64Array(points);
  masses[0] = cdf(0);
  let before = cdf(0);
  for (let k = 0; k < points; k++) {
    const next = up || k < points - 1 ? cdf((k + 1) * step) : 1;
    const place = up ? k + 1 : k;
    if (place < points) masses[place]! += next - before;
    before = next;
  }
  return masses;
}

/** The same of rate·P(X > x)dx; the integral over a cell stops at every jump and kink of the law. */
function remaining({ cdf, mean, transform = [] }: Law, rate: number, { step, points, up }: Lattice): Float64Array {
  const masses = new Float64Array(points);
  const breaks = transform.map(({ delay }) => delay).sort((a, b) => a - b);
  let next = 0;
  let left = rate * mean;
  for (let k = 0; k < points && left > 0; k++) {
    let [from, tail] = [k * step, 0];
    const end = (k + 1) * step;
    for (; next < breaks.length && breaks[next]! < end; next++) {
      const to = Math.max(from, breaks[next]!);
      tail += smoothTail(cdf, from, to);
      from = to;
    }
    const mass = Math.min(left, rate * (tail + smoothTail(cdf, from, end)));
    left -= mass;
    const place = up ? k + 1 : k;
    if (place < points) masses[place]! += mass;
  }
  if (!up) masses[points - 1]! += left;
  return masses;
}

/** ∫ 1 − F by Gauss's two points. */
function smoothTail(cdf: (x: Seconds) => number, from: Seconds, to: Seconds): number {
  if (!(to > from)) return 0;
  const [middle, reach] = [(from + to) / 2, (to - from) / (2 * Math.sqrt(3))];
  return ((2 - cdf(middle - reach) - cdf(middle + reach)) * (to - from)) / 2;
}

interface Spectrum {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** The transform on a circle inside the unit circle, twice as long as the lattice, so that little comes round. */
function spectrum(masses: Float64Array, { points }: Lattice): Spectrum {
  const re = new Float64Array(2 * points);
  const damping = wrapped ** (1 / (2 * points));
  for (let k = 0; k < points; k++) re[k] = masses[k]! * damping ** k;
  const im = new Float64Array(2 * points);
  fourier(re, im);
  return { re, im };
}
