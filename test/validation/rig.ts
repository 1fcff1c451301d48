/**
 * Runs of the main job on the embedded rig, each with seeds of its own, stored in test/validation/answers/rig and written
 * into docs/validation.md.
 *
 *   node test/validation/rig.ts [--seeds 1-10] [--again] [--keep]
 *
 * Run k judges seed k and calibrates on seed 1000 + k. Runs that are stored are left as they are, so a call that was broken
 * off is taken up; `--again` replaces them. `--keep` only writes the page. The page shows every run that is stored.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { answerFromJson } from "../../src/report/json.ts";
import type { Answer } from "../../src/scenario/answer.ts";
import { writeRigPage } from "./rigPage.ts";
import { isStored, storeMeasurement, storePrediction } from "./stored.ts";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "1-10" },
    again: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});
const root = new URL("../../", import.meta.url);
const scenario = "scenarios/camera-burst.yaml";

for (const seed of options.keep ? [] : numbersOf(options.seeds)) {
  if (!options.again && isStored("rig", `${seed}`))
    process.stderr.write(`run ${seed} is stored; --again replaces it\n`);
  else runMainJob(seed);
}
process.stdout.write(`${writeRigPage()}\n`);

/** @returns false where the run itself failed, as on a machine too busy to start its processes */
function runMainJob(seed: number): boolean {
  const out = `out/validation/${seed}`;
  mkdirSync(new URL(`${out}/`, root), { recursive: true });
  const args = ["bin/coldcast.js", "run", scenario, "--seed", `${seed}`, "--calibrate", `${1000 + seed}`, "--out", out];
  process.stderr.write(`run ${seed}: node ${args.join(" ")}\n`);
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  // 0 is no disagreement, 1 a disagreement: both are results. Anything else is a failure of the run itself.
  if (status !== 0 && status !== 1) return false;
  const at = (name: string) => new URL(`${out}/${name}`, root);
  const read = (name: string): string => readFileSync(at(name), "utf8");
  const answer = (name: string): Answer => answerFromJson(read(name), `${out}/${name}`);
  // The run writes both predictions before it sends a request.
  const predictedAt = statSync(at("sim.json")).mtime.toISOString();
  const prediction = { scenario: read("fitted.yaml"), predicted: answer("model.json"), simulated: answer("sim.json") };
  storePrediction("rig", `${seed}`, prediction, predictedAt);
  storeMeasurement("rig", `${seed}`, answer("live.json"));
  return true;
}

/** `1-3,7` */
function numbersOf(text: string): readonly number[] {
  return text.split(",").flatMap((part) => {
    const [from, to = from] = part.split("-").map(Number);
    if (!(from! >= 0 && to! >= from!)) throw new RangeError(`--seeds ${text}: write numbers and ranges, such as 1-3,7`);
    return Array.from({ length: to! - from! + 1 }, (_, k) => from! + k);
  });
}
