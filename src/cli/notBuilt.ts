import { Command } from "commander";
import { UsageError } from "./exit.ts";
import type { Verb } from "./verb.ts";

/** Verbs of the design that later versions bring. */
const verbs = ["sweep"];

export const notBuiltVerbs: readonly Verb[] = verbs.map((name) => () => {
  return new Command(name)
    .description("not built yet")
    .argument("[files...]")
    .allowUnknownOption()
    .action(() => {
      throw new UsageError(`coldcast ${name} is not built yet`);
    });
});
