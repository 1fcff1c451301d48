import { arrivals } from "../arrivals/index.ts";
import { ConvergenceError, check } from "../base/check.ts";
import { version } from "../base/version.ts";
import type { Answer, TargetAnswer } from "../scenario/answer.ts";
import { expectedResources } from "../scenario/resources.ts";
import type { Scenario, TargetSpec } from "../scenario/scenario.ts";
import type { AddedTime } from "./addedTime.ts";
import { burstAnswer } from "./burstAnswer.ts";
import { closedAnswer } from "./closedAnswer.ts";
import { edgeAnswer } from "./edgeAnswer.ts";
import { knativeAnswer } from "./knativeAnswer.ts";
import { isMany, manyAnswer } from "./manyAnswer.ts";
import { notModelled } from "./notModelled.ts";
import { perRequestAnswer } from "./perRequestAnswer.ts";
import { pipelineAnswer } from "./pipelineAnswer.ts";
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
  const reason = notModelled(scenario, target);
  if (reason !== null) return unavailable(target, reason);
  try {
    if (scenario.arrivals.kind === "closed") return stated(closedAnswer(scenario, target));
    if (scenario.arrivals.kind === "burst" && scenario.arrivals.every === undefined) {
      return stated(burstAnswer(scenario, target));
    }
    return withResources(scenario, target, stated(answerOf(scenario, target)));
  } catch (error) {
    if (!(error instanceof ConvergenceError)) throw error;
    return unavailable(target, `model: ${tooLarge[target.kind]} (${error.message}); simulate it`);
  }
}

/** What a solver that gives up was solving. */
const tooLarge: Readonly<Record<TargetSpec["kind"], string>> = {
  server: "the chain or transform of these servers is too large to be solved",
  perRequest: "the chain of this many instances is too large to be solved",
  spinkube: "the chain of the requests in these pods is too large to be solved",
  knative: "the chain of this many pods is too large to be solved",
  edge: "the law at these points of presence could not be solved",
  pipeline: "a stage of this pipeline is too large to be solved",
  node: "these nodes could not be solved",
};

/** Exact is a closed form: where a figure has an interval, a numerical method stands behind it. */
function stated(answer: TargetAnswer): TargetAnswer {
  if (answer.status !== "exact") return answer;
  const { quantiles, cdf, buckets } = answer.latency;
  const closed = [...quantiles, ...cdf, ...buckets].every(({ value: { low, high } }) => low === high);
  return closed ? answer : { ...answer, status: "numeric" };
}

/** Figures of memory and money; there are none where nothing ends in a steady state. */
function withResources({ arrivals: spec }: Scenario, target: TargetSpec, answer: TargetAnswer): TargetAnswer {
  const { rate, finite } = arrivals(spec);
  if (answer.status === "unavailable" || finite || !answer.stable) return answer;
  return { ...answer, resources: expectedResources(target, answer, rate) };
}

/** @param others times of other stages that the latency contains as well */
function answerOf(scenario: Scenario, target: TargetSpec, others: readonly AddedTime[] = []): TargetAnswer {
  switch (target.kind) {
    case "server":
      return isMany(target) ? manyAnswer(scenario, target, others) : serverAnswer(scenario, target, others);
    case "spinkube":
      if (target.autoscaler !== undefined) {
        return unavailable(target, "model: pods under an autoscaler of their own have no formula; simulate it");
      }
      return target.workIs === "cpu"
        ? sharedPodsAnswer(scenario, target, others)
        : spinkubeAnswer(scenario, target, others);
    case "perRequest":
      if (target.maxLifetime !== undefined || target.scaleToZeroAfter !== undefined) {
        return unavailable(
          target,
          "model: instances that go for another reason than their keep-alive have no formula; simulate it",
        );
      }
      return perRequestAnswer(scenario, target, others);
    case "knative":
      return knativeAnswer(scenario, target, others);
    case "edge":
      return edgeAnswer(scenario, target);
    case "pipeline":
      return pipelineAnswer(scenario, target, answerOf);
    case "node":
      return unavailable(target, `model: there is no formula for ${target.kind} yet; simulate it`);
  }
}
