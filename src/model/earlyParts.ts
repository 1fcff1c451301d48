import type { PerSecond, Seconds } from "../base/units.ts";
import type { TransformPart } from "../distributions/index.ts";
import { add, type Complex, complex, divide, multiply, scale } from "../numerics/complex.ts";
import { memoised, productOf, transformAt } from "./law.ts";

/** The sojourn's transform with the first sums of services apart, for instants up to `until`. */
export interface EarlySojourn {
  readonly parts: readonly TransformPart[];
  /** The parts grow like e^(shift·t) at most. */
  readonly shift: PerSecond;
  readonly until: Seconds;
}

/** How many services after one another are told apart, by the number of delays in the law of one. */
const depths = [0, 8, 5, 4, 3];
/** More parts than this are not inverted one by one. */
const mostParts = 400;

/**
 * The sojourn of an M/G/1 with exceptional first service where the service has delays, such as a uniform or shifted law.
 *
 * The workload has a kink at every sum of services, the smoother the longer the sum. With B* = b₀ + R, R what comes with a
 * delay, and D = s − λ + λb₀, G = λp₀/(D + λR) = λp₀·Σ(−λR)ⁿ/Dⁿ⁺¹: the first terms are parts of their own, and what
 * remains is as smooth as the first term left in it. Every term grows like e^(λt), so the sum is used for early instants
 * only; later, kinks have long become too smooth to matter.
 *
 * @param startAndFirst the parts of the start plus the first service
 * @returns null where the service has no delay, too many, or the parts are too many
 */
export function earlySojourn(
  service: readonly TransformPart[],
  startAndFirst: readonly TransformPart[],
  { lambda, q, p0 }: { readonly lambda: PerSecond; readonly q: number; readonly p0: number },
): EarlySojourn | null {
  const delayed = service.filter(({ delay }) => delay > 0);
  const depth = depths[delayed.length] ?? 0;
  if (depth === 0) return null;
  const start = q > 0 ? startAndFirst : [];
  const busy = busyParts(service, delayed, depth, lambda, lambda * p0);
  if (busy.length * service.length * (1 + service.length + start.length) > mostParts) return null;
  const times = (factor: number, parts: readonly TransformPart[]): TransformPart[] =>
    parts.map(({ delay, smooth }) => ({ delay, smooth: (s) => scale(smooth(s), factor) }));
  const behind = productOf(service, busy);
  return {
    parts: [
      ...behind,
      ...times(q - 1, productOf(behind, service)),
      ...times(-q, productOf(behind, start)),
      ...times(p0 * (1 - q), service),
      ...times(p0 * q, start),
    ],
    shift: 1.2 * lambda,
    until: 6 / lambda,
  };
}

/** factor/(D + λR) in parts: every product of at most `depth` delayed terms by itself, those of `depth` with all that follow. */
function busyParts(
  service: readonly TransformPart[],
  delayed: readonly TransformPart[],
  depth: number,
  lambda: PerSecond,
  factor: number,
): TransformPart[] {
  const atOnce = service.filter(({ delay }) => delay === 0);
  const at = memoised((s: Complex) => {
    const base = add(complex(s.re - lambda, s.im), scale(transformAt(atOnce, s), lambda));
    const whole = add(complex(s.re - lambda, s.im), scale(transformAt(service, s), lambda));
    const steps = delayed.map(({ smooth }) => divide(scale(smooth(s), -lambda), base));
    return { first: divide(complex(factor), base), rest: divide(complex(factor), whole), steps };
  });
  return counts(delayed.length, depth).map((powers) => {
    const n = powers.reduce((sum, k) => sum + k, 0);
    const ways = powers.reduce((product, k) => product / factorial(k), factorial(n));
    return {
      delay: powers.reduce((sum, k, j) => sum + k * delayed[j]!.delay, 0),
      smooth: (s) => {
        const { first, rest, steps } = at(s);
        let value = scale(n === depth ? rest : first, ways);
        for (const [j, k] of powers.entries()) for (let i = 0; i < k; i++) value = multiply(value, steps[j]!);
        return value;
      },
    };
  });
}

/** Every list of `length` counts that sum to at most `most`. */
function counts(length: number, most: number): number[][] {
  if (length === 0) return [[]];
  return Array.from({ length: most + 1 }, (_, k) => k).flatMap((k) =>
    counts(length - 1, most - k).map((rest) => [k, ...rest]),
  );
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
