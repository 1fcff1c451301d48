import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readScenario } from "../../src/cli/files.ts";
import { predict } from "../../src/model/predict.ts";
import { answerToJson } from "../../src/report/json.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { transcript } from "./transcript.ts";

const small = "test/golden/cli/small.yaml";
const folder = mkdtempSync(join(tmpdir(), "coldcast-refused-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

beforeAll(() => {
  const scenario = readScenario(small);
  writeFileSync(at("model.json"), answerToJson(predict(scenario)));
  writeFileSync(at("sim.json"), answerToJson(simulate(scenario, { replications: 2 })));
  const foreign = { ...JSON.parse(readFileSync(at("sim.json"), "utf8")), scenario: "other" };
  writeFileSync(at("foreign.json"), JSON.stringify(foreign));
  writeFileSync(at("edited.yaml"), readFileSync(small, "utf8").replace(/seed: 7/, "seed: 9"));
});

/** An option that would be taken without a word is refused with the reason, and exit code 2. */
describe("options that mean nothing here", () => {
  it.each([
    [
      "compare --seed of another answer",
      ["compare", "model.json", "sim.json", "--seed", "8"],
      "is of seed 7, not of --seed 8",
    ],
    [
      "report --seed of another answer",
      ["report", small, "sim.json", "--out", "r.html", "--seed", "8"],
      "is of seed 7",
    ],
    ["manifests --seed", ["manifests", "scenarios/cluster.yaml", "--seed", "8"], "Nothing is drawn here"],
    ["deploy --seed", ["deploy", "scenarios/cluster.yaml", "--seed", "8"], "Nothing is drawn here"],
    ["undeploy --seed", ["undeploy", "scenarios/cluster.yaml", "--seed", "8"], "Nothing is drawn here"],
    [
      "import --seed of a distribution",
      ["import", "sim.json", "--as", "distribution", "--seed", "8"],
      "nothing is drawn here",
    ],
    ["simulate --of", ["simulate", small, "--of", "mean"], "say how --precision is meant"],
    ["simulate --max-replications", ["simulate", small, "--max-replications", "9"], "say how --precision is meant"],
    [
      "compare --ks with --scenario",
      ["compare", "model.json", "sim.json", "--scenario", small, "--ks", "0.2"],
      "cannot be used with",
    ],
    [
      "manifests --image without a Job",
      ["manifests", "scenarios/cluster.yaml", "--image", "x"],
      "ask for one by --senders",
    ],
    [
      "manifests --workers without a sweep",
      ["manifests", "scenarios/cluster.yaml", "--workers", "2"],
      "ask for it by --sweep",
    ],
    [
      "run --live none --strict",
      ["run", small, "--live", "none", "--strict", "--out", "run"],
      "measures nothing to judge by",
    ],
    [
      "report on another scenario's answers",
      ["report", small, "foreign.json", "--out", "r.html"],
      "answers scenario other, not",
    ],
    [
      "compare by another scenario",
      ["compare", "model.json", "foreign.json", "--scenario", small],
      "answers scenario other, not",
    ],
  ])("%s", async (_, args, message) => {
    const { code, err, out } = await transcript(
      args.map((arg) => (/^(\w+\.(json|html)|run)$/.test(arg) && arg !== args[0] ? at(arg) : arg)),
    );
    expect(err).toContain(message);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  it("a seed that the answers have is fine", async () => {
    expect((await transcript(["compare", at("model.json"), at("sim.json"), "--seed", "7"])).code).toBeLessThan(2);
  });

  it("report warns of answers to another version of the scenario", async () => {
    const { code, err } = await transcript([
      "report",
      at("edited.yaml"),
      at("sim.json"),
      "--out",
      at("r.html"),
      "--no-outlook",
    ]);
    expect(code).toBe(0);
    expect(err).toContain("answers another version of");
  });

  it("an import carries the seed that is named", async () => {
    const file = "test/report/importers/files/hey.csv";
    const { out } = await transcript(["import", file, "--seed", "12", "--json", "-"]);
    expect(JSON.parse(out).seed).toBe(12);
  });

  it("a sweep by the model of targets without one exits as predict does", async () => {
    const none = `name: none
duration: 20s
arrivals: { kind: mmpp, rates: [1/s, 9/s], switching: [[0, 1/s], [1/s, 0]] }
work: 10ms
targets:
  faas: { kind: knative, containerConcurrency: 4, target: 1, maxScale: 4 }
`;
    writeFileSync(at("none.yaml"), none);
    const args = [
      "--engine",
      "model",
      "--workers",
      "1",
      "--vary",
      "targets.faas.maxScale=3,4",
      "--out",
      at("sweep.ndjson"),
    ];
    const { code, err } = await transcript(["sweep", at("none.yaml"), ...args]);
    expect(err).toContain("there is no model for any target");
    expect(code).toBe((await transcript(["predict", at("none.yaml")])).code);
    expect(code).toBe(2);
  });
});
