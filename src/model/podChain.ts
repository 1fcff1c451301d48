import { ConvergenceError } from "../base/check.ts";
import { knativeConstants } from "../policies/scaling/constants.ts";
import { type DecisionSettings, scalingDecision } from "../policies/scaling/decision.ts";
import type { KnativeSettings } from "../policies/scaling/knative.ts";

/** The load the autoscaler sees, and what limits what it may order. */
export interface PodChainInput {
  readonly settings: KnativeSettings;
  /** What the metric is like while so many pods are ready. */
  metric(pods: number): Metric;
  /** Mean time from order to ready. */
  readonly startSeconds: number;
}

/** Of a metric in balance. */
export interface Metric {
  readonly mean: number;
  /** The variance of its average over a window, times the window's length. */
  readonly variancePerSecond: number;
  /** At an instant: no average has more. */
  readonly variance: number;
}

export interface PodChain {
  /** P(r pods ready), of a revision that is not at zero; index r. */
  readonly ready: readonly number[];
  readonly startsPerSecond: number;
}

/** Levels of the stable window's average, by Rouwenhorst's method: out to ±3.2 standard deviations. */
const levels = 11;
/** What the panic window's average differs by, in standard deviations, and how likely: Gauss and Hermite's five points. */
const surprises = [
  { at: -2.8569700138728056, weight: 0.011257411327720691 },
  { at: -1.355626179974266, weight: 0.2220759220056126 },
  { at: 0, weight: 0.5333333333333333 },
  { at: 1.355626179974266, weight: 0.2220759220056126 },
  { at: 2.8569700138728056, weight: 0.011257411327720691 },
];
const mostStates = 6000;

interface State {
  readonly level: number;
  readonly ready: number;
  readonly starting: number;
  readonly panicking: boolean;
}

/**
 * The pods of a Knative revision that is not at zero, as a chain in steps of the autoscaler's tick: approximate.
 *
 * At every tick Knative's own decision is taken on the averages of both windows. The stable window's average is a Markov chain of
 * a few levels with the window's own correlation, the panic window's is drawn around it; starts become ready, and panic
 * mode ends, after a geometric number of ticks with the right mean.
 *
 * @throws {ConvergenceError} where more pods than can be followed are in reach
 * @see Rouwenhorst, Asset pricing implications of equilibrium business cycle models (1995), for the levels
 */
export function podChain(input: PodChainInput): PodChain {
  const { settings, startSeconds } = input;
  const tick = knativeConstants.tickSeconds;
  const values = valuesOf(input);
  const moves = rouwenhorst(Math.max(0, 1 - tick / settings.stableWindowSeconds));
  const isReady = startSeconds <= 0 ? 1 : Math.min(1, tick / startSeconds);
  const calms = Math.min(1, tick / settings.stableWindowSeconds);
  const states: State[] = [];
  const index = new Map<string, number>();
  const at = (level: number, ready: number, starting: number, panicking: boolean): number => {
    const key = `${level},${ready},${starting},${panicking}`;
    const known = index.get(key);
    if (known !== undefined) return known;
    if (states.length >= mostStates) throw new ConvergenceError("podChain", { iterations: states.length, residual: 1 });
    index.set(key, states.length);
    states.push({ level, ready, starting, panicking });
    return states.length - 1;
  };
  const first = clamp(settings, Math.ceil(input.metric(Infinity).mean / settings.targetValue));
  at((levels - 1) / 2, first, 0, false);
  const from: number[] = [];
  const to: number[] = [];
  const chance: number[] = [];
  const orders: number[] = [];
  for (let s = 0; s < states.length; s++) {
    const { level, ready, starting, panicking } = states[s]!;
    let ordered = 0;
    for (const { at: surprise, weight } of surprises) {
      for (const still of panicking ? [true, false] : [false]) {
        const share = weight * (panicking ? (still ? 1 - calms : calms) : 1);
        const { stable, panicSpread } = values(ready);
        const stableValue = stable[level]!;
        const panicValue = Math.max(0, stableValue + surprise * panicSpread);
        const decided = decide(settings, { ready, total: ready + starting, panicking: still, stableValue, panicValue });
        const next = afterOrder(decided.pods, ready);
        ordered += share * Math.max(0, decided.pods - ready - starting);
        for (const [arrived, p] of binomial(next.starting, isReady).entries()) {
          if (p < 1e-6) continue;
          for (let l = 0; l < levels; l++) {
            const move = moves[level]![l]!;
            if (move < 1e-6) continue;
            from.push(s);
            to.push(at(l, next.ready + arrived, next.starting - arrived, decided.panicking));
            chance.push(share * p * move);
          }
        }
      }
    }
    orders.push(ordered);
  }
  return summed(states, settled(states.length, from, to, chance), orders);
}

/** Knative's own function, told a past that agrees with the state. */
function decide(
  settings: KnativeSettings,
  {
    ready,
    total,
    panicking,
    stableValue,
    panicValue,
  }: {
    readonly ready: number;
    readonly total: number;
    readonly panicking: boolean;
    readonly stableValue: number;
    readonly panicValue: number;
  },
): { readonly pods: number; readonly panicking: boolean } {
  const nowSeconds = 1e6;
  const past = panicking ? { seconds: nowSeconds - settings.stableWindowSeconds / 2, pods: total } : {};
  const state = scalingDecision({ nowSeconds, readyPods: 1 }, 0, past);
  const decision = state.decide(settings as DecisionSettings, {
    nowSeconds,
    readyPods: ready,
    stableValue,
    panicValue,
  });
  return { pods: clamp(settings, decision.desired), panicking: decision.panicking };
}

/** Scale to zero is a matter of its own; here one pod stays. */
const clamp = ({ minScale, maxScale }: KnativeSettings, pods: number): number =>
  Math.min(Math.max(pods, minScale, 1), maxScale);

/** A smaller order takes pods in start first. */
function afterOrder(pods: number, ready: number): { readonly ready: number; readonly starting: number } {
  if (pods >= ready) return { ready, starting: pods - ready };
  return { ready: pods, starting: 0 };
}

/** The levels of the stable average and the spread of the panic average around them, by ready pods. */
function valuesOf({ settings, metric }: PodChainInput) {
  const known = new Map<number, { readonly stable: readonly number[]; readonly panicSpread: number }>();
  return (pods: number) => {
    const before = known.get(pods);
    if (before !== undefined) return before;
    const of = (seconds: number, { variancePerSecond, variance }: Metric): number =>
      Math.min(variance, variancePerSecond / seconds);
    const { stableWindowSeconds, panicWindowSeconds } = settings;
    const crowded = metric(pods);
    // A queue spreads the load upwards only.
    const [low, high] = [metric(Infinity), crowded].map((load) =>
      Math.sqrt((levels - 1) * of(stableWindowSeconds, load)),
    );
    const values = {
      stable: Array.from({ length: levels }, (_, l) => {
        const position = (2 * l) / (levels - 1) - 1;
        return Math.max(0, crowded.mean + position * (position < 0 ? low! : high!));
      }),
      panicSpread: Math.sqrt(Math.max(0, of(panicWindowSeconds, crowded) - of(stableWindowSeconds, crowded))),
    };
    known.set(pods, values);
    return values;
  };
}

/** Transitions between equidistant levels with the given correlation. */
function rouwenhorst(correlation: number): number[][] {
  const stay = (1 + correlation) / 2;
  return Array.from({ length: levels }, (_, from) => {
    // Of `from` coins up each stays up, and of the others each stays down.
    const up = binomial(from, stay);
    const down = binomial(levels - 1 - from, 1 - stay);
    const row = new Array<number>(levels).fill(0);
    for (const [i, p] of up.entries()) for (const [j, q] of down.entries()) row[i + j]! += p * q;
    return row;
  });
}

function binomial(n: number, p: number): number[] {
  let row = [1];
  for (let i = 0; i < n; i++) {
    row = Array.from({ length: row.length + 1 }, (_, k) => (row[k] ?? 0) * (1 - p) + (row[k - 1] ?? 0) * p);
  }
  return row;
}

/** The stationary law by iteration from the first state. */
function settled(n: number, from: readonly number[], to: readonly number[], chance: readonly number[]): Float64Array {
  let now = new Float64Array(n);
  now[0] = 1;
  for (let step = 0; step < 3000; step++) {
    const next = new Float64Array(n);
    for (let k = 0; k < from.length; k++) next[to[k]!]! += now[from[k]!]! * chance[k]!;
    const total = next.reduce((sum, p) => sum + p, 0);
    let change = 0;
    for (let s = 0; s < n; s++) {
      next[s]! /= total;
      change += Math.abs(next[s]! - now[s]!);
    }
    now = next;
    if (change < 1e-7) break;
  }
  return now;
}

function summed(states: readonly State[], law: Float64Array, orders: readonly number[]): PodChain {
  const ready: number[] = [];
  let startsPerTick = 0;
  for (const [s, state] of states.entries()) {
    while (ready.length <= state.ready) ready.push(0);
    ready[state.ready]! += law[s]!;
    startsPerTick += law[s]! * orders[s]!;
  }
  return { ready, startsPerSecond: startsPerTick / knativeConstants.tickSeconds };
}
