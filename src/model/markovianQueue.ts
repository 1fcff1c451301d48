import type { MarkovianArrivals } from "../arrivals/index.ts";
import { invariant } from "../base/check.ts";
import { BandSolver } from "../numerics/bandSolver.ts";
import { add, type Complex, complex, multiply, negate, scale } from "../numerics/complex.ts";
import { addMatrices, dot, identity, type Matrix, rowTimes, scaleMatrix, solveRow } from "../numerics/matrix.ts";
import { type AtomicSojourn, batchLaws, isAtomic, joined } from "./atomicLatency.ts";
import type { ColdFigures, ColdQueue, ColdServer, UnstableQueue } from "./coldQueue.ts";
import { coldTransforms, eventWork, type Waits } from "./coldTransforms.ts";
import { atomsOf, atomsWeightedByThemselves, sumOfAtoms } from "./latencyOfDistribution.ts";
import { type Atom, productOf, transformAt, weightedByItself } from "./law.ts";
import { markovianMoments } from "./markovianMoments.ts";
import { markovianSteps } from "./markovianSteps.ts";
import {
  type Drain,
  drainOf,
  type ModulatedChain,
  modulatedChain,
  plusOuter,
  symmetricFunction,
} from "./modulatedChain.ts";
import { residueAt } from "./residue.ts";

/** The stationary rows at an idle instance: warm and asleep, and what follows from them. */
export interface IdleRows {
  readonly warm: readonly number[];
  readonly asleep: readonly number[];
  /** The phases at the ends of busy periods that began cold, per second. */
  readonly coldEnds: readonly number[];
}

/**
 * The cold server under Markov-modulated arrivals: exact up to linear algebra.
 *
 * The workload's transform over the phases solves
 * v(s)[sI + D0 + D1·H*] = −{(y_w + y_c)·D0 + y_w·D1·H* + y_c·D1·Z*·H* / B*}, where y_w and y_c are the stationary rows of
 * an empty instance, awake and asleep, found from the phase at the end of a busy period; the keep-alive timer stays as it
 * is, deterministic too. T* = (K/λ){v·D1·e·B* + y_w·D1·e·B* + y_c·D1·e·Z*}.
 *
 * @returns null where the arrivals are not a reversible Markov-modulated Poisson process
 * @see Lucantoni, Stoch. Models 7 (1991) 1; Takine & Hasegawa, Stoch. Models 10 (1994) 183
 */
export function markovianQueue(
  arrivals: MarkovianArrivals,
  server: Omit<ColdServer, "eventRate">,
): ColdQueue | UnstableQueue | null {
  const chain = modulatedChain(arrivals);
  if (chain === null) return null;
  const { batch, service, firstService, coldStart } = server;
  const load = chain.eventRate * batch.mean * service.mean;
  if (!(load < 1)) return { stable: false, load };

  const startAndFirst = productOf(coldStart.transform ?? [], firstService.transform ?? []);
  const drain = drainOf(chain, (s) => eventWork(batch, service, complex(s)).h.re);
  const extra = coldStart.mean + firstService.mean - service.mean;
  const idle = idleRows(chain, drain, server, { startAndFirst, load, extra });
  const moments = markovianMoments(chain, idle, server);
  const trigger = dot(idle.asleep, times(chain.rates, chain.unit)) / chain.eventRate;
  const waits = waitsOf(chain, idle, server);
  const transforms = coldTransforms(waits, trigger);
  const awake = dot(idle.warm, times(chain.rates, chain.unit)) / chain.eventRate;
  return {
    stable: true,
    transforms,
    service: service.transform ?? [],
    firstWarm: awake / batch.mean,
    firstCold: trigger / batch.mean,
    serviceAtoms: atomsOf(service),
    startAndFirst,
    startAndWeightedFirst: productOf(coldStart.transform ?? [], weightedByItself(firstService.transform ?? [])),
    poles: () => {
      const positive = drain.sigmas.filter((sigma) => sigma > 0);
      return positive.map((sigma) => ({ sigma, residue: residueAt(transforms.cold, sigma, positive) }));
    },
    atomic: markovianAtomic(chain, drain, server, idle),
    startAtoms: sumOfAtoms(atomsOf(coldStart), atomsOf(firstService)),
    startAtomsOfWork: sumOfAtoms(atomsOf(coldStart), atomsWeightedByThemselves(firstService)),
    meanSojourn: moments.meanSojourn,
    secondMoment: moments.secondMoment,
    meanWork: service.mean + (trigger / batch.mean) * (firstService.mean - service.mean),
    ...duringStart(chain, idle, server, { trigger, load, busyPeriod: moments.busyPeriod }),
  };
}

/** y_w and y_c: kappa, the phase at the end of a busy period, is stationary for the phases from one end to the next. */
function idleRows(
  chain: ModulatedChain,
  drain: Drain,
  { batch, service, keepAlive }: Omit<ColdServer, "eventRate">,
  { startAndFirst, load, extra }: { startAndFirst: ColdQueue["startAndFirst"]; load: number; extra: number },
): IdleRows {
  const m = chain.unit.length;
  const timer = (rate: number): number =>
    keepAlive === null ? 0 : transformAt(keepAlive.transform ?? [], complex(rate)).re;
  const warmVisit = symmetricFunction(chain.withoutEvent, (x) => (1 - timer(-x)) / -x);
  const asleepVisit = symmetricFunction(chain.withoutEvent, (x) => timer(-x) / -x);
  const throughWarm = drain.functionOf((sigma) => eventWork(batch, service, complex(sigma)).h.re);
  const throughCold = drain.functionOf(
    (sigma) => eventWork(batch, service, complex(sigma)).others.re * transformAt(startAndFirst, complex(sigma)).re,
  );
  const next = addMatrices(
    timesDiagonal(warmVisit, chain.rates, throughWarm),
    timesDiagonal(asleepVisit, chain.rates, throughCold),
  );
  for (const [i, row] of next.entries()) {
    invariant(Math.abs(dot(row, chain.unit) - chain.unit[i]!) < 1e-8, "the phase at the next end is some phase");
  }
  // kappa·(I − P) = 0 with kappa·e = 1, as one regular system.
  const regular = plusOuter(addMatrices(identity(m), scaleMatrix(next, -1)), chain.unit, chain.unit);
  const kappa = solveRow(regular, chain.unit);
  const warm = rowTimes(kappa, warmVisit);
  const asleep = rowTimes(kappa, asleepVisit);
  const idle = dot(warm, chain.unit) + dot(asleep, chain.unit);
  const c = (1 - load) / (idle + dot(asleep, times(chain.rates, chain.unit)) * extra);
  return {
    warm: warm.map((x) => x * c),
    asleep: asleep.map((x) => x * c),
    coldEnds: rowTimes(
      times(asleep, chain.rates).map((x) => x * c),
      throughCold,
    ),
  };
}

/** The sojourn by steps where service, first service and start are all atoms; null elsewhere. */
function markovianAtomic(
  chain: ModulatedChain,
  drain: Drain,
  { batch, service, firstService, coldStart }: Omit<ColdServer, "eventRate">,
  { warm, asleep }: IdleRows,
): AtomicSojourn | null {
  if (![service, firstService, coldStart].every(isAtomic) || service.mean === 0) return null;
  const one = atomsOf(service);
  const sizes = batchLaws(batch, one);
  if (sizes === null) return null;
  const { whole, others, ahead, later } = sizes;
  const { rates, unit, withoutEvent, eventRate } = chain;
  const coldWork = joined(sumOfAtoms(others, sumOfAtoms(atomsOf(coldStart), atomsOf(firstService))));
  const steps = markovianSteps(chain, drain, {
    work: whole,
    first: rowTimes(addRows(warm, asleep), withoutEvent).map((x) => -x),
    jumps: [
      ...whole.map(({ at, weight }) => ({ at, row: times(warm, rates).map((x) => x * weight) })),
      ...coldWork.map(({ at, weight }) => ({ at, row: times(asleep, rates).map((x) => x * weight) })),
    ],
  });
  if (steps === null) return null;
  const awake = dot(times(warm, rates), unit) / eventRate;
  const trigger = dot(times(asleep, rates), unit) / eventRate;
  const own = one.map(({ at, weight }) => ({ at, weight: weight * at }));
  const weighted = (atoms: readonly Atom[], factor: number): Atom[] =>
    atoms.map(({ at, weight }) => ({ at, weight: weight * factor }));
  const behind = (last: readonly Atom[]) => ({ atoms: weighted(last, awake), busy: last });
  return {
    warm: behind(joined(sumOfAtoms(ahead, one))),
    warmWork: behind(joined(sumOfAtoms(ahead, own))),
    cold: { atoms: weighted(ahead, trigger), busy: [] },
    coldWork: { atoms: weighted(joined(sumOfAtoms(later, own)), trigger), busy: [] },
    steps,
  };
}

function waitsOf(
  { generator, withoutEvent, rates, unit, eventRate }: ModulatedChain,
  { warm, asleep }: IdleRows,
  { batch, service }: Pick<ColdServer, "batch" | "service">,
): (s: Complex) => Waits {
  const solver = new BandSolver(generator);
  const events = times(rates, unit);
  const outside = rowTimes(addRows(warm, asleep), withoutEvent);
  const warmEvents = times(warm, rates);
  const asleepEvents = times(asleep, rates);
  const fromWarm = dot(warmEvents, unit);
  return (s) => {
    const work = eventWork(batch, service, s);
    // Only v·D1·e is needed, so the system is solved for the column D1·e.
    const x = solver.solve((i) => add(s, scale(work.rest, -rates[i]!)), events);
    const busyWarm = negate(add(rowDot(outside, x), multiply(work.h, rowDot(warmEvents, x))));
    const busyCold = negate(multiply(work.others, rowDot(asleepEvents, x)));
    return {
      work,
      beforeWarm: scale(multiply(work.ahead, add(busyWarm, complex(fromWarm))), 1 / eventRate),
      busyCold: scale(multiply(work.ahead, busyCold), 1 / eventRate),
    };
  };
}

/** Figures that need the phases during a start: E[e^(Du)] between the event that wakes and the instance being ready. */
function duringStart(
  chain: ModulatedChain,
  { warm, asleep }: IdleRows,
  { batch, service, firstService, coldStart }: Omit<ColdServer, "eventRate">,
  { trigger, load, busyPeriod }: { trigger: number; load: number; busyPeriod: number },
): { readonly meanCold: number; readonly figures: ColdFigures } {
  const { unit, rates, generator, eventRate: lambda } = chain;
  const wakeRate = trigger * lambda;
  const wakes = times(asleep, rates);
  const events = times(rates, unit);
  const start = (theta: number): number => transformAt(coldStart.transform ?? [], complex(theta)).re;
  const [c1, c2, c3, c4] = [1, 2, 3, 4].map((k) => coldStart.moment(k)) as [number, number, number, number];
  // ∫ P(C > u)e^(−θu) du and ∫ E[(C − u)⁺]e^(−θu) du, by their series where the closed form cancels.
  const during = (theta: number): number =>
    theta * c1 < 1e-3 ? c1 - (theta * c2) / 2 + (theta ** 2 * c3) / 6 : (1 - start(theta)) / theta;
  const left = (theta: number): number =>
    theta * c1 < 1e-3
      ? c2 / 2 - (theta * c3) / 6 + (theta ** 2 * c4) / 24
      : (start(theta) - 1 + theta * c1) / theta ** 2;
  const through = (f: (theta: number) => number): number =>
    dot(
      rowTimes(
        wakes,
        symmetricFunction(generator, (x) => f(Math.max(0, -x))),
      ),
      events,
    );
  const states = {
    off: dot(asleep, unit),
    starting: wakeRate * c1,
    idle: dot(warm, unit),
    busy: load + wakeRate * (firstService.mean - service.mean),
  };
  const total = states.off + states.starting + states.idle + states.busy;
  invariant(Math.abs(total - 1) < 1e-9, `the states' fractions of time sum to 1, not ${total}`);
  return {
    meanCold: (wakeRate * c1 + through(left)) / lambda,
    figures: {
      load,
      triggerPerEvent: trigger,
      triggered: trigger / batch.mean,
      inTriggerBatch: trigger,
      direct: (wakeRate + through(during)) / lambda,
      busyPeriod,
      startsPerSecond: wakeRate,
      states,
    },
  };
}

const times = (a: readonly number[], b: readonly number[]): number[] => a.map((x, i) => x * b[i]!);
const addRows = (a: readonly number[], b: readonly number[]): number[] => a.map((x, i) => x + b[i]!);

/** a·diag(d)·b */
const timesDiagonal = (a: Matrix, d: readonly number[], b: Matrix): Matrix =>
  a.map((row) => rowTimes(times(row, d), b));

function rowDot(row: readonly number[], x: readonly Complex[]): Complex {
  let re = 0;
  let im = 0;
  for (let i = 0; i < row.length; i++) {
    re += row[i]! * x[i]!.re;
    im += row[i]! * x[i]!.im;
  }
  return { re, im };
}
