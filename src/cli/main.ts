import { Command, CommanderError } from "commander";
import { version } from "../base/version.ts";
import { describeError, exitCodes } from "./exit.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import type { Verb } from "./verb.ts";

/** Every verb, with the file it is in: one that is named is loaded alone, which halves the time to start. */
const verbs: Readonly<Record<string, () => Promise<Verb>>> = {
  init: async () => (await import("./init.ts")).initVerb,
  run: async () => (await import("./run.ts")).runVerb,
  predict: async () => (await import("./predict.ts")).predictVerb,
  simulate: async () => (await import("./simulate.ts")).simulateVerb,
  sweep: async () => (await import("./sweep.ts")).sweepVerb,
  density: async () => (await import("./density.ts")).densityVerb,
  schedule: async () => (await import("./schedule.ts")).scheduleVerb,
  replay: async () => (await import("./replay.ts")).replayVerb,
  calibrate: async () => (await import("./calibrate.ts")).calibrateVerb,
  compare: async () => (await import("./compare.ts")).compareVerb,
  import: async () => (await import("./import.ts")).importVerb,
  report: async () => (await import("./report.ts")).reportVerb,
  manifests: async () => (await import("./manifests.ts")).manifestsVerb,
  deploy: async () => (await import("./deploy.ts")).deployVerb,
  undeploy: async () => (await import("./deploy.ts")).undeployVerb,
  doctor: async () => (await import("./doctor.ts")).doctorVerb,
  explain: async () => (await import("./explain.ts")).explainVerb,
  pipeline: async () => (await import("./pipeline.ts")).pipelineVerb,
};

const exitHelp = `
Exit codes: 0 done · 1 prediction and measurement disagree · 2 bad input or usage
            3 a target failed · 70 internal error · 130 interrupted

Completions:
  $ source <(coldcast complete bash)      zsh, fish and powershell as well

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
  const named = Object.hasOwn(verbs, args[0] ?? "") ? verbs[args[0]!] : undefined;
  const loaded = named === undefined ? await Promise.all(Object.values(verbs).map((load) => load())) : [await named()];
  for (const verb of loaded) {
    const command = verb({ terminal, finish }).copyInheritedSettings(program).helpOption("-h, --help", "show help");
    program.addCommand(command);
  }
  if (args[0] === "complete") (await import("./completions.ts")).addCompletions(program);
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
