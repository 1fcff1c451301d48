// Mutation testing: small faults are put into the sources one by one, and the tests must notice each (docs/reliability.md).
//   npm run mutation                      every folder, which takes long
//   npm run mutation -- --of policies     one of them
//   npm run mutation -- --of stats --file src/stats/mser.ts
//   npm run mutation -- --share 0.2       a fifth of the mutants at random, always the same ones
//   npm run mutation -- --share 0.2 --draw 2     another fifth
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { wilsonInterval } from "../../src/stats/intervals.ts";
import { isSampled, type Sampled } from "./sample.ts";

/** The tests that must notice a fault in each folder, cheapest first. */
const testsOf: Readonly<Record<string, readonly string[]>> = {
  // Without timeWindows.test.ts, whose thousands of simulated samples would run for every fault beneath them.
  stats: ["test/stats/{distances,fit,histogram,intervals,latencyAnswer,meanBounds,mser,stretches}.test.ts"],
  policies: ["test/policies/**/*.test.ts", "test/reference/platform.test.ts"],
  scenario: ["test/scenario/**/*.test.ts", "test/stats/latencyAnswer.test.ts"],
};

const { values } = parseArgs({
  options: {
    of: { type: "string", multiple: true },
    file: { type: "string", multiple: true },
    share: { type: "string", default: "1" },
    draw: { type: "string", default: "coldcast" },
    jobs: { type: "string", default: "1" },
    changed: { type: "boolean", default: false },
  },
});
const sampled: Sampled = { share: Number(values.share), draw: values.draw };
const home = resolve("out/mutation");

interface MutantResult {
  readonly id: string;
  readonly fileName: string;
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

const Stryker = await installed();
for (const folder of values.of ?? Object.keys(testsOf)) {
  const tests = testsOf[folder];
  if (tests === undefined) throw new Error(`--of must be one of ${Object.keys(testsOf).join(", ")}, got ${folder}`);
  process.env.COLDCAST_MUTATION = JSON.stringify({ tests: [...tests, "test/docs/examples.test.ts"], sampled });
  report(folder, await new Stryker(optionsFor(folder)).runMutationTest());
}

function optionsFor(folder: string): object {
  return {
    mutate: values.file ?? [`src/${folder}/**/*.ts`],
    testRunner: "in-process",
    plugins: [pathToFileURL(resolve("test/mutation/inProcess.ts")).href],
    coverageAnalysis: "perTest",
    ignoreStatic: true,
    concurrency: Number(values.jobs),
    // A run of many files in one process keeps all their copies: a fresh process now and then gives the memory back.
    maxTestRunnerReuse: 500,
    timeoutMS: 30_000,
    dryRunTimeoutMinutes: 15,
    incremental: values.changed,
    incrementalFile: join(home, `${folder}-incremental.json`),
    tempDirName: join(home, "sandbox"),
    reporters: ["progress-append-only", "json"],
    jsonReporter: { fileName: join(home, `${folder}.json`) },
    ignorePatterns: ["/*", "!/src", "!/test", "!/scenarios", "!/package.json"],
    allowConsoleColors: false,
    disableTypeChecks: false,
  };
}

function report(folder: string, all: readonly MutantResult[]): void {
  const mutants = all.filter(({ id }) => isSampled(id, sampled));
  const count = (...statuses: readonly string[]) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const killed = count("Killed", "Timeout");
  const tried = killed + count("Survived", "NoCoverage");
  const { low, high } = wilsonInterval(killed, tried);
  const lines = mutants
    .filter(({ status }) => status === "Survived" || status === "NoCoverage")
    .map(({ fileName, status, mutatorName, replacement, location: { start } }) => {
      const line = `${fileName.replace(`${process.cwd()}/`, "")}:${start.line}:${start.column}`;
      return `${line} ${status} ${mutatorName}: ${replacement.replaceAll(/\s+/g, " ")}`;
    });
  const place = join("out/mutation", `${folder}.txt`);
  writeFileSync(place, `${lines.join("\n")}\n`);
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const interval = sampled.share === 1 ? "" : `, 95 %: ${percent(low)} to ${percent(high)}`;
  process.stdout.write(
    `${folder}: ${killed} of ${tried} mutants killed (${percent(killed / tried)}${interval}; ${count("Timeout")} by running on), ` +
      `${count("Survived")} survived, ${count("NoCoverage")} not reached, ${count("Ignored")} left out, ${count("RuntimeError")} without a verdict; ${place}\n`,
  );
}

/** Stryker lives in a folder of its own, because only this needs it. */
async function installed(): Promise<new (options: object) => { runMutationTest(): Promise<readonly MutantResult[]> }> {
  mkdirSync(home, { recursive: true });
  const lock = "package-lock.json";
  const text = readFileSync(join("test/mutation", lock), "utf8");
  if (!existsSync(join(home, lock)) || readFileSync(join(home, lock), "utf8") !== text) {
    copyFileSync("test/mutation/package.json", join(home, "package.json"));
    copyFileSync(join("test/mutation", lock), join(home, lock));
    const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], {
      cwd: home,
      stdio: "inherit",
    });
    if (status !== 0) throw new Error("npm ci failed in out/mutation");
  }
  const core = join(home, "node_modules/@stryker-mutator/core/dist/src/index.js");
  return (await import(pathToFileURL(core).href)).Stryker;
}
