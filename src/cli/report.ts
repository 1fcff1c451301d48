import { Command } from "commander";
import { compare } from "../report/compare.ts";
import { reportHtml } from "../report/html.ts";
import { jsonText } from "../report/json.ts";
import { readAnswer } from "./answers.ts";
import { settings } from "./compare.ts";
import { readScenario, writeFileAtomic } from "./files.ts";
import { addCommon, addExamples, type CommonOptions, writeJson } from "./options.ts";
import type { Verb } from "./verb.ts";

/** `coldcast report`: answers as one HTML file. */
export const reportVerb: Verb = ({ terminal }) =>
  addExamples(addCommon(new Command("report")), [
    "report scenarios/camera-burst.yaml out/model.json out/sim.json out/live.json --out report.html",
  ])
    .description("write answers of one scenario as one HTML file that works offline")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .argument("<answers...>", "answer files (JSON)")
    .requiredOption("--out <file>", "where to write the HTML")
    .action((file: string, files: readonly string[], { out, json }: CommonOptions & { readonly out: string }) => {
      const scenario = readScenario(file, { requestsBounded: true });
      const answers = files.map(readAnswer);
      const measured = answers.findLast(({ from }) => from === "live");
      const predicted = answers.filter((answer) => answer !== measured);
      const comparison =
        measured === undefined || predicted.length === 0 ? null : compare(predicted, measured, settings(scenario));
      writeFileAtomic(out, reportHtml({ scenario, answers, comparison }));
      if (!writeJson(terminal, json, () => jsonText({ answers, comparison }))) terminal.out(`${out}\n`);
    });
