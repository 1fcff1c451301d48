import { join } from "node:path";
import { Command } from "commander";
import { arrivals } from "../arrivals/index.ts";
import type { Seconds } from "../base/units.ts";
import { type Calibrated, calibrate, type Fit } from "../live/calibrate.ts";
import { type OutcomeLog, outcomeCsvLines } from "../live/outcomes.ts";
import { placeForms } from "../live/place.ts";
import { jsonText } from "../report/json.ts";
import { scenarioYaml } from "../scenario/document.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { exitCodes, UsageError } from "./exit.ts";
import { readScenario, writeFileAtomic, writeLinesAtomic } from "./files.ts";
import { interruptible } from "./interrupt.ts";
import { meanRate, readMeasurement } from "./measurement.ts";
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
import { collect, parsePlaces } from "./places.ts";
import { probeAt } from "./probeAt.ts";
import type { Terminal } from "./terminal.ts";
import type { Verb } from "./verb.ts";

/** Rates that differ by more than this are another load. */
const rateFactorMax = 1.5;

interface CalibrateOptions extends TargetOptions {
  readonly from?: string;
  readonly probe?: boolean;
  readonly at?: readonly string[];
  readonly coldStarts?: number;
  readonly wait?: Seconds;
  readonly keep?: string;
  readonly out: string;
}

/** `coldcast calibrate`: the scenario's parameters as a replay measured them, or as probes measure them now. */
export const calibrateVerb: Verb = ({ terminal, finish }) =>
  addExamples(addTarget(addCommon(new Command("calibrate"))), [
    "replay scenario.yaml --seed 1007 --out measured",
    "calibrate scenario.yaml --from measured --out fitted.yaml",
    "calibrate scenario.yaml --from measured/faas.outcomes.csv --seed 1007 --out fitted.yaml",
    "calibrate scenario.yaml --probe --at faas=knative:default/hello --target faas --out fitted.yaml",
  ])
    .description(
      "fit cold start, work factor, overhead and stages of each target to a measured run, or to probes sent now",
    )
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .option("--from <outcomes>", "the folder that `replay --out` wrote, or one NAME.outcomes.csv of it")
    .option("--probe", "send probes: starts from zero, idle requests, a ramp of the rate, several starts at once")
    .option("--at <name=where>", `where a target is probed (repeatable): ${placeForms}; default rig`, collect)
    .option("--cold-starts <n>", "how many starts from zero, one at a time (default: 5)", wholeNumber(1))
    .option("--wait <duration>", "how long to wait for what is in a cluster (default: 2min)", parseWait)
    .option("--keep <folder>", "also write the probes' outcome logs there")
    .requiredOption("--out <file>", "where to write the fitted scenario (YAML)")
    .action(async (file: string, options: CalibrateOptions) => {
      const { out, json, from, probe = false } = options;
      const scenario = readScenario(file, { requestsBounded: true });
      if ((from === undefined) === !probe) throw new UsageError("calibrate takes either --from or --probe");
      const result = probe ? await probed(scenario, options, terminal) : measured(scenario, options, terminal);
      if (result === null) {
        finish(exitCodes.interrupted);
        return;
      }
      writeFileAtomic(out, fittedYaml(result.scenario));
      if (writeJson(terminal, json, () => jsonText({ scenario: out, fits: result.fits }))) return;
      for (const fit of result.fits) terminal.out(`${describeFit(fit)}\n`);
      terminal.out(`fitted scenario: ${out}\n`);
    });

function measured(scenario: Scenario, { from, target, seed }: CalibrateOptions, terminal: Terminal): Calibrated {
  const chosen = chosenTargets(scenario, target);
  const { outcomes, source, pods, stages } = readMeasurement(from!, scenario, { chosen, seed: seed ?? scenario.seed });
  for (const warning of otherRates(scenario, outcomes)) terminal.err(`${warning}\n`);
  return calibrate(scenario, outcomes, source, { pods, stages });
}

/** Fits at one rate say little of another: what waits, shares and scales differs. */
function otherRates(scenario: Scenario, outcomes: ReadonlyMap<string, OutcomeLog>): string[] {
  const stated = arrivals(scenario.arrivals).rate;
  return [...outcomes].flatMap(([name, log]) => {
    const rate = meanRate(log);
    if (!(stated > 0 && stated < Infinity) || Number.isNaN(rate)) return [];
    const factor = Math.max(rate / stated, stated / rate);
    if (factor <= rateFactorMax) return [];
    const [was, is] = [rate, stated].map((each) => each.toPrecision(3));
    return [
      `${name}: measured at ${was} requests/s, while the scenario has ${is}/s: a fit at another load may not hold`,
    ];
  });
}

/** Null where it was interrupted. */
async function probed(scenario: Scenario, options: CalibrateOptions, terminal: Terminal): Promise<Calibrated | null> {
  const { at = [], target, coldStarts, wait, keep } = options;
  const seed = options.seed ?? scenario.seed + 1000;
  const places = parsePlaces(scenario, at);
  const targets = chosenTargets(scenario, target);
  return interruptible(async (signal) => {
    const { probes, ...fitted } = await probeAt(scenario, places, {
      terminal,
      targets,
      seed,
      coldStarts,
      wait,
      signal,
    });
    if (keep !== undefined) {
      for (const [name, own] of probes) {
        for (const [k, { part, log }] of own.entries()) {
          await writeLinesAtomic(join(keep, `${name}.${k}-${part}.outcomes.csv`), outcomeCsvLines(log));
        }
      }
    }
    return signal.aborted ? null : fitted;
  });
}

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
