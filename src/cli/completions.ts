import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { explainPaths } from "../scenario/explain/explain.ts";
import { templateNames } from "./init.ts";

/** Adds `complete`, which prints the shell's script and answers it, with the words that verbs take beside their options. */
export function addCompletions(program: Command): void {
  const verb = (name: string) => program.commands.find((command) => command.name() === name)!;
  // The choices are set here and not where the verbs are made: there they would be checked, and listed by --help.
  verb("explain").registeredArguments[0]!.argChoices = explainPaths();
  verb("init").options.find(({ long }) => long === "--template")!.argChoices = templateNames();
  tab(program);
}
