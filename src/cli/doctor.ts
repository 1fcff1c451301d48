import { styleText } from "node:util";
import { Command } from "commander";
import { examine, type Finding } from "../live/doctor.ts";
import { jsonText } from "../report/json.ts";
import { addExamples, writeJson } from "./options.ts";
import type { Verb } from "./verb.ts";

/** `coldcast doctor`: what is reachable from here, and what that allows. */
export const doctorVerb: Verb = ({ terminal }) =>
  addExamples(new Command("doctor"), ["doctor", "doctor --json -"])
    .description("say what is reachable from here (cluster, platforms, gateway, Kafka, Rust, browser), and for what")
    .option("--json <file>", 'write the result as JSON; "-" is stdout, and then nothing else goes there')
    .action(async ({ json }: { readonly json?: string }) => {
      const findings = await examine();
      if (writeJson(terminal, json, () => jsonText({ findings }))) return;
      const widest = Math.max(...findings.map(({ what }) => what.length));
      for (const finding of findings) terminal.out(`${line(finding, widest, terminal.color)}\n`);
    });

function line({ what, found, detail, allows }: Finding, widest: number, color: boolean): string {
  const mark = found ? "yes" : "no ";
  const shown = color ? styleText(found ? "green" : "yellow", mark) : mark;
  return `${what.padEnd(widest)}  ${shown}  ${detail} (${found ? "for" : "would be for"} ${allows})`;
}
