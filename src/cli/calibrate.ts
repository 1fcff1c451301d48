import { Command } from "commander";
import { calibrate } from "../live/calibrate.ts";
import { jsonText } from "../report/json.ts";
import { scenarioYaml } from "../scenario/document.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { readScenario, writeFileAtomic } from "./files.ts";
import { readMeasurement } from "./measurement.ts";
import { addCommon, addExamples, addTarget, chosenTargets, type TargetOptions, writeJson } from "./options.ts";
import type { Verb } from "./verb.ts";

interface CalibrateOptions extends TargetOptions {
  readonly from: string;
  readonly out: string;
}

/** `coldcast calibrate`: the scenario's parameters as a replay measured them. */
export const calibrateVerb: Verb = ({ terminal }) =>
  addExamples(addTarget(addCommon(new Command("calibrate"))), [
    "replay scenario.yaml --seed 1007 --out measured",
    "calibrate scenario.yaml --from measured --out fitted.yaml",
    "calibrate scenario.yaml --from measured/faas.outcomes.csv --seed 1007 --out fitted.yaml",
  ])
    .description("fit cold start, work factor and overhead of each target to a measured run")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .requiredOption("--from <outcomes>", "the folder that `replay --out` wrote, or one NAME.outcomes.csv of it")
    .requiredOption("--out <file>", "where to write the fitted scenario (YAML)")
    .action((file: string, { from, out, json, target, seed }: CalibrateOptions) => {
      const scenario = readScenario(file, { requestsBounded: true });
      const chosen = chosenTargets(scenario, target);
      const measured = readMeasurement(from, scenario, { chosen, seed: seed ?? scenario.seed });
      const result = calibrate(scenario, measured.outcomes, measured.source);
      writeFileAtomic(out, fittedYaml(result.scenario));
      if (writeJson(terminal, json, () => jsonText({ scenario: out, fits: result.fits }))) return;
      for (const fit of result.fits) terminal.out(`${describeFit(fit)}\n`);
      terminal.out(`fitted scenario: ${out}\n`);
    });

type Fit = ReturnType<typeof calibrate>["fits"][number];

/** A fitted scenario as a file, which says what it came from. */
export function fittedYaml(scenario: Scenario): string {
  const source = scenario.calibration;
  const from = source === null ? "" : ` measured with seed ${source.seed} (answer ${source.answerSha256.slice(0, 12)})`;
  return scenarioYaml(scenario, `Fitted to a run${from}; judge it by another seed.`);
}

export function describeFit({ target, part, family, n, ks, note }: Fit): string {
  const distance = ks === null ? "" : `, KS ${ks.toFixed(3)}`;
  return `${target}: ${part}: ${family} of ${n} observations${distance}${note ? ` (${note})` : ""}`;
}
