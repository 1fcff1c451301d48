import type { Answer } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { UsageError } from "./exit.ts";

/**
 * Whether answers are of this scenario: those of another name are refused, but for imports, which need not know it.
 *
 * @returns warnings, a line each: imports of another name, and answers to another version of the document
 * @throws {UsageError} naming the first file that answers another scenario
 */
export function checkScenario(scenario: Scenario, answers: readonly Answer[], files: readonly string[]): string[] {
  const warnings: string[] = [];
  for (const [i, { from, scenario: name, provenance, targets }] of answers.entries()) {
    const file = files[i]!;
    if (from !== "import" && name !== scenario.name)
      throw new UsageError(`${file}: answers scenario ${name}, not ${scenario.name}`);
    const strange = targets.filter((target) => !scenario.targets.some((known) => known.name === target.name));
    if (strange.length > 0)
      warnings.push(`${file}: ${scenario.name} has no target ${strange.map((target) => target.name).join(", ")}`);
    // A fitted scenario is another document by its nature.
    const isOther = provenance.calibration === null && provenance.scenarioSha256 !== scenario.sha256;
    if (from !== "import" && isOther) warnings.push(`${file}: answers another version of ${scenario.name}`);
  }
  return warnings;
}
