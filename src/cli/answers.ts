import { answerFromJson, answerToJson } from "../report/json.ts";
import { comparisonTable } from "../report/table.ts";
import { textPlot } from "../report/textPlot.ts";
import type { Answer } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { readTextFile } from "./files.ts";
import { importedFrom, isImport, onlyTarget } from "./imported.ts";
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

/**
 * Answers from their files. What another tool wrote is imported: as a measurement of the scenario, or else of what the others answer.
 *
 * @param target what a file of one series measures, where there are several targets
 */
export function readAnswers(
  files: readonly string[],
  { scenario, target }: { readonly scenario?: Scenario | undefined; readonly target?: string | undefined },
): readonly Answer[] {
  const own = files.map((file) => (isImport(file) ? null : readAnswer(file)));
  const other = own.find((answer) => answer !== null);
  return own.map(
    (answer, i) =>
      answer ??
      importedFrom(files[i]!, { scenario, name: other?.scenario, target: target ?? onlyTarget(scenario ?? other) })
        .answer,
  );
}
