import type { Seconds } from "../../base/units.ts";
import { distribution } from "../../distributions/index.ts";
import type { Estimate } from "../../scenario/answer.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { overSeeds, type Trial, trials, type Unchanged } from "./trial.ts";

/** The targets under shorter or longer work. */
export interface WorkRow {
  /** Mean work of a request, before any target's own factor. */
  readonly work: Seconds;
  /** By target, in the scenario's order; the p99 is null where it does not keep up or nothing was measured. */
  readonly p99s: readonly { readonly target: string; readonly p99: Estimate | null }[];
  /** The target with the lowest p99 among those that serve, and those whose p99 cannot be told from it. */
  readonly best: readonly string[];
}

const factors = [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((k) => 2 ** k);

/**
 * Which target has the lowest p99 as the work of a request grows, all else (arrivals, starts, overheads) as it is.
 *
 * Every target is given the same requests, seed by seed, so that what is judged is the difference between them.
 *
 * @param unchanged the trials of the scenario as it is, where they have been run before
 * @returns rows by rising work; empty for a single target and for work of no length
 */
export function byWork(
  scenario: Scenario,
  targets: readonly string[],
  unchanged: Unchanged = (target) => trials(scenario, target),
): readonly WorkRow[] {
  const { mean } = distribution(scenario.work);
  if (targets.length < 2 || !(mean > 0 && mean < Infinity)) return [];
  return factors.map((work) => {
    const seen = targets.map((target) => ({
      target,
      runs: work === 1 ? unchanged(target) : trials(scenario, target, { work }),
    }));
    const serving = seen.flatMap(({ target, runs }) =>
      runs?.every(({ serves }) => serves) ? [{ target, runs, p99: overSeeds(runs, ({ p99 }) => p99) }] : [],
    );
    return {
      work: mean * work,
      p99s: targets.map((target) => ({ target, p99: serving.find((one) => one.target === target)?.p99 ?? null })),
      best: bestOf(serving),
    };
  });
}

interface Serving {
  readonly target: string;
  readonly runs: readonly Trial[];
  readonly p99: Estimate;
}

function bestOf(serving: readonly Serving[]): string[] {
  const [first] = serving.toSorted((a, b) => a.p99.value - b.p99.value);
  if (first === undefined) return [];
  const slower = ({ runs }: Serving) => overSeeds(runs, ({ p99 }, i) => p99 - first.runs[i]!.p99).low > 0;
  return serving.filter((one) => one === first || !slower(one)).map(({ target }) => target);
}

/** Rows in words: over which work which target is best alone. */
export function bestRanges(
  rows: readonly WorkRow[],
): readonly { readonly best: string; readonly from: Seconds; readonly to: Seconds }[] {
  const ranges: { best: string; from: Seconds; to: Seconds; last: number }[] = [];
  for (const [i, { work, best }] of rows.entries()) {
    const [name] = best;
    if (name === undefined || best.length > 1) continue;
    const before = ranges.at(-1);
    if (before?.best === name && before.last === i - 1) Object.assign(before, { to: work, last: i });
    else ranges.push({ best: name, from: work, to: work, last: i });
  }
  return ranges;
}
