import type { MarkovianArrivals } from "../arrivals/index.ts";
import { ConvergenceError, invariant } from "../base/check.ts";
import { add, type Complex, complex, multiply, negate, scale, subtract } from "../numerics/complex.ts";
import {
  addMatrices,
  dot,
  identity,
  type Matrix,
  plusOuter,
  rowTimes,
  scaleMatrix,
  solveRow,
} from "../numerics/matrix.ts";
import { type AtomicSojourn, batchLaws, isAtomic, joined } from "./atomicLatency.ts";
import type { ColdFigures, ColdQueue, ColdServer, UnstableQueue } from "./coldQueue.ts";
import { coldTransforms, eventWork, type Waits } from "./coldTransforms.ts";
import { atomsOf, atomsWeightedByThemselves, sumOfAtoms } from "./latencyOfDistribution.ts";
import { type Atom, productOf, transformAt, weightedByItself } from "./law.ts";
import { type Drain, type MarkovianChain, markovianChain } from "./markovianChain.ts";
import { markovianMoments } from "./markovianMoments.ts";
import { markovianSteps } from "./markovianSteps.ts";
import { residueAt } from "./residue.ts";

/** The stationary rows at an idle instance: warm and asleep, and what follows from them. */
export interface IdleRows {
  readonly warm: readonly number[];
  readonly asleep: readonly number[];
  /** The phases at the ends of busy periods that began cold, per second. */
  readonly coldEnds: readonly number[];
}

/**
 * The cold server under Markovian arrivals: exact up to linear algebra.
 *
 * The workload's transform over the phases solves
 * v(s)[sI + D0 + D1·H*] = −{(y_w + y_c)·D0 + y_w·D1·H* + y_c·D1·Z*·H* / B*}, where y_w and y_c are the stationary rows of
 * an empty instance, awake and asleep, found from the phase at the end of a busy period; the keep-alive timer stays as it
 * is, deterministic too. T* = (K/λ){v·D1·e·B* + y_w·D1·e·B* + y_c·D1·e·Z*}.
 *
 * @throws {ConvergenceError} where the phases' eigenvalues are not found
 * @see Lucantoni, Stoch. Models 7 (1991) 1; Takine & Hasegawa, Stoch. Models 10 (1994) 183
 */
export function markovianQueue(
  arrivals: MarkovianArrivals,
  server: Omit<ColdServer, "eventRate">,
): ColdQueue | UnstableQueue {
  const chain = markovianChain(arrivals);
  const { batch, service, firstService, coldStart } = server;
  const load = chain.eventRate * batch.mean * service.mean;
  if (!(load < 1)) return { stable: false, load };

  const startAndFirst = productOf(coldStart.transform ?? [], firstService.transform ?? []);
  const drain = chain.drain((s) => eventWork(batch, service, s).h);
  const extra = coldStart.mean + firstService.mean - service.mean;
  const idle = idleRows(chain, drain, server, { startAndFirst, load, extra });
  const moments = markovianMoments(chain, idle, server);
  const trigger = dot(idle.asleep, chain.events) / chain.eventRate;
  const waits = waitsOf(chain, idle, server);
  const transforms = coldTransforms(waits, trigger);
  const awake = dot(idle.warm, chain.events) / chain.eventRate;
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
      const all = drain.roots.map(({ s }) => s);
      const upper = all.filter(({ im }) => im >= 0);
      return upper.map((sigma) => ({ sigma, residue: residueAt(transforms.cold, sigma, all) }));
    },
    atomic: markovianAtomic(chain, drain, server, idle),
    early: null,
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
  chain: MarkovianChain,
  drain: Drain,
  { batch, service, keepAlive }: Omit<ColdServer, "eventRate">,
  { startAndFirst, load, extra }: { startAndFirst: ColdQueue["startAndFirst"]; load: number; extra: number },
): IdleRows {
  const { left, right, events } = chain;
  const { warm: warmVisit, asleep: asleepVisit } = chain.visits(keepAlive);
  const throughWarm = drain.functionOf((sigma) => eventWork(batch, service, sigma).h);
  const throughCold = drain.functionOf((sigma) =>
    multiply(eventWork(batch, service, sigma).others, transformAt(startAndFirst, sigma)),
  );
  const next = addMatrices(throughEvent(chain, warmVisit, throughWarm), throughEvent(chain, asleepVisit, throughCold));
  for (const [i, row] of next.entries()) {
    const residual = Math.abs(dot(row, right) - right[i]!);
    if (!(residual < 1e-8)) throw new ConvergenceError("phases of a Markovian queue", { iterations: i, residual });
  }
  // kappa·(I − P) = 0 with kappa·e = 1, as one regular system.
  const regular = plusOuter(addMatrices(identity(right.length), scaleMatrix(next, -1)), right, left);
  const kappa = solveRow(regular, left);
  const warm = rowTimes(kappa, warmVisit);
  const asleep = rowTimes(kappa, asleepVisit);
  const c = (1 - load) / (dot(warm, right) + dot(asleep, right) + dot(asleep, events) * extra);
  const scaled = (row: readonly number[]): number[] => row.map((x) => x * c);
  return {
    warm: scaled(warm),
    asleep: scaled(asleep),
    coldEnds: rowTimes(chain.toEvent(scaled(asleep)), throughCold),
  };
}

/** The sojourn by steps where service, first service and start are all atoms; null elsewhere. */
function markovianAtomic(
  chain: MarkovianChain,
  drain: Drain,
  { batch, service, firstService, coldStart }: Omit<ColdServer, "eventRate">,
  { warm, asleep }: IdleRows,
): AtomicSojourn | null {
  if (![service, firstService, coldStart].every(isAtomic) || service.mean === 0) return null;
  const one = atomsOf(service);
  const sizes = batchLaws(batch, one);
  if (sizes === null) return null;
  const { whole, others, ahead, later } = sizes;
  const { withoutEvent, events, eventRate } = chain;
  const coldWork = joined(sumOfAtoms(others, sumOfAtoms(atomsOf(coldStart), atomsOf(firstService))));
  const [fromWarm, fromAsleep] = [chain.toEvent(warm), chain.toEvent(asleep)];
  const steps = markovianSteps(chain, drain, {
    work: whole,
    first: rowTimes(addRows(warm, asleep), withoutEvent).map((x) => -x),
    jumps: [
      ...whole.map(({ at, weight }) => ({ at, row: fromWarm.map((x) => x * weight) })),
      ...coldWork.map(({ at, weight }) => ({ at, row: fromAsleep.map((x) => x * weight) })),
    ],
  });
  if (steps === null) return null;
  const awake = dot(warm, events) / eventRate;
  const trigger = dot(asleep, events) / eventRate;
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
  chain: MarkovianChain,
  { warm, asleep }: IdleRows,
  { batch, service }: Pick<ColdServer, "batch" | "service">,
): (s: Complex) => Waits {
  const { events, withoutEvent, eventRate } = chain;
  const solveFor = chain.solver();
  const outside = rowTimes(addRows(warm, asleep), withoutEvent);
  const warmEvents = chain.toEvent(warm);
  const asleepEvents = chain.toEvent(asleep);
  const [fromWarm, fromAsleep] = [dot(warm, events), dot(asleep, events)];
  return (s) => {
    const work = eventWork(batch, service, s);
    // Only v·D1·e is needed, so the system is solved for the column D1·e. Along e both rows have closed forms.
    const { along, beside } = solveFor(s, work.rest);
    const empty = complex(fromAsleep + fromWarm * work.rest.re, fromWarm * work.rest.im);
    const warmRow = add(rowDot(outside, beside), multiply(work.h, rowDot(warmEvents, beside)));
    const busyWarm = subtract(multiply(along, empty), warmRow);
    const coldRow = add(rowDot(asleepEvents, beside), scale(along, fromAsleep));
    const busyCold = negate(multiply(work.others, coldRow));
    return {
      work,
      beforeWarm: scale(multiply(work.ahead, add(busyWarm, complex(fromWarm))), 1 / eventRate),
      busyCold: scale(multiply(work.ahead, busyCold), 1 / eventRate),
    };
  };
}

/** Figures that need the phases during a start: E[e^(Du)] between the event that wakes and the instance being ready. */
function duringStart(
  chain: MarkovianChain,
  { warm, asleep }: IdleRows,
  { batch, service, firstService, coldStart }: Omit<ColdServer, "eventRate">,
  { trigger, load, busyPeriod }: { trigger: number; load: number; busyPeriod: number },
): { readonly meanCold: number; readonly figures: ColdFigures } {
  const { right, eventRate: lambda } = chain;
  const wakeRate = trigger * lambda;
  const start = coldStart.mean;
  const { arrivals, waiting } = chain.during(coldStart, chain.toEvent(asleep));
  const states = {
    off: dot(asleep, right),
    starting: wakeRate * start,
    idle: dot(warm, right),
    busy: load + wakeRate * (firstService.mean - service.mean),
  };
  const total = states.off + states.starting + states.idle + states.busy;
  invariant(Math.abs(total - 1) < 1e-9, `the states' fractions of time sum to 1, not ${total}`);
  return {
    meanCold: (wakeRate * start + waiting) / lambda,
    figures: {
      load,
      triggerPerEvent: trigger,
      triggered: trigger / batch.mean,
      inTriggerBatch: trigger,
      direct: (wakeRate + arrivals) / lambda,
      busyPeriod,
      startsPerSecond: wakeRate,
      states,
    },
  };
}

const addRows = (a: readonly number[], b: readonly number[]): number[] => a.map((x, i) => x + b[i]!);

/** visits·D1·work */
const throughEvent = (chain: MarkovianChain, visits: Matrix, work: Matrix): Matrix =>
  visits.map((row) => rowTimes(chain.toEvent(row), work));

function rowDot(row: readonly number[], x: readonly Complex[]): Complex {
  let re = 0;
  let im = 0;
  for (let i = 0; i < row.length; i++) {
    re += row[i]! * x[i]!.re;
    im += row[i]! * x[i]!.im;
  }
  return { re, im };
}
