import { type Command, InvalidArgumentError, Option } from "commander";
import type { Answer } from "../scenario/answer.ts";
import { UsageError } from "./exit.ts";
import { wholeNumber } from "./options.ts";

/** `--seed` of a verb that reads answers: it draws nothing, so it can only hold the seed against theirs. */
export function addSeedCheck(command: Command): Command {
  return command.addOption(new Option("--seed <n>", "refuse answers of another seed").argParser(wholeNumber(0)));
}

/** @throws {UsageError} naming the first file whose answer is of another seed */
export function checkSeed(answers: readonly Answer[], files: readonly string[], seed: number | undefined): void {
  if (seed === undefined) return;
  for (const [i, answer] of answers.entries()) {
    if (answer.seed !== seed) throw new UsageError(`${files[i]}: is of seed ${answer.seed}, not of --seed ${seed}`);
  }
}

/** `--seed` of a verb in which nothing is drawn: refused with the reason, rather than taken without a word. */
export function refuseSeed(command: Command, why: string): Command {
  const refuse = (): never => {
    throw new InvalidArgumentError(why);
  };
  return command.addOption(new Option("--seed <n>").argParser(refuse).hideHelp());
}
