import { InputError } from "../base/check.ts";
import type { Scenario, TargetSpec } from "../scenario/scenario.ts";

/** What a target's simulator does not look at yet: fields that would change its answer, refused and not passed over. */
const fields: { readonly [Kind in TargetSpec["kind"]]?: readonly string[] } = {
  knative: ["autoscaler", "startWork", "startsAtOnce", "nodes"],
  spinkube: ["autoscaler", "startWork", "startsAtOnce", "nodes", "checks"],
};

/**
 * Refuses what the simulator would have to pass over.
 *
 * @throws {InputError} with every such field of the target
 */
export function refuseNotSimulated(scenario: Scenario, target: TargetSpec): void {
  const found = (fields[target.kind] ?? []).filter((field) => field in target);
  if (found.length === 0) return;
  const message = "is not simulated yet; leave it out";
  throw new InputError(
    scenario.name,
    found.map((field) => ({ path: `targets.${target.name}.${field}`, message })),
  );
}
