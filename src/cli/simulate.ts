import { Command } from "commander";
import { printAnswer } from "./answers.ts";
import { readScenario } from "./files.ts";
import { addCommon, addExamples, addTarget, chosenTargets, type TargetOptions, wholeNumber } from "./options.ts";
import { startProgress } from "./progress.ts";
import { simulateParallel } from "./simulateParallel.ts";
import { explain, writeTrace } from "./simulateTrace.ts";
import type { Verb } from "./verb.ts";

interface SimulateOptions extends TargetOptions {
  readonly replications?: number;
  readonly requests?: number;
  readonly workers?: number;
  readonly explain?: number;
  readonly trace?: string;
}

/** `coldcast simulate`: the same requests through a model of the platform, request by request. */
export const simulateVerb: Verb = ({ terminal }) =>
  addExamples(addTarget(addCommon(new Command("simulate"))), [
    "simulate scenarios/camera-burst.yaml",
    "simulate scenario.yaml --replications 32 --requests 1000000 --workers 8 --json sim.json",
    "simulate scenario.yaml --explain 4711 --target faas",
    "simulate scenario.yaml --trace trace.json",
  ])
    .description("simulate every target; the same bytes come out for any number of workers")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .option("--replications <n>", "independent runs", wholeNumber(1))
    .option("--requests <n>", "requests per replication, in place of the scenario's duration", wholeNumber(1))
    .option("--workers <n>", "threads (default: one per core)", wholeNumber(1))
    .option("--explain <id>", "print the life of one request (its row in the schedule, from 0) instead", wholeNumber(0))
    .option("--trace <file>", "also write every request and instance of replication 0, for Perfetto")
    .action(async (file: string, options: SimulateOptions) => {
      const { seed, replications, requests, workers } = options;
      const scenario = readScenario(file, { requestsBounded: requests !== undefined });
      const targets = chosenTargets(scenario, options.target);
      if (options.explain !== undefined) {
        explain(terminal, scenario, options.explain, { seed, requests, targets, json: options.json });
        return;
      }
      const progress = startProgress(terminal, "simulate");
      const answer = await simulateParallel(scenario, {
        ...defined({ seed, replications, requests, targets, workers }),
        onProgress: (share) => progress.update(share),
      });
      progress.done();
      if (options.trace !== undefined) await writeTrace(terminal, scenario, options.trace, { seed, requests, targets });
      if (answer !== null) printAnswer(terminal, answer, options.json);
    });

/** An object without the keys whose value is undefined. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
