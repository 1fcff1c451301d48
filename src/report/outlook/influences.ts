import { multiplied } from "../../arrivals/index.ts";
import { InputError } from "../../base/check.ts";
import { scaledSpec } from "../../distributions/index.ts";
import { parameterOf } from "../../model/parameter.ts";
import { numbersOf } from "../../model/sensitivity.ts";
import type { Estimate } from "../../scenario/answer.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { overSeeds, trials, type Unchanged } from "./trial.ts";

/** What one number of the scenario does to a target's p99. */
export interface Influence {
  /** The number's place in the scenario, or "arrival rate" and "work" as a whole. */
  readonly what: string;
  /** The p99's change in seconds, and how far the number was moved; null where the scenario allows no such value. */
  readonly less: Moved | null;
  readonly more: Moved | null;
}

export interface Moved {
  /** "−20 %", "+1". */
  readonly by: string;
  readonly change: Estimate;
}

const [less, more] = [0.8, 1.25];

/**
 * How far a target's p99 moves when one number is moved and all else stays: a fifth less and a quarter more, whole numbers by one.
 *
 * Simulated over five seeds, each with and without the change, so that what differs is the change; the interval is that of the
 * mean difference (Student's t). Numbers whose changes cannot be told from nothing are left out.
 *
 * @param unchanged the trials of the scenario as it is, where they have been run before
 * @returns the largest first
 */
export function influences(
  scenario: Scenario,
  target: string,
  unchanged: Unchanged = (name) => trials(scenario, name),
): readonly Influence[] {
  const base = unchanged(target);
  if (base === null) return [];
  const moved = (by: string, changed: Scenario | null): Moved | null => {
    const found = changed === null ? null : trials(changed, target);
    return found === null ? null : { by, change: overSeeds(found, ({ p99 }, i) => p99 - base[i]!.p99) };
  };
  const whole = ["arrival rate", "work"].map((what): Influence => {
    const at = (factor: number): Scenario =>
      what === "work"
        ? { ...scenario, work: scaledSpec(scenario.work, factor) }
        : { ...scenario, arrivals: multiplied(scenario.arrivals, factor) };
    return { what, less: moved("−20 %", at(less)), more: moved("+25 %", at(more)) };
  });
  const single = ownNumbers(scenario, target).map(({ path, value, isWhole, with: put }): Influence => {
    const at = (to: number) => allowed(() => put(to));
    const name = path.replace(`targets.${target}.`, "");
    return isWhole
      ? { what: name, less: moved("−1", at(value - 1)), more: moved("+1", at(value + 1)) }
      : { what: name, less: moved("−20 %", at(less * value)), more: moved("+25 %", at(more * value)) };
  });
  return [...whole, ...single].filter(isTold).sort((a, b) => size(b) - size(a));
}

/** The target's own numbers; those inside lists say nothing by themselves. */
function ownNumbers(scenario: Scenario, target: string) {
  return numbersOf(scenario, target)
    .filter((path) => path.startsWith(`targets.${target}.`) && !/\.\d+(?:\.|$)/.test(path.slice(target.length + 9)))
    .flatMap((path) => {
      const parameter = allowed(() => parameterOf(scenario, path, target));
      return parameter !== null && parameter.value > 0 && parameter.value < Infinity ? [parameter] : [];
    });
}

/** What the scenario's format allows. */
function allowed<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

const isTold = (influence: Influence): boolean =>
  [influence.less, influence.more].some((moved) => moved !== null && (moved.change.low > 0 || moved.change.high < 0));

const size = ({ less, more }: Influence): number =>
  Math.max(Math.abs(less?.change.value ?? 0), Math.abs(more?.change.value ?? 0));
