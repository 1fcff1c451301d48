import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { answerFromJson, answerToJson } from "../../../src/report/json.ts";
import type { Answer } from "../../../src/scenario/answer.ts";
import { type Document, namespace, type TargetName, targetNames } from "./cases.ts";

const root = new URL("../../../", import.meta.url).pathname;
/** Where scenarios and logs lie: everything but what is stored for readers. */
const workFolder = join(root, "out/validation/cluster");
/** A folder of its own for a trial, so that its fits are never taken for those of the real runs. */
export const trialFolder = `${workFolder}-trial`;
let place = workFolder;

/** From here on, everything is a trial's. */
export function beginTrial(): void {
  place = trialFolder;
}

export const inWork = (name: string): string => join(place, name);

/** No verb here takes longer; what hangs must not keep the other runs from their turn. */
const patienceMs = 600e3;

/**
 * Runs a verb of coldcast as a user would, in a process of its own, so that nothing of ours delays its sends.
 *
 * @throws {Error} with the end of what it said, where it fails
 */
export function coldcast(...args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, ["bin/coldcast.js", ...args], {
    cwd: root,
    stdio: ["ignore", "ignore", "pipe"],
    timeout: patienceMs,
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + String(chunk)).slice(-2000);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`coldcast ${args.join(" ")} ended with exit code ${code}:\n${said.trim()}`));
    });
  });
}

/** Writes a scenario's document; returns the file. */
export function scenarioFile(folder: string, document: Document): string {
  mkdirSync(inWork(folder), { recursive: true });
  const file = join(inWork(folder), "scenario.yaml");
  writeFileSync(file, stringify(document, { lineWidth: 120 }));
  return file;
}

const placeOf = (target: TargetName, from = ""): string => `${target}=deployment:${namespace}/${target}${from}`;

/** Replays a scenario at both functions, side by side or one after the other, into one measurement. */
export async function replayed(
  folder: string,
  document: Document,
  { from, alone }: { readonly from: string; readonly alone: boolean },
): Promise<Answer> {
  const file = scenarioFile(folder, document);
  const one = (target: TargetName): Promise<void> =>
    coldcast("replay", file, "--target", target, "--at", placeOf(target, from), "--out", inWork(`${folder}/${target}`));
  if (alone) for (const target of targetNames) await one(target);
  else await together(targetNames.map(one));
  return joined(folder);
}

/** Waits for all of them even where one fails: what still sends must not meet the next run. */
async function together(runs: readonly Promise<void>[]): Promise<void> {
  for (const each of await Promise.allSettled(runs)) if (each.status === "rejected") throw each.reason;
}

/** The targets' measurements as one folder, as `replay` of both would have written it. */
export function joined(folder: string): Answer {
  const answers = targetNames.map((target) => {
    const own = inWork(`${folder}/${target}`);
    const file = join(own, "live.json");
    const answer = answerFromJson(readFileSync(file, "utf8"), file);
    for (const name of readdirSync(own))
      if (name.endsWith(".csv")) renameSync(join(own, name), join(inWork(folder), name));
    return answer;
  });
  const whole = { ...answers[0]!, targets: answers.flatMap(({ targets }) => targets) };
  writeFileSync(join(inWork(folder), "live.json"), answerToJson(whole));
  return whole;
}

/** What a calibration found: the targets with the fits in them, and the measurement they are of. */
export interface Fitted {
  readonly targets: Readonly<Record<string, Document>>;
  /** Absent where nothing was measured. */
  readonly calibration?: unknown;
}

/** Fits a scenario to what was replayed of it into the folder. */
export async function fittedToReplay(folder: string, seed: number): Promise<Fitted> {
  const fitted = join(inWork(folder), "fitted.yaml");
  const file = join(inWork(folder), "scenario.yaml");
  await coldcast("calibrate", file, "--from", inWork(folder), "--seed", `${seed}`, "--out", fitted);
  return readFitted(fitted);
}

/** Fits a scenario to probes of both functions, one after the other. */
export async function fittedToProbes(
  folder: string,
  document: Document,
  seed: number,
  starts: number,
): Promise<Fitted> {
  const fitted = join(inWork(folder), "fitted.yaml");
  const places = targetNames.flatMap((target) => ["--at", placeOf(target)]);
  const what = ["--probe", "--cold-starts", `${starts}`, "--seed", `${seed}`, "--keep", join(inWork(folder), "probes")];
  await coldcast("calibrate", scenarioFile(folder, document), ...what, ...places, "--out", fitted);
  return readFitted(fitted);
}

/** Keeps what several calibrations found together where a later call looks for it. */
export function writeFitted(folder: string, fitted: Fitted): Fitted {
  mkdirSync(inWork(folder), { recursive: true });
  writeFileSync(join(inWork(folder), "fitted.yaml"), stringify(fitted, { lineWidth: 120 }));
  return fitted;
}

export function readFitted(file: string): Fitted {
  const { targets, calibration } = parse(readFileSync(file, "utf8")) as Fitted;
  return { targets, calibration };
}
