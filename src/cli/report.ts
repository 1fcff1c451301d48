import { Command, Option } from "commander";
import { compare } from "../report/compare.ts";
import { exporters } from "../report/exporters/index.ts";
import { reportHtml } from "../report/html.ts";
import { jsonText } from "../report/json.ts";
import type { Answer } from "../scenario/answer.ts";
import { readAnswers } from "./answers.ts";
import { settings } from "./compare.ts";
import { UsageError } from "./exit.ts";
import { readScenario, writeFileAtomic } from "./files.ts";
import { checkScenario } from "./ofScenario.ts";
import { addExamples, addJson, addTarget, chosenTargets, type TargetOptions, writeJson } from "./options.ts";
import { outlookOf } from "./outlookOf.ts";
import { addSeedCheck, checkSeed } from "./seedOption.ts";
import type { Verb } from "./verb.ts";

/** `coldcast report`: answers as one HTML file. */
export const reportVerb: Verb = ({ terminal }) =>
  addExamples(addTarget(addSeedCheck(addJson(new Command("report")))), [
    "report scenarios/camera-burst.yaml out/model.json out/sim.json out/live.json --out report.html",
    "report scenario.yaml out/sim.json hey.csv --target faas --out compared.html",
    "report scenario.yaml out/sim.json out/live.json --as junit --out verdict.xml",
    "report scenario.yaml out/sim.json --target faas --as hgrm --out faas.hgrm",
  ])
    .description("write answers of one scenario as one HTML file that works offline, or for another tool")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .argument("<answers...>", "answer files (JSON), or a measurement that `import` reads")
    .requiredOption("--out <file>", 'where to write it; "-" is stdout')
    .addOption(new Option("--as <format>", "what to write").choices(formats).default("html"))
    .option("--no-outlook", "leave out what the page says of other loads, other work and other settings")
    .action(async (file: string, files: readonly string[], options: ReportVerbOptions) => {
      const { out, json, as } = options;
      const scenario = readScenario(file, { requestsBounded: true });
      const names = chosenTargets(scenario, options.target);
      const read = readAnswers(files, { scenario, target: names?.length === 1 ? names[0] : undefined });
      checkSeed(read, files, options.seed);
      for (const warning of checkScenario(scenario, read, files)) terminal.err(`warning: ${warning}\n`);
      const answers = read.map((answer) => only(answer, names));
      const measured =
        answers.findLast(({ from }) => from === "live") ?? answers.findLast(({ from }) => from === "import");
      const predicted = answers.filter((answer) => answer !== measured);
      const comparison =
        measured === undefined || predicted.length === 0 ? null : compare(predicted, measured, settings(scenario));
      const exporter = exporters.find(({ format }) => format === as);
      const reported = { scenario, answers, comparison };
      if (out === "-" && json === "-") throw new UsageError("only one of --out and --json can go to stdout");
      const around = async () =>
        options.outlook ? await outlookOf(scenario, { terminal, targets: names }) : undefined;
      const text =
        exporter === undefined ? reportHtml({ ...reported, outlook: await around() }) : exporter.write(reported);
      if (out !== "-") writeFileAtomic(out, text);
      else if (typeof text === "string") terminal.out(text);
      else throw new UsageError(`--as ${as} writes bytes, which are for a file: --out answers.${as}`);
      if (!writeJson(terminal, json, () => jsonText({ answers, comparison })) && out !== "-") terminal.out(`${out}\n`);
    });

interface ReportVerbOptions extends TargetOptions {
  readonly out: string;
  readonly as: string;
  readonly outlook: boolean;
}

const formats = ["html", ...exporters.map(({ format }) => format)];

const only = (answer: Answer, names: readonly string[] | undefined): Answer =>
  names === undefined ? answer : { ...answer, targets: answer.targets.filter(({ name }) => names.includes(name)) };
