import type { Command } from "commander";
import type { Terminal } from "./terminal.ts";

/** What a verb is given. */
export interface VerbContext {
  readonly terminal: Terminal;
  /** Sets the exit code of a verb that comes to its end; 0 where it is not called. */
  finish(code: number): void;
}

export type Verb = (context: VerbContext) => Command;
