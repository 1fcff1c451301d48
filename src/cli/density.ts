import { Command, InvalidArgumentError } from "commander";
import { formatDuration, type Seconds } from "../base/units.ts";
import { type Density, density } from "../sim/density.ts";
import { UsageError } from "./exit.ts";
import { readScenario } from "./files.ts";
import {
  addCommon,
  addExamples,
  addTarget,
  chosenTargets,
  parseWait,
  type TargetOptions,
  wholeNumber,
  writeJson,
} from "./options.ts";
import { startProgress } from "./progress.ts";
import type { Verb } from "./verb.ts";

interface DensityOptions extends TargetOptions {
  readonly objective?: Seconds;
  readonly quantile: number;
  readonly replications?: number;
  readonly requests?: number;
  readonly most: number;
}

/** `coldcast density`: how many functions fit on the nodes of a scenario. */
export const densityVerb: Verb = ({ terminal }) =>
  addExamples(addTarget(addCommon(new Command("density"))), [
    "density scenarios/density.yaml --objective 100ms",
    "density scenario.yaml --objective 50ms --quantile 0.95 --target waas",
  ])
    .description("how many functions fit on a node while one of them still meets an objective")
    .argument("<scenario>", "scenario file (YAML or JSON) with targets of kind node")
    .option("--objective <duration>", "in place of the report's", parseWait)
    .option("--quantile <q>", "the share of requests to be served within it", parseLevel, 0.99)
    .option("--replications <n>", "independent runs of every number", wholeNumber(1))
    .option("--requests <n>", "requests per replication, in place of the scenario's duration", wholeNumber(1))
    .option("--most <n>", "look no further", wholeNumber(1), 4096)
    .action((file: string, options: DensityOptions) => {
      const { seed, replications, requests, most, quantile } = options;
      const scenario = readScenario(file, { requestsBounded: requests !== undefined });
      const objectiveSeconds = options.objective ?? scenario.report.objective;
      if (objectiveSeconds === null) throw new UsageError("name an objective, such as --objective 100ms");
      const chosen = chosenTargets(scenario, options.target);
      const names = scenario.targets
        .filter(({ kind, name }) => kind === "node" && (chosen?.includes(name) ?? true))
        .map(({ name }) => name);
      if (names.length === 0) throw new UsageError(`${scenario.name} has no target of kind node to put functions on`);
      const progress = startProgress(terminal, "density");
      const found = names.map((name, i) => {
        const one = density(scenario, name, { objectiveSeconds, quantile }, { seed, replications, requests, most });
        progress.update((i + 1) / names.length);
        return one;
      });
      progress.done();
      const data = { scenario: scenario.name, seed: seed ?? scenario.seed, targets: found };
      if (!writeJson(terminal, options.json, () => `${JSON.stringify(data, null, 2)}\n`)) {
        terminal.out(found.map((one) => sentences(one, most)).join("\n"));
      }
    });

function sentences({ target, goal, functions, points }: Density, most: number): string {
  const level = `p${Number((goal.quantile * 100).toPrecision(6))}`;
  const fit = functions === most ? `${functions} functions or more fit` : `${functions} functions fit`;
  const head = `${target}  ${fit} at ${level} ≤ ${formatDuration(goal.objectiveSeconds)}\n`;
  const rows = points.map(({ functions: n, within, quantileSeconds }) => {
    const share = `${(within.value * 100).toFixed(2)} % within`;
    return `  ${String(n).padStart(5)}  ${level} ${formatDuration(quantileSeconds.value).padStart(8)}  ${share.padStart(15)}\n`;
  });
  return head + rows.join("");
}

function parseLevel(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError("Write a number between 0 and 1, such as 0.99.");
  return value;
}
