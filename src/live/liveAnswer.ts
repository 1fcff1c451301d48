import { cpus } from "node:os";
import { version } from "../base/version.ts";
import type { Answer, TargetAnswer } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** What was measured of each target, as an answer that says of which arrivals, when and on which machine. */
export function liveAnswer(
  scenario: Scenario,
  {
    seed,
    scheduleSha256,
    startedAt,
    targets,
  }: {
    readonly seed: number;
    readonly scheduleSha256: string;
    readonly startedAt: Date;
    readonly targets: readonly TargetAnswer[];
  },
): Answer {
  return {
    coldcast: 1,
    from: "live",
    scenario: scenario.name,
    seed,
    provenance: {
      version,
      scenarioSha256: scenario.sha256,
      scheduleSha256,
      calibration: scenario.calibration,
      machine: describeMachine(),
      at: startedAt.toISOString(),
    },
    targets,
  };
}

/** Where a measurement was taken, in words. */
function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? "unknown processor";
  return `${processors.length} × ${model}, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}
