import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";

// Every check of the project, in order; `e2e` runs the suites that need a browser or real processes, `cluster` those that
// need a Kubernetes cluster, and `summary` adds up what the runs before it left in out/test.

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed, each by its name and the beginning of what it said: told once more at the very end. */
  readonly failures: string[];
}

interface VitestReport {
  readonly numFailedTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const folder = "out/test";
const checks: readonly (readonly [name: string, command: string])[] = [
  ["types", "tsc --noEmit"],
  ["lint and format", "biome check --error-on-warnings ."],
  ["unused files and exports", "knip"],
  ["package (publint)", "publint --strict"],
  ["package types (attw)", "attw --pack . --profile esm-only --format table-flipped"],
];

const mode = process.argv[2] ?? "fast";
if (mode === "summary") process.exitCode = summary();
else process.exitCode = suites(mode);

function suites(project: string): number {
  if (project === "cluster") useLab();
  mkdirSync(folder, { recursive: true });
  const totals: Totals = { passed: 0, failed: 0, skipped: 0, failures: [] };
  if (project === "fast")
    for (const [name, command] of checks)
      if (runCheck(name, command)) totals.passed++;
      else fail(totals, name);
  runVitest(project, totals);
  if (project === "fast") tellSkippedSuites(totals);
  writeFileSync(`${folder}/${project}.totals.json`, JSON.stringify(totals));
  process.stdout.write(`\n${line(totals)}\n`);
  return totals.failed === 0 ? 0 : 1;
}

/** A test cluster whose folder LAB names, where KUBECONFIG names none. */
function useLab(): void {
  const { KUBECONFIG, LAB, PATH } = process.env;
  if (KUBECONFIG !== undefined || LAB === undefined || !existsSync(`${LAB}/kubeconfig`)) return;
  process.env.KUBECONFIG = `${LAB}/kubeconfig`;
  process.env.PATH = `${LAB}/bin:${PATH}`;
}

/** Quiet where all is well; the whole output where not. */
function runCheck(name: string, command: string): boolean {
  const { status, stdout, stderr } = spawnSync(command, { shell: true, encoding: "utf8", env: process.env });
  process.stdout.write(`${status === 0 ? "ok  " : "FAIL"}  ${name}\n`);
  if (status !== 0) process.stdout.write(`${stdout}${stderr}\n`);
  return status === 0;
}

function runVitest(project: string, totals: Totals): void {
  const report = `${folder}/${project}.json`;
  writeFileSync(report, "{}");
  const { status } = spawnSync(
    `vitest run --project ${project} --reporter=default --reporter=json --outputFile.json=${report}`,
    { shell: true, stdio: "inherit" },
  );
  const { testResults = [] } = JSON.parse(readFileSync(report, "utf8")) as Partial<VitestReport>;
  const before = totals.failed;
  for (const file of testResults) {
    for (const test of file.assertionResults) {
      if (test.status === "passed") totals.passed++;
      else if (test.status === "failed")
        fail(totals, `${relative(".", file.name)}: ${test.fullName}`, test.failureMessages.join("\n"));
      else {
        totals.skipped++;
        process.stdout.write(`skipped: ${test.fullName}\n`);
      }
    }
    // A file that does not load has no tests to fail.
    if (file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"))
      fail(totals, relative(".", file.name), file.message);
  }
  if (status !== 0 && totals.failed === before) fail(totals, `vitest of ${project} ended with ${status}`);
}

/** The suites that this run leaves out, by name, so that none is forgotten. */
function tellSkippedSuites(totals: Totals): void {
  const left = globSync("test/{e2e,reliability/e2e,cluster}/**/*.test.ts").sort();
  if (left.length === 0) return;
  process.stdout.write(`\n${left.length} suites not run here (npm run test:e2e and test:cluster run them):\n`);
  for (const name of left) process.stdout.write(`  skipped suite: ${name}\n`);
  if (process.env.CI === undefined) totals.skipped += left.length;
}

function summary(): number {
  const totals: Totals = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".totals.json")) : [];
  for (const name of files) {
    const part = JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as Totals;
    for (const key of ["passed", "failed", "skipped"] as const) totals[key] += part[key];
    totals.failures.push(...part.failures);
  }
  if (!files.includes("fast.totals.json")) fail(totals, "npm test ended before its tests");
  for (const failure of totals.failures) process.stdout.write(`failed: ${failure}\n`);
  process.stdout.write(`${line(totals)}\n`);
  return totals.failed === 0 ? 0 : 1;
}

function fail(totals: Totals, name: string, message = ""): void {
  totals.failed++;
  totals.failures.push([name, ...message.split("\n").slice(0, 12)].join("\n  "));
}

function line({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
