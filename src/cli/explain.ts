import { styleText } from "node:util";
import { Command } from "commander";
import { stringify } from "yaml";
import { jsonText } from "../report/json.ts";
import { type Explanation, explain, type FieldLine } from "../scenario/explain/explain.ts";
import { UsageError } from "./exit.ts";
import { addExamples, addJson, writeJson } from "./options.ts";
import type { Terminal } from "./terminal.ts";
import type { Verb } from "./verb.ts";

/** `coldcast explain`: what a field of the scenario document means, from the schema that checks it. */
export const explainVerb: Verb = ({ terminal }) =>
  addExamples(addJson(new Command("explain")), [
    "explain",
    "explain targets.knative",
    "explain targets.knative.scaleDownDelay",
    "explain scaleDownDelay",
    "explain work.lognormal --json -",
  ])
    .description("say what a field of the scenario document means: its type, unit, default, an example, what is in it")
    .argument("[field]", "a path such as targets.knative.minScale, or its end; without, the fields at the top", "")
    .action((field: string, { json }: { readonly json?: string }) => {
      const found = explain(field);
      if ("problem" in found) throw new UsageError(found.problem);
      if (writeJson(terminal, json, () => jsonText(found))) return;
      terminal.out(explanationText(found, terminal));
    });

function explanationText(found: Explanation, { width, color }: Pick<Terminal, "width" | "color">): string {
  const title = (text: string) => (color ? styleText("bold", text) : text);
  const { path, type, note, description, example, alsoAt, fields, kinds } = found;
  const facts = path === "" || type === "kind" ? "" : `  ${[type, ...requirement(found)].join("; ")}`;
  return [
    `${title(path === "" ? "the scenario document" : path)}${facts}\n`,
    ...[description, note, path !== "" && found.only !== undefined ? `Only with ${found.only}.` : undefined]
      .filter((text) => text !== undefined && text !== "")
      .map((text) => `\n${indented(text!, 0, width)}\n`),
    path === "" ? "" : `\n${title("Example:")}\n  ${flow(example)}\n`,
    alsoAt.length === 0 ? "" : `\n${title("Also at:")}\n${alsoAt.map((other) => `  ${other}\n`).join("")}`,
    listed(title("Fields:"), fields, width),
    listed(title("Kinds:"), kinds, width),
  ].join("");
}

function requirement({ isRequired, default: standard }: FieldLine): string[] {
  if (isRequired) return ["required"];
  // What a mapping has where it is left out its own fields tell.
  const isTold = standard === undefined || (typeof standard === "object" && !Array.isArray(standard));
  return isTold ? [] : [`default ${flow(standard)}`];
}

function listed(title: string, lines: readonly FieldLine[], width: number): string {
  if (lines.length === 0) return "";
  const widest = Math.max(...lines.map(({ name }) => name.length));
  const shown = lines.map((line) => {
    const { name, type, only, description } = line;
    if (type === "kind") return `  ${name.padEnd(widest)}  ${indented(description, widest + 4, width)}\n`;
    const facts = [type, ...requirement(line), ...(only === undefined ? [] : [`only with ${only}`])];
    return `  ${name}  (${facts.join("; ")})\n      ${indented(description, 6, width)}\n`;
  });
  return `\n${title}\n${shown.join("")}`;
}

/** One line of YAML. */
function flow(value: unknown): string {
  return stringify(value, { collectionStyle: "flow", lineWidth: 0 })
    .trim()
    .replace(/^\{ (.*) \}$/, "$1");
}

/** Text in lines of the width, of which all but the first begin with so many spaces. */
function indented(text: string, indent: number, width: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = word;
    else if (indent + line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join(`\n${" ".repeat(indent)}`);
}
