import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transcript } from "./transcript.ts";

const small = "test/golden/cli/small.yaml";
const unstable = "test/golden/cli/unstable.yaml";
const verbs = [
  "init",
  "doctor",
  "explain",
  "run",
  "predict",
  "simulate",
  "schedule",
  "replay",
  "calibrate",
  "compare",
  "report",
  "import",
  "sweep",
  "density",
  "manifests",
  "deploy",
  "undeploy",
  "pipeline",
];

const vary = (text: string) => ["--vary", text];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "coldcast-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A seeded run of every example. */
const examples = globSync("scenarios/*.yaml")
  .sort()
  .map((file) => [`example-${basename(file, ".yaml")}`, ["simulate", file, "--replications", "2"]] as const);

/** Name of the golden file → arguments; OUT stands for a fresh folder. */
const transcripts: readonly (readonly [name: string, args: readonly string[]])[] = [
  ["help", ["--help"]],
  ["version", ["--version"]],
  ["no-arguments", []],
  ...verbs.map((verb) => [`help-${verb}`, [verb, "--help"]] as const),
  ["unknown-verb", ["simulat", small]],
  ["unknown-option", ["predict", small, "--sed", "3"]],
  ["bad-seed", ["predict", small, "--seed", "three"]],
  ["missing-argument", ["predict"]],
  ["missing-file", ["predict", "nowhere.yaml"]],
  ["folder-for-a-file", ["predict", "test/golden"]],
  ["broken-scenario", ["simulate", "test/golden/broken/many-at-once.yaml"]],
  ["unknown-target", ["simulate", small, "--target", "singel"]],
  ["init", ["init", "OUT/first.yaml", "--template", "cold-start", "--rate", "12/s", "--objective", "250ms"]],
  ["init-nobody-to-ask", ["init", "OUT/none.yaml"]],
  ["init-unknown-template", ["init", "OUT/none.yaml", "--template", "cold-strat"]],
  ["init-bad-rate", ["init", "OUT/none.yaml", "--template", "cold-start", "--rate", "12"]],
  ["init-there-already", ["init", small, "--template", "cold-start"]],
  ["explain", ["explain"]],
  ["explain-field", ["explain", "scaleDownDelay"]],
  ["explain-kinds", ["explain", "targets.spinkube.autoscaler"]],
  ["explain-json", ["explain", "arrivals.poisson.rate", "--json", "-"]],
  ["explain-unknown", ["explain", "targets.knative.scaleDwonDelay"]],
  ["explain-several", ["explain", "timeout"]],
  ["predict", ["predict", small]],
  ["predict-plot", ["predict", small, "--plot"]],
  ["predict-nothing", ["predict", "scenarios/knative-defaults.yaml"]],
  ["predict-unstable", ["predict", unstable]],
  ["predict-solve", ["predict", small, "--target", "single", "--solve", "arrivals.rate", "--for", "p90<=500ms"]],
  ["predict-solve-never", ["predict", small, "--target", "single", "--solve", "keepAlive", "--for", "p99<=1ms"]],
  ["predict-solve-unknown-path", ["predict", small, "--solve", "arrivals.rat", "--for", "p99<=1s"]],
  ["predict-solve-bad-condition", ["predict", small, "--solve", "work.mean", "--for", "p99<=1"]],
  ["predict-sensitivity", ["predict", small, "--target", "single", "--sensitivity"]],
  ["simulate", ["simulate", small, "--replications", "2"]],
  ["simulate-requests", ["simulate", small, "--replications", "1", "--requests", "2000", "--target", "single"]],
  ["simulate-explain", ["simulate", small, "--explain", "7"]],
  ["simulate-explain-nobody", ["simulate", small, "--explain", "70000000"]],
  ["simulate-explain-and-trace", ["simulate", small, "--explain", "7", "--trace", "OUT/trace.json"]],
  ["simulate-trace-to-stdout", ["simulate", small, "--requests", "500", "--replications", "1", "--trace", "-"]],
  ["simulate-within-warmup", ["simulate", "scenarios/keep-alive.yaml", "--requests", "20", "--replications", "2"]],
  ["simulate-bad-precision", ["simulate", small, "--precision", "1"]],
  ["simulate-bad-figure", ["simulate", small, "--precision", "1%", "--of", "p100"]],
  ...examples,
  [
    "sweep",
    [
      "sweep",
      small,
      ...vary("targets.single.coldStart=0,50ms"),
      ...vary("work.mean=4ms..8ms:log:2"),
      "--out",
      "OUT/sweep",
    ],
  ],
  ["sweep-model", ["sweep", small, ...vary("work.mean=4ms,8ms"), "--engine", "model", "--out", "OUT/model.ndjson"]],
  ["density", ["density", "scenarios/density.yaml", "--replications", "1", "--requests", "400"]],
  ["density-most", ["density", "scenarios/density.yaml", "--replications", "1", "--requests", "400", "--most", "2"]],
  ["density-elsewhere", ["density", small, "--objective", "1s"]],
  ["sweep-nothing", ["sweep", small, "--out", "OUT/sweep"]],
  ["sweep-no-place", ["sweep", small, ...vary("targets.singel.coldStart=0"), "--out", "OUT/sweep"]],
  ["sweep-bad-range", ["sweep", small, ...vary("work.mean=4ms..8"), "--out", "OUT/sweep"]],
  [
    "sweep-too-many",
    ["sweep", small, ...vary("work.mean=1s..2s:2000"), ...vary("seed=1..2000:2000"), "--out", "OUT/s"],
  ],
  ["sweep-to-stdout", ["sweep", small, ...vary("seed=1,2"), "--out", "-"]],
  ["sweep-bad-value", ["sweep", small, ...vary("targets.single.servers=1,0"), "--out", "OUT/sweep"]],
  ["schedule", ["schedule", small, "--out", "OUT/schedule.csv", "--requests", "100"]],
  [
    "schedule-for-vegeta",
    ["schedule", small, "--out", "OUT/s.csv", "--requests", "9", "--for", "vegeta", "--url", "http://x/"],
  ],
  [
    "schedule-for-k6",
    ["schedule", small, "--out", "OUT/s.csv", "--requests", "9", "--for", "k6", "--url", "http://localhost:8080/"],
  ],
  ["schedule-bad-url", ["schedule", small, "--out", "OUT/s.csv", "--for", "k6", "--url", "localhost:8080"]],
  ["schedule-url-alone", ["schedule", small, "--out", "OUT/s.csv", "--url", "http://localhost:8080/"]],
  ["run-without-live", ["run", small, "--live", "none", "--out", "OUT/run"]],
  ["run-same-seed", ["run", small, "--calibrate", "7", "--out", "OUT/run"]],
  ["run-fit-to-nothing", ["run", small, "--live", "none", "--calibrate", "8", "--out", "OUT/run"]],
  ["pipeline-bad-port", ["pipeline", small, "--listen", "99999", "--out", "OUT/events"]],
  ["pipeline-to-a-file", ["pipeline", small, "--out", "package.json"]],
  ["pipeline-bad-rules", ["pipeline", small, "--rules", "test/golden/broken/yaml-syntax.yaml", "--out", "OUT/events"]],
  ["replay-bad-place", ["replay", small, "--at", "single=ftp://x", "--out", "OUT/live"]],
  ["replay-unknown-place", ["replay", small, "--at", "singel=rig", "--out", "OUT/live"]],
  ["replay-bad-shard", ["replay", small, "--shard", "4/4", "--rendezvous", "a:1", "--out", "OUT/live"]],
  ["replay-bad-rendezvous", ["replay", small, "--shard", "1/2", "--rendezvous", "a:99999", "--out", "OUT/live"]],
  ["replay-to-a-file", ["replay", small, "--out", "package.json"]],
  ["replay-below-a-file", ["replay", small, "--out", "package.json/live"]],
  [
    "replay-nobody-there",
    ["replay", small, "--at", "single=http://127.0.0.1:9", "--target", "single", "--out", "OUT/live"],
  ],
  ["calibrate-neither", ["calibrate", small, "--out", "OUT/fitted.yaml"]],
  ["calibrate-from-nothing", ["calibrate", small, "--from", "test/golden/cli", "--out", "OUT/fitted.yaml"]],
  ["import", ["import", "test/report/importers/files/hey.csv"]],
  ["import-flagged", ["import", "test/report/importers/files/autocannon-corrected.json", "--target", "single"]],
  ["import-trace", ["import", "test/report/importers/files/ibm.csv", "--format", "ibm"]],
  ["import-empty", ["import", "/dev/null"]],
  ["import-to-stdout", ["import", "test/report/importers/files/hey.csv", "--out", "-"]],
  ["import-unknown-file", ["import", small]],
  [
    "import-distribution",
    ["import", "test/report/importers/files/kperf.csv", "--metric", "overall_ready", "--as", "distribution"],
  ],
  [
    "import-arrivals",
    [
      "import",
      "test/report/importers/files/invitro.csv",
      "--as",
      "arrivals",
      "--column",
      "startTime",
      "--unit",
      "us",
      "--out",
      "OUT/a.csv",
    ],
  ],
  ["manifests", ["manifests", "scenarios/cluster.yaml"]],
  ["manifests-bad-sweep", ["manifests", "scenarios/cluster.yaml", "--sweep", "arrival.rate=1/s", "--image", "a/b:1"]],
  ["manifests-no-image", ["manifests", small]],
  ["import-live-spinkube", ["import", "spinkube:default/hello"]],
  ["compare-one", ["compare", "OUT/run/model.json"]],
  ["report-as-markdown", ["report", small, "OUT/run/model.json", "OUT/run/sim.json", "--as", "markdown", "--out", "-"]],
  ["report-as-junit", ["report", small, "OUT/run/model.json", "--as", "junit", "--out", "-"]],
  ["compare-no-answer", ["compare", "package.json", "package.json"]],
  ["compare-not-json", ["compare", small, small]],
  ["compare", ["compare", "OUT/run/model.json", "OUT/run/sim.json", "--scenario", small]],
  [
    "compare-strict",
    ["compare", "OUT/run/model.json", "OUT/run/sim.json", "--absolute", "0.001ms", "--quantile-ratio", "1", "--strict"],
  ],
  ["report", ["report", small, "OUT/run/model.json", "OUT/run/sim.json", "--out", "OUT/report.html"]],
];

describe("what the command line says", () => {
  it.each(transcripts)("%s", async (name, args) => {
    const { code, out, err } = await transcript(args.map((arg) => arg.replace("OUT", folder)));
    const shown = `$ coldcast ${args.join(" ")}\n${section("stdout", out)}${section("stderr", err)}--- exit ${code}\n`;
    const text = shown.replaceAll(folder, "OUT");
    const file = `test/golden/cli/${name}.txt`;
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, text);
    expect(existsSync(file), `${file} is missing: UPDATE_GOLDEN=1 writes it`).toBe(true);
    expect(text).toBe(readFileSync(file, "utf8"));
    expect(text).not.toMatch(/NaN|undefined|\n\s+at /);
  });
});

function section(name: string, text: string): string {
  return text === "" ? "" : `--- ${name}\n${text.replace(/[ \t]+$/gm, "").trimEnd()}\n`;
}
