import type { Scenario, TargetSpec } from "../scenario/scenario.ts";

const onRig: ReadonlySet<string> = new Set(["server", "perRequest", "knative", "spinkube"]);

/**
 * Why a replay would show something else than the scenario says; null where it would not.
 *
 * @param isRig whether the embedded rig would run the target, which has its kinds and none of its troubles
 */
export function whyNotReplayed(scenario: Scenario, spec: TargetSpec, isRig: boolean): string | null {
  if (spec.retries !== undefined || spec.hedge !== undefined) {
    return "a replay sends every request once: leave out retries and hedge, or simulate it";
  }
  if (!isRig) return null;
  if (!onRig.has(spec.kind)) return `the rig has no ${spec.kind}: name where it runs, or simulate it`;
  if (spec.work !== undefined) return "the rig has no GPU: name where it runs, or simulate it";
  const befallen =
    scenario.faults?.some(({ targets }) => targets === undefined || targets.includes(spec.name)) ?? false;
  return befallen ? "the rig makes no faults: leave them out, or simulate it" : null;
}
