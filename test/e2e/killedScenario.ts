import { writeFileSync } from "node:fs";
import { toScenario } from "../../src/scenario/parse.ts";

const document = {
  name: "killed",
  seed: 9,
  duration: "6s",
  arrivals: { kind: "poisson", rate: "40/s" },
  work: { kind: "deterministic", value: "150ms" },
  targets: { f: { kind: "spinkube", replicas: 1, timeout: "10s" } },
} as const;

/** Functions slow enough that some event is always in flight. */
export const killedScenario = toScenario(document);

/** The same as a file, for processes of their own. */
export function writeKilledScenario(file: string): void {
  writeFileSync(file, JSON.stringify(document));
}
