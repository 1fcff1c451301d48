import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { type Document, parseDocument } from "yaml";
import { parseDuration, parseRate } from "../base/units.ts";
import { parseScenario } from "../scenario/parse.ts";
import { nearest } from "../scenario/schema/nearest.ts";
import { UsageError } from "./exit.ts";
import { writeFileAtomic } from "./files.ts";
import { addExamples } from "./options.ts";
import type { Verb } from "./verb.ts";

/** The ready scenarios that come with the package. */
const folder = new URL("../../scenarios/", import.meta.url);

const aboutMax = 78;

interface InitOptions {
  readonly template?: string;
  readonly rate?: string;
  readonly objective?: string;
  readonly list?: boolean;
  readonly force?: boolean;
}

/** `coldcast init`: a scenario file to begin with, from one of those that come with the package. */
export const initVerb: Verb = ({ terminal }) =>
  addExamples(new Command("init"), [
    "init",
    "init my.yaml --template cold-start --rate 12/s --objective 250ms",
    "init --list",
  ])
    .description("write a first scenario file, from one of the ready ones; on a terminal it asks")
    .argument("[file]", "where to write it", "scenario.yaml")
    .option("--template <name>", "the ready scenario to begin with")
    .option("--rate <rate>", 'requests come at this rate (Poisson) instead, such as "50/s"')
    .option("--objective <duration>", 'within which latency 99 % are to be, such as "100ms"')
    .option("--list", "list the ready scenarios")
    .option("--force", "replace a file that is there")
    .action(async (file: string, options: InitOptions) => {
      const templates = readTemplates();
      if (options.list) {
        terminal.out(templates.map(({ name, about }) => `${name.padEnd(18)} ${about}\n`).join(""));
        return;
      }
      if (existsSync(file) && !options.force) throw new UsageError(`${file} is there already; --force replaces it`);
      const { template, rate, objective } =
        options.template === undefined ? await asked(templates, options) : { ...options, template: options.template };
      const text = written(chosen(templates, template), basename(file), { rate, objective });
      parseScenario(text, { file });
      writeFileAtomic(file, text);
      terminal.out(`${file}\n\nNext:\n  $ coldcast predict ${file}\n  $ coldcast run ${file} --live none --out out\n`);
    });

interface Template {
  readonly name: string;
  /** The comment at its head, in one line. */
  readonly about: string;
  readonly text: string;
}

/** The names that --template takes. */
export const templateNames = (): string[] => readTemplates().map(({ name }) => name);

function readTemplates(): Template[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(file, folder), "utf8");
      const head = /^(?:#[^\n]*\n)+/.exec(text)?.[0] ?? "";
      const about = head.replaceAll(/^# ?/gm, "").replaceAll("\n", " ").trim();
      return { name: basename(file, ".yaml"), about: shortened(about), text };
    });
}

/** The first sentence, at most as much of it as fits a line. */
function shortened(text: string): string {
  const sentence = text.split(/[.:;] /)[0]!;
  return sentence.length <= aboutMax ? sentence : `${sentence.slice(0, aboutMax).replace(/\s\S*$/, "")} …`;
}

function chosen(templates: readonly Template[], name: string): Template {
  const found = templates.find((template) => template.name === name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    templates.map((template) => template.name),
  );
  const advice = near === undefined ? "--list shows those there are" : `did you mean "${near}"?`;
  throw new UsageError(`there is no template "${name}"; ${advice}`);
}

/** Asks for what was not given; who cannot be asked is told what to write. */
async function asked(templates: readonly Template[], { rate, objective }: InitOptions) {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) {
    throw new UsageError("nobody can be asked here; choose one by --template, as --list shows them");
  }
  const line = createInterface({ input: process.stdin, output: process.stdout });
  try {
    process.stdout.write(templates.map(({ name, about }) => `  ${name.padEnd(18)} ${about}\n`).join(""));
    const template = (await line.question("Which comes closest? [cold-start] ")).trim() || "cold-start";
    chosen(templates, template);
    return {
      template,
      rate: rate ?? ((await line.question('Requests, such as "50/s" [as it is] ')).trim() || undefined),
      objective: objective ?? ((await line.question('99 % within, such as "100ms" [as it is] ')).trim() || undefined),
    };
  } finally {
    line.close();
  }
}

/** The template with its comments, under the file's name and with what was asked for. */
function written(
  { text }: Template,
  file: string,
  { rate, objective }: { readonly rate?: string | undefined; readonly objective?: string | undefined },
): string {
  const document: Document = parseDocument(text);
  document.set("name", file.replace(/\.[^.]*$/, "").replaceAll(/[^A-Za-z0-9._-]/g, "-") || "scenario");
  if (rate !== undefined) {
    if (!(parseRate(rate)! > 0)) throw new UsageError(`--rate "${rate}" is no rate; write one such as "50/s"`);
    document.set("arrivals", document.createNode({ kind: "poisson", rate }, { flow: true }));
  }
  if (objective !== undefined) {
    if (!(parseDuration(objective)! > 0))
      throw new UsageError(`--objective "${objective}" is no duration; write one such as "100ms"`);
    document.setIn(["report", "objective"], objective);
  }
  return document.toString({ lineWidth: 0 });
}
