import { ConvergenceError, check } from "../base/check.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import { bandStationary } from "../numerics/bandStationary.ts";
import { gammaP } from "../numerics/gamma.ts";

/** A platform that scales per request and lets every idle instance go after an exponential time. */
export interface ExpiringInstances {
  readonly arrivalRate: PerSecond;
  readonly serviceSeconds: Seconds;
  /** Mean cold start, exponential; 0: none. */
  readonly coldStartSeconds: Seconds;
  /** Mean time until an idle instance goes. */
  readonly idleSeconds: Seconds;
}

export interface ExpiryFigures {
  /** P(a request finds no idle instance). */
  readonly cold: number;
  readonly meanStarting: number;
  readonly meanExecuting: number;
  readonly meanIdle: number;
}

/** States times the square of the band: about a second. */
const mostWork = 1.2e9;
/** What the chance of the largest count may be. */
const edge = 1e-11;

/**
 * Cold requests where idle instances go after an exponential time each: exact for exponential service and cold start.
 *
 * The chain of (starting, executing, idle) instances; which idle one is taken does not matter. Solved directly, because
 * idle times are far longer than services and iterations crawl. The truncation grows until its edge is empty.
 *
 * @throws {RangeError} if an argument is outside its domain
 * @throws {ConvergenceError} where the chain is too large: more than about fifty busy at a time, or many starting
 * @example
 * expiryChain({ arrivalRate: 10, serviceSeconds: 0.05, coldStartSeconds: 0, idleSeconds: 10 }).cold.toFixed(9) // => "0.025643382"
 */
export function expiryChain(instances: ExpiringInstances): ExpiryFigures {
  const { arrivalRate: lambda, serviceSeconds: S, coldStartSeconds: C, idleSeconds } = instances;
  const positive = (x: number): boolean => x > 0 && x < Infinity;
  check(positive(lambda), "expiryChain", "arrivalRate must be in (0, ∞)", lambda);
  check(positive(S), "expiryChain", "serviceSeconds must be in (0, ∞)", S);
  check(C >= 0 && C < Infinity, "expiryChain", "coldStartSeconds must be in [0, ∞)", C);
  check(positive(idleSeconds), "expiryChain", "idleSeconds must be in (0, ∞)", idleSeconds);
  const spread = Math.ceil(3 * Math.sqrt(lambda * S));
  let box: Box = { x: C === 0 ? 0 : Math.min(6, poissonMost(lambda * C)), y: poissonMost(lambda * S), z: 16 + spread };
  for (;;) {
    checkWork(box);
    const { figures, last } = solveBox(instances, box);
    const larger: Box = {
      x: last.x > edge && box.x > 0 ? Math.ceil(box.x * 1.4) + 1 : box.x,
      y: last.y > edge ? Math.ceil(box.y * 1.2) : box.y,
      z: last.z > edge ? Math.ceil(box.z * 1.4) : box.z,
    };
    if (larger.x === box.x && larger.y === box.y && larger.z === box.z) return figures;
    box = larger;
  }
}

/** The largest counts of starting, executing and idle. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** A count that a Poisson variable of this mean exceeds with chance 1e-12 at most. */
function poissonMost(mean: number): number {
  let n = Math.ceil(mean);
  while (n < 1e7 && gammaP(n + 1, mean) > 1e-12) n += 1 + Math.floor(Math.sqrt(mean) / 10);
  return n + 1;
}

function checkWork(box: Box): void {
  const sizes = [box.x + 1, box.y + 1, box.z + 1].sort((a, b) => a - b);
  const width = 2 * sizes[0]! * sizes[1]!;
  const work = (sizes[2]! * width ** 3) / 8;
  if (!(work <= mostWork)) throw new ConvergenceError("expiryChain", { iterations: Math.round(work), residual: 1 });
}

function solveBox(instances: ExpiringInstances, box: Box): { readonly figures: ExpiryFigures; readonly last: Box } {
  const { arrivalRate: lambda } = instances;
  const gamma = box.x === 0 ? 0 : 1 / instances.coldStartSeconds;
  const mu = 1 / instances.serviceSeconds;
  const delta = 1 / instances.idleSeconds;
  const index = numbering(box);
  const p = bandStationary(index.states, index.width, (put) => {
    for (let x = 0; x <= box.x; x++) {
      for (let y = 0; y <= box.y; y++) {
        for (let z = 0; z <= box.z; z++) {
          const from = index.of(x, y, z);
          if (z > 0) {
            put(from, index.of(x, y, z - 1), z * delta);
            if (y < box.y) put(from, index.of(x, y + 1, z - 1), lambda);
          } else if (box.x === 0) {
            if (y < box.y) put(from, index.of(x, y + 1, z), lambda);
          } else if (x < box.x) put(from, index.of(x + 1, y, z), lambda);
          if (x > 0 && y < box.y) put(from, index.of(x - 1, y + 1, z), x * gamma);
          if (y > 0 && z < box.z) put(from, index.of(x, y - 1, z + 1), y * mu);
        }
      }
    }
  });
  return summed(p, box, index.of);
}

function summed(
  p: Float64Array,
  box: Box,
  of: (x: number, y: number, z: number) => number,
): { readonly figures: ExpiryFigures; readonly last: Box } {
  let cold = 0;
  let meanStarting = 0;
  let meanExecuting = 0;
  let meanIdle = 0;
  const last = { x: 0, y: 0, z: 0 };
  for (let x = 0; x <= box.x; x++) {
    for (let y = 0; y <= box.y; y++) {
      for (let z = 0; z <= box.z; z++) {
        const chance = p[of(x, y, z)]!;
        if (z === 0) cold += chance;
        meanStarting += x * chance;
        meanExecuting += y * chance;
        meanIdle += z * chance;
        if (x === box.x) last.x += chance;
        if (y === box.y) last.y += chance;
        if (z === box.z) last.z += chance;
      }
    }
  }
  return { figures: { cold, meanStarting, meanExecuting, meanIdle }, last };
}

/** States in the order that keeps transitions nearest to the diagonal: the longest of the three sides outermost. */
function numbering(box: Box): {
  readonly states: number;
  readonly width: number;
  of(x: number, y: number, z: number): number;
} {
  const sides = [box.x + 1, box.y + 1, box.z + 1];
  const order = [0, 1, 2].sort((i, j) => sides[j]! - sides[i]!);
  const strides = [0, 0, 0];
  let stride = 1;
  for (const side of [...order].reverse()) {
    strides[side] = stride;
    stride *= sides[side]!;
  }
  const [sx, sy, sz] = strides as [number, number, number];
  const width = Math.max(sx * (box.x > 0 ? 1 : 0), sy, sz, Math.abs(sy - sz), box.x > 0 ? Math.abs(sy - sx) : 0);
  return { states: stride, width, of: (x, y, z) => x * sx + y * sy + z * sz };
}
