import type { Batch } from "../arrivals/index.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import type { Distribution, TransformPart } from "../distributions/index.ts";
import type { Complex } from "../numerics/complex.ts";
import type { AtomicSojourn } from "./atomicLatency.ts";
import type { EarlySojourn } from "./earlyParts.ts";
import type { Atom } from "./law.ts";

/** One instance that serves in order of arrival, sleeps when idle long enough, and needs a start to wake. */
export interface ColdServer {
  /** Events per second; each brings a batch. */
  readonly eventRate: PerSecond;
  readonly batch: Batch;
  readonly service: Distribution;
  /** The service of the request that wakes the instance. */
  readonly firstService: Distribution;
  readonly coldStart: Distribution;
  /** From the instant the instance empties; null: it never sleeps. */
  readonly keepAlive: Distribution | null;
  /** A shut-down that cannot be interrupted, after which a waiting request starts the instance. */
  readonly closeDown: Distribution | null;
}

/**
 * What a queue model knows about a cold server: the sojourn T in transforms and every figure that has a closed form.
 *
 * T* = B*·warm + B*·Z*·cold + Z*·first, with B the service and Z = start + first service: linear in both, so that their
 * delays can be split off. For the own work Y: E[Y·e^(−sT)] = B′·warm + B′·Z*·(cold + later) + P·(C*·B₀′), B′ = E[B·e^(−sB)],
 * P the share of requests that wake the instance.
 */
export interface ColdQueue {
  readonly stable: true;
  readonly transforms: {
    warm(s: Complex): Complex;
    cold(s: Complex): Complex;
    first(s: Complex): Complex;
    later(s: Complex): Complex;
  };
  readonly service: readonly TransformPart[];
  /** Z = cold start + first service; and the cold start with its own weight E[Y₀·e^(−sY₀)] in place of the service. */
  readonly startAndFirst: readonly TransformPart[];
  readonly startAndWeightedFirst: readonly TransformPart[];
  /** Where warm and cold have poles that cancel, with the residue of cold. */
  poles(): readonly Pole[];
  /** P(a request finds nobody and is first of its batch): awake, or asleep so that it wakes the instance. */
  readonly firstWarm: number;
  readonly firstCold: number;
  /** The same in time where the service is atomic; null where it is smooth. */
  readonly atomic: AtomicSojourn | null;
  /** The sojourn's parts for early instants, where a service with delays makes kinks; null where there is no such split. */
  readonly early: EarlySojourn | null;
  /** Where B and Z have positive probability. */
  readonly serviceAtoms: readonly Atom[];
  readonly startAtoms: readonly Atom[];
  /** The same, weighted with the first service. */
  readonly startAtomsOfWork: readonly Atom[];
  readonly meanSojourn: Seconds;
  /** E[T²]. */
  readonly secondMoment: number;
  readonly meanWork: Seconds;
  /** Mean wait for a start, over all requests. */
  readonly meanCold: Seconds;
  readonly figures: ColdFigures;
}

/** A pole with Re σ > 0 and Im σ ≥ 0; where Im σ > 0 its conjugate is one too. */
export interface Pole {
  readonly sigma: Complex;
  readonly residue: Complex;
}

/** An offered load of one or more: no steady state. */
export interface UnstableQueue {
  readonly stable: false;
  readonly load: number;
}

/** Probabilities and time fractions (analytic notes: A2 tells the meanings of "cold" apart). */
export interface ColdFigures {
  /** The utilisation without cold starts. */
  readonly load: number;
  /** An event starts the instance. */
  readonly triggerPerEvent: number;
  /** A request is the one that starts it. */
  readonly triggered: number;
  /** A request is in a batch that starts it. */
  readonly inTriggerBatch: number;
  /** A request's latency contains part of a start. */
  readonly direct: number;
  /** A request is served in a busy period that began with a start; null where not known. */
  readonly busyPeriod: number | null;
  readonly startsPerSecond: PerSecond;
  readonly states: { readonly off: number; readonly starting: number; readonly idle: number; readonly busy: number };
}
