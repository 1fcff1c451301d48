import { ConvergenceError } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { rowTimes } from "../numerics/matrix.ts";
import { exponentialPhase, type Sojourn, thenPhases } from "../numerics/thenPhases.ts";
import type { Uniformised } from "../numerics/uniformised.ts";
import type { SetupQueue, SetupServers } from "./setupQueue.ts";
import { mostBehind, setupWait } from "./setupWait.ts";

/** The times of a request at servers that have to be switched on. */
export interface SetupSojourn {
  readonly wait: Uniformised;
  readonly sojourn: Sojourn;
  /** Served by a server that was not on at the arrival. */
  readonly coldProbability: number;
  /** Mean time from the arrival until the serving server was on, over all requests. */
  readonly meanCold: Seconds;
}

/**
 * The law of the sojourn in M/M/k/setup with delayed off, by following one tagged request.
 *
 * The state is (servers on, place in line, requests behind): those behind matter because they start servers that help
 * the tagged one. For that reason the distributional form of Little's law is false here for k ≥ 2. Requests behind
 * count up to the servers that could still be started. Solved by uniformisation, so to about 1e-12.
 *
 * @throws {ConvergenceError} where the chain is too large: starts that last thousands of services
 */
export function setupSojourn(servers: SetupServers, queue: SetupQueue): SetupSojourn {
  const { arrivalRate: lambda, serviceRate: mu, setupRate: alpha, servers: k } = servers;
  const jumps = 20 * (lambda + k * Math.max(mu, alpha)) * (queue.meanPresent / lambda);
  const line = Math.max(1, queue.meanPresent - queue.meanOn);
  // A line this long would be followed from every place in it.
  if (!(jumps * line * k <= mostWork)) {
    throw new ConvergenceError("setupSojourn", { iterations: Math.round(jumps), residual: 1 });
  }
  const arrivals = placesInLine(queue, k);
  const wait = setupWait(servers, arrivals);
  return { wait, sojourn: thenPhases(wait, exponentialPhase(mu)), ...coldFigures(servers, arrivals) };
}

/** Jumps times places in line times servers; about a hundred million states and jumps are a second. */
const mostWork = 1e9;

/**
 * P(an arrival finds i servers on and becomes the p-th in line), as [i][p]; p = 0 stands for no wait.
 *
 * Row i ends where no request can be that far back any more: those that came, or were one place further with one server
 * less on.
 */
function placesInLine({ levels, R }: SetupQueue, k: number): number[][] {
  const places: number[][] = Array.from({ length: k + 1 }, () => [0]);
  const put = (level: readonly number[], j: number): void => {
    for (const [i, chance] of level.entries()) {
      const p = Math.max(0, j - i + 1);
      if (chance < 1e-18) continue;
      while (places[i]!.length <= p) places[i]!.push(0);
      places[i]![p]! += chance;
    }
  };
  for (let j = 0; j <= k; j++) put(levels[j]!, j);
  let level = levels[k]!;
  for (let j = k + 1; level.some((chance) => chance > 1e-17); j++) {
    level = rowTimes(level, R);
    put(level, j);
  }
  for (let i = 1; i <= k; i++) while (places[i]!.length < places[i - 1]!.length - 1) places[i]!.push(0);
  return places;
}

/**
 * Which server serves the tagged request, and since when it is on: means over the jumps of the chain, which never
 * returns to a state, so one pass over the states in order is enough.
 */
function coldFigures(
  { arrivalRate: lambda, serviceRate: mu, setupRate: alpha, servers: k }: SetupServers,
  arrivals: readonly (readonly number[])[],
): { coldProbability: number; meanCold: Seconds } {
  // Four figures a state: chance, E[time so far], E[Σ instants at which servers came on], E[how many did].
  const stride = 4;
  const rows = (i: number) => new Float64Array((arrivals[i]?.length ?? 0) * (mostBehind(k, i) + 1) * stride);
  let coldProbability = 0;
  let meanCold = 0;
  let here = rows(0);
  for (let i = 0; i <= k; i++) {
    const width = mostBehind(k, i) + 1;
    const widthAbove = mostBehind(k, i + 1) + 1;
    const above = rows(i + 1);
    for (let p = arrivals[i]!.length - 1; p >= 1; p--) {
      here[p * width * stride]! += arrivals[i]![p]!;
      for (let b = 0; b < width; b++) {
        const at = (p * width + b) * stride;
        const [mass, time, instants, fresh] = [here[at]!, here[at + 1]!, here[at + 2]!, here[at + 3]!];
        if (mass === 0) continue;
        if (i === k) {
          coldProbability += fresh / k;
          meanCold += instants / k;
          continue;
        }
        const starting = Math.min(p + b, k - i) * alpha;
        const joining = b < width - 1 ? lambda : 0;
        const out = i * mu + starting + joining;
        const later = time + mass / out;
        const start = starting / out;
        const service = (i * mu) / out;
        if (p === 1) {
          coldProbability += start * mass + (i > 0 ? (service * fresh) / i : 0);
          meanCold += start * later + (i > 0 ? (service * instants) / i : 0);
        } else {
          const up = ((p - 1) * widthAbove + Math.min(b, widthAbove - 1)) * stride;
          pass(above, up, start, mass, later, instants + later, fresh + mass);
          pass(here, ((p - 1) * width + b) * stride, service, mass, later, instants, fresh);
        }
        if (joining > 0) pass(here, at + stride, joining / out, mass, later, instants, fresh);
      }
    }
    here = above;
  }
  return { coldProbability, meanCold };
}

function pass(
  to: Float64Array,
  at: number,
  share: number,
  mass: number,
  time: number,
  instants: number,
  fresh: number,
): void {
  to[at]! += share * mass;
  to[at + 1]! += share * time;
  to[at + 2]! += share * instants;
  to[at + 3]! += share * fresh;
}
