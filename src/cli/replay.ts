import { Command } from "commander";
import { parseScheduleCsv, schedule } from "../scenario/schedule.ts";
import { printAnswer } from "./answers.ts";
import { exitCodes } from "./exit.ts";
import { readScenario, readTextFile } from "./files.ts";
import { interruptible } from "./interrupt.ts";
import { writeMeasurement } from "./measurement.ts";
import { addCommon, addExamples, addTarget, chosenTargets, type TargetOptions } from "./options.ts";
import { collect, parsePlaces } from "./places.ts";
import { replayAt } from "./replayAt.ts";
import type { Verb } from "./verb.ts";

interface ReplayOptions extends TargetOptions {
  readonly schedule?: string;
  readonly at?: readonly string[];
  readonly out: string;
}

/** `coldcast replay`: the schedule sent to something that really runs. */
export const replayVerb: Verb = ({ terminal, finish }) =>
  addExamples(addTarget(addCommon(new Command("replay"))), [
    "replay scenarios/camera-burst.yaml --out measured",
    "replay scenario.yaml --at faas=http://hello.default.example.com --target faas --out measured",
    "replay scenario.yaml --schedule schedule.csv --out measured --json -",
  ])
    .description("send the scenario's requests to the embedded rig or to URLs, and measure")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .option("--schedule <file>", "requests from a CSV that `schedule` wrote; name its seed by --seed")
    .option("--at <name=where>", "where a target runs: NAME=URL, or NAME=rig, the default (repeatable)", collect)
    .requiredOption("--out <folder>", "where to write live.json and one NAME.outcomes.csv per target")
    .action(async (file: string, { json, seed, target, schedule: csv, at, out }: ReplayOptions) => {
      const scenario = readScenario(file, { requestsBounded: csv !== undefined });
      const places = parsePlaces(scenario, at ?? []);
      const targets = chosenTargets(scenario, target);
      // A CSV does not say which seed it was drawn with, and the answer must name one that a verdict can tell apart.
      const drawn =
        csv === undefined
          ? schedule(scenario, { seed })
          : { ...parseScheduleCsv(readTextFile(csv), csv), seed: seed ?? scenario.seed };
      const result = await interruptible((signal) =>
        replayAt(scenario, drawn, places, { terminal, what: "replay", targets, seed, signal }),
      );
      await writeMeasurement(result, { folder: out, logs: out });
      if (result.interrupted) terminal.err(`interrupted; what was measured is in ${out}\n`);
      finish(result.interrupted ? exitCodes.interrupted : exitCodes.done);
      printAnswer(terminal, result.answer, json);
    });
