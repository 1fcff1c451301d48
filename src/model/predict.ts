import { arrivals } from "../arrivals/index.ts";
import { ConvergenceError, check } from "../base/check.ts";
import { version } from "../base/version.ts";
import type { Answer, TargetAnswer } from "../scenario/answer.ts";
import { expectedResources } from "../scenario/resources.ts";
import type { Scenario, TargetSpec } from "../scenario/scenario.ts";
import { isMany, manyAnswer } from "./manyAnswer.ts";
import { perRequestAnswer } from "./perRequestAnswer.ts";
import { serverAnswer } from "./serverAnswer.ts";
import { sharedPodsAnswer } from "./sharedPodsAnswer.ts";
import { spinkubeAnswer } from "./spinkubeAnswer.ts";
import { unavailable } from "./unavailable.ts";

/**
 * The steady state of a scenario by queueing theory, without simulation.
 *
 * Exact where a theorem gives the transform of the latency, which is then inverted numerically; the intervals hold the
 * inversion's error. A target that no formula covers comes back as `unavailable` with the reason.
 *
 * @param scenario a parsed scenario; its duration, warm-up and seed play no part
 * @param options.targets names of the targets to answer; all when absent
 * @throws {RangeError} if a name is not a target of the scenario
 */
export function predict(scenario: Scenario, options: { readonly targets?: readonly string[] } = {}): Answer {
  const names = scenario.targets.map(({ name }) => name);
  for (const name of options.targets ?? []) {
    check(names.includes(name), "predict", `targets must be among ${names.join(", ")}`, name);
  }
  const wanted = scenario.targets.filter(({ name }) => options.targets?.includes(name) ?? true);
  return {
    coldcast: 1,
    from: "model",
    scenario: scenario.name,
    seed: scenario.seed,
    provenance: { version, scenarioSha256: scenario.sha256, scheduleSha256: null, calibration: scenario.calibration },
    targets: wanted.map((target) => solvedOr(scenario, target)),
  };
}

/** A solver that cannot reach its tolerance leaves its target without an answer, not the scenario. */
function solvedOr(scenario: Scenario, target: TargetSpec): TargetAnswer {
  try {
    return withResources(scenario, target, answerOf(scenario, target));
  } catch (error) {
    if (!(error instanceof ConvergenceError)) throw error;
    return unavailable(target, `model: the solver gave up on these parameters (${error.message}); simulate it`);
  }
}

/** Figures of memory and money; there are none where nothing ends in a steady state. */
function withResources({ arrivals: spec }: Scenario, target: TargetSpec, answer: TargetAnswer): TargetAnswer {
  const { rate, finite } = arrivals(spec);
  if (answer.status === "unavailable" || finite || !answer.stable) return answer;
  return { ...answer, resources: expectedResources(target, answer, rate) };
}

function answerOf(scenario: Scenario, target: TargetSpec): TargetAnswer {
  switch (target.kind) {
    case "server":
      return isMany(target) ? manyAnswer(scenario, target) : serverAnswer(scenario, target);
    case "spinkube":
      if (target.autoscaler !== undefined) {
        return unavailable(target, "model: an autoscaled deployment has no formula; simulate it");
      }
      return target.workIs === "cpu" ? sharedPodsAnswer(scenario, target) : spinkubeAnswer(scenario, target);
    case "perRequest":
      return perRequestAnswer(scenario, target);
    case "knative":
      return unavailable(target, "model: an autoscaled deployment has no formula; simulate it");
    case "edge":
    case "pipeline":
    case "node":
      return unavailable(target, `model: there is no formula for ${target.kind} yet; simulate it`);
  }
}
