import { check } from "../base/check.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import { one, subtract } from "../numerics/complex.ts";
import { dot, solve } from "../numerics/matrix.ts";
import { phasesAt } from "../numerics/phasesAt.ts";
import { phaseTypeTransformRest } from "../numerics/phaseTypeTransform.ts";
import type { Source } from "../random/source.ts";
import { standardExponential } from "../random/standardExponential.ts";
import type { Distribution } from "./distribution.ts";

/**
 * The time a Markov chain takes to leave its phases: sums and mixtures of exponential times, and whatever lies between.
 *
 * @param initial α, the chances of the m phases at time 0; they sum to 1
 * @param generator T (m×m, row-major, per second): rates between the phases, rows that sum to at most 0; what is missing to 0 is the rate of
 *   leaving, and every phase leads to it
 * @example
 * phaseType({ initial: [1, 0], generator: [[-4, 4], [0, -4]] }).mean // => 0.5
 */
export function phaseType({
  initial,
  generator,
}: {
  readonly initial: readonly number[];
  readonly generator: readonly (readonly PerSecond[])[];
}): Distribution {
  const problem = phaseTypeProblem({ initial, generator });
  check(problem === undefined, "phaseType", problem?.rule ?? "", problem?.got);
  const negative = generator.map((row) => row.map((rate) => -rate));
  const moments = [1];
  let beyond = initial.map(() => [1]);
  for (let k = 1; k <= 4; k++) {
    beyond = solve(negative, beyond).map(([value]) => [k * value!]);
    moments.push(
      dot(
        initial,
        beyond.map(([value]) => value!),
      ),
    );
  }
  const mean = moments[1]!;
  const phases = phasesAt({ initial, generator });
  const ones = initial.map(() => 1);
  const tail = (x: Seconds): number => Math.min(1, dot(phases(x), ones));
  const exits = generator.map(exitRate);
  const rest = phaseTypeTransformRest({ initial, generator });
  const cdf = (x: Seconds): number => (x <= 0 ? 0 : 1 - tail(x));
  return {
    mean,
    scv: moments[2]! / mean ** 2 - 1,
    cdf,
    quantile: (p) => (p === 0 ? 0 : p === 1 ? Infinity : timeWithTail(1 - p, { phases, exits, mean })),
    moment: (k) => moments[k]!,
    transform: [{ delay: 0, smooth: (s) => subtract(one, rest(s)) }],
    transformRest: rest,
    sampler: (source) => sampler(source, initial, generator),
  };
}

/** What is wrong with the matrices, for the factory and for the scenario's schema. */
export function phaseTypeProblem({
  initial,
  generator,
}: {
  readonly initial: readonly number[];
  readonly generator: readonly (readonly number[])[];
}): { readonly rule: string; readonly got: unknown } | undefined {
  const m = initial.length;
  const total = initial.reduce((sum, p) => sum + p, 0);
  const bad = (rule: string, got: unknown) => ({ rule, got });
  if (!initial.every((p) => p >= 0 && p <= 1)) return bad("initial must be in [0, 1]", initial.join(" "));
  if (!(Math.abs(total - 1) <= 1e-9)) return bad("initial must sum to 1", total);
  if (generator.length !== m) return bad(`generator must have ${m} rows`, generator.length);
  for (const [i, row] of generator.entries()) {
    if (row.length !== m) return bad(`generator must have ${m} columns`, row.length);
    if (!row.every((rate, j) => (i === j ? rate < 0 : rate >= 0) && Math.abs(rate) < Infinity)) {
      return bad("generator must be negative on the diagonal and not elsewhere", row.join(" "));
    }
    const sum = row.reduce((all, rate) => all + rate, 0);
    if (!(sum <= 1e-9 * -row[i]!)) return bad("generator rows must sum to at most 0", sum);
  }
  const leaving = leadsOut(generator);
  return leaving.every((leads) => leads) ? undefined : bad("every phase must lead out", leaving.indexOf(false) + 1);
}

/** Rounding of a row that should sum to 0 is not a way out. */
const exitRate = (row: readonly number[], i: number): number => {
  const rate = -row.reduce((sum, value) => sum + value, 0);
  return rate > 1e-12 * -row[i]! ? rate : 0;
};

/** Which phases lead out of the chain sooner or later. */
function leadsOut(generator: readonly (readonly number[])[]): boolean[] {
  const leads = generator.map((row, i) => exitRate(row, i) > 0);
  for (let round = 0; round < generator.length; round++) {
    for (const [i, row] of generator.entries()) leads[i] ||= row.some((rate, j) => rate > 0 && leads[j]);
  }
  return leads;
}

/**
 * Where the tail has fallen to q, by Newton's method on its logarithm, whose slope is the rate of leaving: nearly straight, so that a few
 * steps do. Kept between bounds that close in, for laws that are far from exponential.
 */
function timeWithTail(
  q: number,
  {
    phases,
    exits,
    mean,
  }: { readonly phases: (t: Seconds) => readonly number[]; readonly exits: readonly number[]; readonly mean: Seconds },
): Seconds {
  let [low, high] = [0, Infinity];
  let t = -Math.log(q) * mean;
  for (let step = 0; step < 200; step++) {
    const row = phases(t);
    const tail = row.reduce((sum, value) => sum + value, 0);
    if (tail > q) low = t;
    else high = t;
    const newton = t + (Math.log(tail / q) * tail) / dot(row, exits);
    const next = newton > low && newton < high ? newton : high === Infinity ? 2 * t : (low + high) / 2;
    if (Math.abs(next - t) <= 4e-16 * t) return next;
    t = next;
  }
  return t;
}

/** Follows the chain; O(jumps) a draw. */
function sampler(source: Source, initial: readonly number[], generator: readonly (readonly number[])[]): () => Seconds {
  const draw = standardExponential(source);
  const start = cumulative(initial);
  const next = generator.map((row, i) => cumulative([...row.map((rate, j) => (i === j ? 0 : rate)), exitRate(row, i)]));
  const exit = initial.length;
  return () => {
    let phase = pick(start, source());
    let time = 0;
    while (phase !== exit) {
      const out = next[phase]!;
      const total = out[exit]!;
      time += draw() / total;
      phase = pick(out, source() * total);
    }
    return time;
  };
}

function cumulative(weights: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(weights, (weight) => (sum += weight));
}

/** The first entry beyond x. */
function pick(sums: Float64Array, x: number): number {
  let i = 0;
  while (i < sums.length - 1 && sums[i]! <= x) i++;
  return i;
}
