import type { Scenario } from "../../scenario/scenario.ts";
import { byWork, type WorkRow } from "./byWork.ts";
import { type Capacity, capacity } from "./capacity.ts";
import { type Influence, influences } from "./influences.ts";
import { unchangedTrials } from "./trial.ts";

/** What lies beyond the one scenario: other loads, other work, other settings. All simulated. */
export interface Outlook {
  /** One per target; empty without an objective or a long-run rate. */
  readonly capacities: readonly Capacity[];
  readonly byWork: readonly WorkRow[];
  readonly influences: readonly { readonly target: string; readonly numbers: readonly Influence[] }[];
  /** Targets that are not part of it, and why. */
  readonly leftOut: readonly { readonly target: string; readonly reason: string }[];
}

/**
 * At which load each target stops to meet the objective, which is best for which work, and what its p99 hangs on.
 *
 * Costs some hundred short simulations: seconds. Same scenario, same outlook, to the last bit.
 *
 * @param targets only these; default all
 */
export function outlook(scenario: Scenario, targets?: readonly string[]): Outlook {
  const steps = outlookSteps(scenario, targets);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same in steps, for who must look up in between; each tells the share that is done, in (0, 1). */
export function* outlookSteps(scenario: Scenario, targets?: readonly string[]): Generator<number, Outlook> {
  const chosen = scenario.targets.filter(({ name }) => targets?.includes(name) ?? true);
  const leftOut = chosen.flatMap(({ name, kind }) =>
    kind === "node" ? [{ target: name, reason: "each of its functions has arrivals of its own" }] : [],
  );
  const taken = chosen.filter(({ kind }) => kind !== "node").map(({ name }) => name);
  const parts = 2 * taken.length + 1;
  let done = 0;
  const capacities: Capacity[] = [];
  const numbers: Outlook["influences"][number][] = [];
  for (const name of taken) {
    const found = capacity(scenario, name);
    if (found !== null) capacities.push(found);
    yield ++done / parts;
  }
  const unchanged = unchangedTrials(scenario);
  const rows = byWork(scenario, taken, unchanged);
  yield ++done / parts;
  for (const target of taken) {
    numbers.push({ target, numbers: influences(scenario, target, unchanged) });
    yield ++done / parts;
  }
  return { capacities, byWork: rows, influences: numbers, leftOut };
}
