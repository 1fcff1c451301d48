import { ScenarioError } from "../../src/base/check.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import type { ReadText } from "../../src/scenario/schema/tables.ts";

/** A document without a fault, but for what is written over it. */
export const document = (rest: object = {}): object => ({
  name: "small",
  duration: "1min",
  arrivals: { kind: "poisson", rate: "5/s" },
  work: "10ms",
  targets: { one: { kind: "server" } },
  ...rest,
});

export const scenario = (rest: object = {}, readText?: ReadText): Scenario =>
  toScenario(document(rest) as never, readText === undefined ? {} : { readText });

/** What is said against a document, each issue as `path: message`; nothing where it is accepted. */
export function issuesOf(rest: object, readText?: ReadText): string[] {
  try {
    scenario(rest, readText);
    return [];
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return error.issues.map(({ path, message }) => `${path}: ${message}`);
  }
}
