import type { Seconds } from "../base/units.ts";
import { deploymentAt } from "../live/deployment.ts";
import { measuredStages } from "../live/pipeline/functionSpec.ts";
import { type PipelineOptions, type PipelineRun, runPipeline } from "../live/pipeline/pipeline.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Schedule } from "../scenario/schedule.ts";
import { UsageError } from "./exit.ts";
import { type KafkaOptions, withKafka } from "./kafka.ts";
import type { Measurement } from "./measurement.ts";
import type { Places } from "./places.ts";
import { startProgress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

interface ThroughOptions extends KafkaOptions {
  readonly terminal: Terminal;
  readonly targets: readonly string[] | undefined;
  readonly signal: AbortSignal;
  readonly wait?: Seconds | undefined;
  readonly onRecord?: PipelineOptions["onRecord"];
  readonly onTarget?: ((measured: Measurement) => Promise<void>) | undefined;
}

/** A replay through Kafka: one pipeline after the other has the broker and the machine to itself. */
export async function replayThrough(
  scenario: Scenario,
  schedule: Schedule,
  places: Places,
  { terminal, targets, signal, wait, onRecord, onTarget, ...kafkaOptions }: ThroughOptions,
): Promise<Measurement & { readonly interrupted: boolean }> {
  const names = scenario.targets.map(({ name }) => name).filter((name) => targets?.includes(name) ?? true);
  for (const name of names) refuse(scenario, name);
  const patience = wait === undefined ? {} : { patienceSeconds: wait };
  const deployment = deploymentAt(Object.fromEntries(places), "rig", patience);
  return withKafka(kafkaOptions, async (kafka) => {
    const runs: PipelineRun[] = [];
    for (const name of names) {
      const progress = startProgress(terminal, `replay of ${name}`);
      const run = await runPipeline(scenario, schedule, deployment, {
        kafka,
        targets: [name],
        signal,
        onRecord,
        onSnapshot: ({ targets: [target], scheduled, lag }) =>
          progress.update(Math.min(1, (target?.counted ?? 0) / scheduled), `lag ${lag ?? "unknown"}`),
      });
      progress.done(run.interrupted ? "interrupted" : "done");
      runs.push(run);
      if (run.interrupted) break;
      await onTarget?.(run);
    }
    const [first] = runs;
    return {
      answer: { ...first!.answer, targets: runs.flatMap(({ answer }) => answer.targets) },
      outcomes: new Map(runs.flatMap(({ outcomes }) => [...outcomes])),
      pods: new Map(runs.flatMap(({ pods }) => [...pods])),
      stages: new Map(runs.flatMap(({ stages }) => [...stages])),
      interrupted: runs.some(({ interrupted }) => interrupted),
    };
  });
}

/** Only what has these stages is measured stage by stage. */
function refuse({ targets }: Scenario, name: string): void {
  const spec = targets.find((target) => target.name === name)!;
  if (spec.kind !== "pipeline")
    throw new UsageError(`${name} is no pipeline: choose by --target, or send it through Kafka by coldcast pipeline`);
  if (measuredStages(spec) === null)
    throw new UsageError(`${name}: its stages must begin with produce, aggregator, produce, trigger and a function`);
}
