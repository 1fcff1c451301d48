import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { type SimulateOptions, simulate } from "../../src/sim/simulate.ts";

type Document = Exclude<Parameters<typeof toScenario>[0], Scenario>;

/** A small scenario: 50 requests a second of 10 ms for a minute, unless told otherwise. */
export const scenario = (targets: Document["targets"], fields: Partial<Document> = {}): Scenario =>
  toScenario({
    name: "test",
    seed: 7,
    duration: "1min",
    arrivals: { kind: "poisson", rate: "50/s" },
    work: { kind: "exponential", mean: "10ms" },
    targets,
    ...fields,
  });

/** The simulated answer of a scenario's first target. */
export function answerOf(given: Scenario, options: SimulateOptions = {}): AvailableAnswer {
  const target = simulate(given, options).targets[0]!;
  if (target.status === "unavailable") throw new Error(target.reason);
  return target;
}

export const failures = ({ counts }: AvailableAnswer): number =>
  Object.values(counts!.failed).reduce((sum, count) => sum + count, 0);
