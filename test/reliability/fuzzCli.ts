import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommanderError } from "commander";
import { calibrateVerb } from "../../src/cli/calibrate.ts";
import { compareVerb } from "../../src/cli/compare.ts";
import { densityVerb } from "../../src/cli/density.ts";
import { deployVerb } from "../../src/cli/deploy.ts";
import { describeError, exitCodes } from "../../src/cli/exit.ts";
import { importVerb } from "../../src/cli/import.ts";
import { initVerb } from "../../src/cli/init.ts";
import { main } from "../../src/cli/main.ts";
import { manifestsVerb } from "../../src/cli/manifests.ts";
import { pipelineVerb } from "../../src/cli/pipeline.ts";
import { predictVerb } from "../../src/cli/predict.ts";
import { replayVerb } from "../../src/cli/replay.ts";
import { reportVerb } from "../../src/cli/report.ts";
import { runVerb } from "../../src/cli/run.ts";
import { scheduleVerb } from "../../src/cli/schedule.ts";
import { simulateVerb } from "../../src/cli/simulate.ts";
import { sweepVerb } from "../../src/cli/sweep.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { predict } from "../../src/model/predict.ts";
import type { Source } from "../../src/random/source.ts";
import { answerToJson } from "../../src/report/json.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { simulate } from "../../src/sim/simulate.ts";
import type { FuzzKind } from "./fuzzKinds.ts";
import { below, garbled, pick, quantityText } from "./fuzzTree.ts";

const quiet: Terminal = { out: () => {}, err: () => {}, live: false, color: false, width: 80, nowMs: () => 0 };
const verbs = [
  calibrateVerb,
  compareVerb,
  densityVerb,
  deployVerb,
  importVerb,
  initVerb,
  manifestsVerb,
  pipelineVerb,
  predictVerb,
  replayVerb,
  reportVerb,
  runVerb,
  scheduleVerb,
  simulateVerb,
  sweepVerb,
];

const words = [
  "",
  "-",
  "--",
  "-1",
  "0",
  "1",
  "3",
  "1e3",
  "x",
  "a=b",
  "a=",
  "=",
  "0/2",
  "2/1",
  "0/99999999999999999999",
  "::1",
  "rig",
  "cluster",
  "http://127.0.0.1:9",
  "127.0.0.1:99999",
  "1%",
  "p99<=1s",
  "\u001b[2J",
  "é",
  "$HOME",
  "a".repeat(5000),
  "9".repeat(400),
];
const word = (random: Source): string => (random() < 0.3 ? quantityText(random) : pick(random, words));

/** Any verb with any of its options and any values; nothing is done with them but read. */
const readOnly: FuzzKind = {
  name: "arguments, read",
  weight: 6,
  run: async (random, tell) => {
    const command = pick(
      random,
      verbs,
    )({ terminal: quiet, finish: () => {} })
      .exitOverride()
      .configureOutput({ writeOut: () => {}, writeErr: () => {} })
      .action(() => {});
    const args: string[] = [];
    for (let n = below(random, 6); n > 0; n--) {
      const option = pick(random, command.options);
      args.push(random() < 0.05 ? garbled(option.long ?? "", random) : (option.long ?? ""));
      if (option.required && random() < 0.9) args.push(pick(random, [word(random), ...(option.argChoices ?? [])]));
    }
    if (random() < 0.7) args.splice(below(random, args.length + 1), 0, word(random));
    tell([command.name(), ...args].join(" "));
    try {
      await command.parseAsync(args, { from: "user" });
    } catch (error) {
      if (error instanceof CommanderError || describeError(error).code === exitCodes.usage) return;
      throw error;
    }
  },
};

/** What a verb writes to goes into the folder, whatever came by chance. */
const written = ["--out", "--json", "--keep", "--trace", "--resume"];

/** Whole runs of verbs that reach nothing outside their folder, with a word more, less or other. */
const whole: FuzzKind = {
  name: "arguments, run",
  weight: 1,
  run: async (random, tell) => {
    const folder = readyFolder();
    const at = (name: string) => join(folder, name);
    const args = pick(random, runs).map((arg) => (/\.(yaml|json|csv|ndjson)$/.test(arg) ? at(arg) : arg));
    const own = args.map((arg) => (random() < 0.1 ? word(random) : arg)).filter(() => random() > 0.05);
    if (random() < 0.3)
      own.splice(1 + below(random, own.length), 0, pick(random, [...words, "--seed", "--target", "--json", "-"]));
    const safe = own.map((arg, i) => (written.includes(own[i - 1] ?? "") ? at("out/it.json") : arg));
    if (safe.some((arg) => written.some((name) => arg.startsWith(`${name}=`)))) return;
    // A verb that came by chance could start something.
    if (own[0] !== args[0]) return;
    tell(safe.join(" "));
    const lines: string[] = [];
    const code = await main(safe, { ...quiet, err: (text) => void lines.push(text) });
    const said = lines.join("");
    const expected: readonly number[] = [exitCodes.done, exitCodes.disagreement, exitCodes.usage];
    if (!expected.includes(code)) throw new Error(`exit code ${code}: ${said}`);
    if (code === exitCodes.usage && said.trim() === "") throw new Error("exit code 2 without a word");
  },
};

const runs: readonly (readonly string[])[] = [
  ["predict", "small.yaml", "--target", "single"],
  ["schedule", "small.yaml", "--requests", "3", "--out", "schedule.csv"],
  ["compare", "model.json", "sim.json", "--ks", "0.1", "--absolute", "1ms", "--quantile-ratio", "1.2"],
  ["compare", "model.json", "sim.json", "--scenario", "small.yaml", "--strict"],
  ["report", "small.yaml", "model.json", "sim.json", "--no-outlook", "--as", "md", "--out", "report.json"],
  ["import", "hey.csv", "--scenario", "small.yaml", "--target", "single", "--unit", "ms"],
  ["import", "trace.csv", "--as", "arrivals", "--column", "1", "--work", "5ms", "--out", "arrivals.csv"],
  ["manifests", "small.yaml", "--senders", "2", "--image", "x.example.com/y:1"],
  ["sweep", "--merge", "sweep.ndjson", "--out", "merged.ndjson"],
  ["calibrate", "small.yaml", "--from", "outcomes.csv", "--target", "single", "--out", "fitted.yaml"],
];

let ready: string | undefined;

/** A folder with something of each kind. */
function readyFolder(): string {
  if (ready !== undefined) return ready;
  const folder = mkdtempSync(join(tmpdir(), "coldcast-fuzz-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);
  const text = readFileSync("test/golden/cli/small.yaml", "utf8");
  const scenario = parseScenario(text);
  const model = answerToJson(predict(scenario));
  put("small.yaml", text);
  put("model.json", model);
  put("sim.json", answerToJson(simulate(scenario, { replications: 1 })));
  put("hey.csv", readFileSync("test/report/importers/files/hey.csv"));
  put("trace.csv", "t,work\n0,1\n1,2\n");
  const record = { coldcastSweep: 1, sweep: "s", point: 0, of: 1, values: { seed: 1 }, answer: JSON.parse(model) };
  put("sweep.ndjson", `${JSON.stringify(record)}\n`);
  put("outcomes.csv", "");
  ready = folder;
  return folder;
}

export const cliKinds: readonly FuzzKind[] = [readOnly, whole];
