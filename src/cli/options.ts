import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration, type Seconds } from "../base/units.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { nearest } from "../scenario/schema/nearest.ts";
import { UsageError } from "./exit.ts";
import { writeFileAtomic } from "./files.ts";
import type { Terminal } from "./terminal.ts";

/** What every verb takes. */
export interface CommonOptions {
  readonly json?: string;
  readonly seed?: number;
}

export interface TargetOptions extends CommonOptions {
  readonly target?: readonly string[];
}

export function addCommon(command: Command): Command {
  return addJson(command).addOption(
    new Option("--seed <n>", "the seed, in place of the scenario's").argParser(wholeNumber(0)),
  );
}

/** For verbs in which nothing is drawn (seedOption.ts). */
export function addJson(command: Command): Command {
  return command.addOption(
    new Option("--json <file>", 'write the result as JSON; "-" is stdout, and then nothing else goes there'),
  );
}

export function addTarget(command: Command): Command {
  return command.addOption(
    new Option("--target <name>", "only this target (repeatable)").argParser(
      (name: string, before: readonly string[] | undefined) => [...(before ?? []), name],
    ),
  );
}

/** What a verb takes that answers with a table. */
export interface ShownOptions {
  readonly plot?: boolean;
  readonly watch?: boolean;
}

export function addShown(command: Command): Command {
  return command
    .option("--plot", "draw the distribution functions and the shares per bucket as well")
    .option("--watch", "answer again whenever the scenario file changes, until Ctrl-C");
}

/** Examples below the options of `--help`. */
export function addExamples(command: Command, examples: readonly string[]): Command {
  return command.addHelpText("after", `\nExamples:\n${examples.map((line) => `  $ coldcast ${line}\n`).join("")}`);
}

export function wholeNumber(minimum: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < minimum) {
      throw new InvalidArgumentError(`Write a whole number, ${minimum} or more.`);
    }
    return value;
  };
}

export function parseWait(text: string): Seconds {
  const seconds = parseDuration(text);
  if (seconds === undefined || !(seconds > 0)) throw new InvalidArgumentError('Write a duration, such as "2min".');
  return seconds;
}

/** The names given, each of which the scenario must have; undefined where none was given. */
export function chosenTargets(scenario: Scenario, names: readonly string[] | undefined): readonly string[] | undefined {
  const known = scenario.targets.map((target) => target.name);
  for (const name of names ?? []) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    const advice = near === undefined ? `it has ${known.join(", ")}` : `did you mean "${near}"?`;
    throw new UsageError(`${scenario.name} has no target "${name}"; ${advice}`);
  }
  return names;
}

/** The scenario under another seed; its hash stays, because the seed is named beside it in every answer. */
export function withSeed(scenario: Scenario, seed: number | undefined): Scenario {
  return seed === undefined ? scenario : { ...scenario, seed };
}

/** Writes JSON where it was asked for, and says whether stdout is thereby taken. */
export function writeJson(terminal: Terminal, file: string | undefined, text: () => string): boolean {
  if (file === undefined) return false;
  if (file === "-") terminal.out(text());
  else writeFileAtomic(file, text());
  return file === "-";
}
