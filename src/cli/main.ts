import { Command, CommanderError } from "commander";
import { version } from "../base/version.ts";
import { calibrateVerb } from "./calibrate.ts";
import { compareVerb } from "./compare.ts";
import { deployVerb, undeployVerb } from "./deploy.ts";
import { describeError, exitCodes } from "./exit.ts";
import { importVerb } from "./import.ts";
import { manifestsVerb } from "./manifests.ts";
import { notBuiltVerbs } from "./notBuilt.ts";
import { pipelineVerb } from "./pipeline.ts";
import { predictVerb } from "./predict.ts";
import { replayVerb } from "./replay.ts";
import { reportVerb } from "./report.ts";
import { runVerb } from "./run.ts";
import { scheduleVerb } from "./schedule.ts";
import { simulateVerb } from "./simulate.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import type { Verb } from "./verb.ts";

const verbs: readonly Verb[] = [
  runVerb,
  predictVerb,
  simulateVerb,
  scheduleVerb,
  replayVerb,
  calibrateVerb,
  compareVerb,
  importVerb,
  reportVerb,
  manifestsVerb,
  deployVerb,
  undeployVerb,
  pipelineVerb,
  ...notBuiltVerbs,
];

const exitHelp = `
Exit codes: 0 done · 1 prediction and measurement disagree · 2 bad input or usage
            3 a target failed · 70 internal error · 130 interrupted

Start here:
  $ coldcast run scenarios/camera-burst.yaml --calibrate 1007 --out out
`;

/**
 * The command line.
 *
 * @param args the arguments after the program's name
 * @returns the exit code; nothing is thrown and no stack trace is shown
 */
export async function main(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  let code: number = exitCodes.done;
  const finish = (other: number) => {
    code = other;
  };
  const program = new Command("coldcast")
    .description("Predict, replay and compare the latency of event-driven functions as WebAssembly and as containers.")
    .version(version, "--version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [verb]", "show the help of a verb")
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .addHelpText("after", exitHelp)
    .exitOverride();
  for (const verb of verbs) {
    const command = verb({ terminal, finish }).copyInheritedSettings(program).helpOption("-h, --help", "show help");
    program.addCommand(command, { hidden: command.description() === "not built yet" });
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const described = describeError(error);
    terminal.err(`${described.message}\n`);
    if (process.env.COLDCAST_DEBUG === "1") terminal.err(`${error instanceof Error ? error.stack : ""}\n`);
    return described.code;
  }
}
