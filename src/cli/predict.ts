import { Command } from "commander";
import { predict } from "../model/predict.ts";
import { printAnswer } from "./answers.ts";
import { exitCodes } from "./exit.ts";
import { readScenario } from "./files.ts";
import { addCommon, addExamples, addTarget, chosenTargets, type TargetOptions, withSeed } from "./options.ts";
import type { Verb } from "./verb.ts";

/** `coldcast predict`: what theory says, without any randomness. */
export const predictVerb: Verb = ({ terminal, finish }) =>
  addExamples(addTarget(addCommon(new Command("predict"))), [
    "predict scenarios/camera-burst.yaml",
    "predict scenario.yaml --target single --json model.json",
  ])
    .description("what the analytic model says, where it has one for a target")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .action((file: string, options: TargetOptions) => {
      const scenario = withSeed(readScenario(file, { requestsBounded: true }), options.seed);
      const targets = chosenTargets(scenario, options.target);
      const answer = predict(scenario, targets === undefined ? {} : { targets });
      printAnswer(terminal, answer, options.json);
      if (answer.targets.every((target) => target.status === "unavailable")) {
        terminal.err(`${scenario.name}: there is no model for any of its targets; simulate answers them\n`);
        finish(exitCodes.usage);
      }
    });
