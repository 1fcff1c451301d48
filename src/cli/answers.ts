import { answerFromJson, answerToJson } from "../report/json.ts";
import { comparisonTable } from "../report/table.ts";
import { textPlot } from "../report/textPlot.ts";
import type { Answer } from "../scenario/answer.ts";
import { readTextFile } from "./files.ts";
import { writeJson } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** One answer as JSON where asked for, and as a table unless stdout is taken; drawn as well where asked for. */
export function printAnswer(terminal: Terminal, answer: Answer, json: string | undefined, plot = false): void {
  if (writeJson(terminal, json, () => answerToJson(answer))) return;
  const { width, color } = terminal;
  terminal.out(`${comparisonTable([answer], null, { width, color }).trimEnd()}\n`);
  if (plot) terminal.out(`\n${textPlot(answer, width)}`);
}

export const readAnswer = (file: string): Answer => answerFromJson(readTextFile(file), file);
