import { toScenario } from "../../src/scenario/parse.ts";

/** Functions slow enough that some event is always in flight. */
export const killedScenario = toScenario({
  name: "killed",
  seed: 9,
  duration: "6s",
  arrivals: { kind: "poisson", rate: "40/s" },
  work: { kind: "deterministic", value: "150ms" },
  targets: { f: { kind: "spinkube", replicas: 1, timeout: "10s" } },
});
