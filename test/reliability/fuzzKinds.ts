import { globSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { InputError } from "../../src/base/check.ts";
import { measuredAnswer } from "../../src/live/measured.ts";
import { outcomeCsvLines, parseOutcomes } from "../../src/live/outcomes.ts";
import { readCameraEvent } from "../../src/live/pipeline/cameraEvent.ts";
import { stageNames } from "../../src/live/pipeline/collector.ts";
import { readMetric } from "../../src/live/pipeline/result.ts";
import { parseRules } from "../../src/live/pipeline/rules.ts";
import { parseStages } from "../../src/live/pipeline/stageLog.ts";
import { parsePlace } from "../../src/live/place.ts";
import { parsePods } from "../../src/live/watch/podLog.ts";
import { podMoments } from "../../src/live/watch/podRecord.ts";
import { predict } from "../../src/model/predict.ts";
import type { Source } from "../../src/random/source.ts";
import { compare } from "../../src/report/compare.ts";
import { exporters } from "../../src/report/exporters/index.ts";
import { importedAnswer } from "../../src/report/importers/importedAnswer.ts";
import { importers, importFile } from "../../src/report/importers/index.ts";
import { answerFromJson, answerToJson, jsonText } from "../../src/report/json.ts";
import { comparisonTable } from "../../src/report/table.ts";
import { readTrace, traceFormats } from "../../src/report/traces/index.ts";
import type { Answer } from "../../src/scenario/answer.ts";
import { toDocument } from "../../src/scenario/document.ts";
import { parseScenario, toScenario } from "../../src/scenario/parse.ts";
import { parseVariation } from "../../src/scenario/parseVariation.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { parseScheduleCsv, schedule, scheduleCsvLines } from "../../src/scenario/schedule.ts";
import { sweepPoints } from "../../src/scenario/variations.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { sourceOf, textOf as sourceOfText } from "../report/importers/source.ts";
import { drawnScenario } from "./fuzzGrammar.ts";
import { asYaml, below, garbled, mutated, pick, quantityText, type Tree, textOf, treeOf } from "./fuzzTree.ts";

/** One kind of input, and what is done with it. */
export interface FuzzKind {
  readonly name: string;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  /**
   * Draws one input and takes it in.
   *
   * @param tell is told the input, for who must look at it
   * @throws {InputError} where it is refused, as it should be; anything else is a finding
   */
  run(random: Source, tell: (input: string) => void): void | Promise<void>;
}

const small: Scenario = parseScenario(readFileSync("test/golden/cli/small.yaml", "utf8"), { file: "small.yaml" });
const spec = small.targets[0]!;
const csv = "t,work\n0,0.1\n0.5,0.2\n0.5,0.01\n2,3\n";
const readText = (): string => csv;

const scenarioTexts = [...globSync("scenarios/*.yaml"), ...globSync("test/golden/broken/*.yaml")]
  .toSorted()
  .map((file) => readFileSync(file, "utf8"))
  .filter((text) => text.length < 6000);
const scenarioTrees: readonly Tree[] = globSync("scenarios/*.yaml")
  .toSorted()
  .map((file) => treeOf(parse(readFileSync(file, "utf8"))));

/** That no figure is unknown where all must be known, and that a text which says it again can be read again. */
function wellFormed(value: unknown, path = ""): void {
  if (typeof value === "number" && Number.isNaN(value)) throw new Error(`NaN at ${path}`);
  if (typeof value !== "object" || value === null) return;
  if (Object.getPrototypeOf(value) !== Object.prototype && !Array.isArray(value))
    throw new Error(`prototype at ${path}`);
  for (const [key, item] of Object.entries(value)) wellFormed(item, `${path}.${key}`);
}

const drawsMax = 20;
const tameMax = 1e4;

/** Whether the first arrivals are soon drawn: not of a process that changes its phase 10²⁹ times before each, nor of as many devices. */
function isTame(value: unknown): boolean {
  if (typeof value === "number") return value === 0 || (Math.abs(value) <= tameMax && Math.abs(value) >= 1 / tameMax);
  return typeof value !== "object" || value === null || Object.values(value).every(isTame);
}

function takeScenario(scenario: Scenario, random: Source): void {
  wellFormed(scenario);
  if (random() < 0.1) {
    const again = toScenario(toDocument(scenario), { requestsBounded: true });
    if (again.sha256 !== scenario.sha256) throw new Error("written as a document it reads as another scenario");
  }
  if (scenario.arrivals.kind === "closed" || !isTame(scenario.arrivals)) return;
  const cursor = schedule(scenario, { requests: drawsMax }).open();
  let before = 0;
  while (cursor.next()) {
    const { atSeconds, workSeconds, origin } = cursor;
    if (!(atSeconds >= before && atSeconds < Infinity)) throw new Error(`arrival at ${atSeconds} after ${before}`);
    if (!(workSeconds >= 0)) throw new Error(`work of ${workSeconds}`);
    if (!(Number.isInteger(origin) && origin >= 0 && origin < tameMax ** 2)) throw new Error(`origin ${origin}`);
    before = atSeconds;
  }
}

const scenarioTree = (random: Source): Tree => {
  const tree = random() < 0.5 ? drawnScenario(random) : pick(random, scenarioTrees);
  return random() < 0.1 ? tree : mutated(tree, random);
};

const scenarioKinds: readonly FuzzKind[] = [
  {
    name: "scenario, parts changed",
    weight: 30,
    run: (random, tell) => {
      const text = asYaml(textOf(scenarioTree(random)), random);
      tell(text);
      takeScenario(parseScenario(text, { file: "s.yaml", readText, requestsBounded: random() < 0.3 }), random);
    },
  },
  {
    name: "scenario, text garbled",
    weight: 8,
    run: (random, tell) => {
      const text = garbled(pick(random, scenarioTexts), random);
      tell(text);
      takeScenario(parseScenario(text, { file: "s.yaml", readText }), random);
    },
  },
  {
    name: "scenario as an object",
    weight: 20,
    run: (random, tell) => {
      const text = textOf(scenarioTree(random));
      tell(text);
      takeScenario(toScenario(parsedJson(text) as never, { readText, requestsBounded: true }), random);
    },
  },
  {
    name: "file named in a scenario",
    weight: 6,
    run: (random, tell) => {
      const text = garbled(csv, random);
      tell(text);
      const column = pick(random, ["1", "2", "t", "work", '"3"', "toString"]);
      const of = `file: x.csv, column: ${column}, unit: ${pick(random, ["ms", "s", "d", "ns"])}`;
      const document = `{ name: f, arrivals: { kind: trace, ${of} }, work: { kind: empirical, ${of} }, targets: { a: { kind: server } } }`;
      takeScenario(parseScenario(document, { file: "s.yaml", readText: () => text }), random);
    },
  },
  {
    name: "variations",
    weight: 6,
    run: (random, tell) => {
      const texts = Array.from({ length: 1 + below(random, 3) }, () => variationText(random));
      tell(texts.join("\n"));
      const document = { ...(parsedJson(textOf(treeOf(toDocument(small)))) as object) };
      for (const point of sweepPoints(document, texts.map(parseVariation).slice(0, 3).map(fewValues), { readText }))
        wellFormed(point.scenario);
    },
  },
  {
    name: "rules",
    weight: 4,
    run: (random, tell) => {
      const text = asYaml(textOf(mutated(rulesTree, random)), random);
      tell(text);
      wellFormed(parseRules(text, "rules.yaml"));
    },
  },
];

/** What is no JSON is no object either. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError("object", [{ path: "", message: "no JSON" }]);
  }
}

const fewValues = <T extends { readonly values: readonly unknown[] }>(variation: T): T => ({
  ...variation,
  values: variation.values.slice(0, 4),
});

const paths = [
  "arrivals.rate",
  "work",
  "work.mean",
  "targets.single",
  "targets.single.keepAlive",
  "seed",
  "report.tolerance.ks",
  "arrivals",
  "",
  "__proto__.x",
  "constructor.prototype",
  "targets.__proto__",
  "report.quantiles[0]",
  "prices.perRequest",
];

function variationText(random: Source): string {
  const value = () =>
    pick(random, [
      quantityText(random),
      "1",
      "0..1:3",
      "1/s..9/s:log:4",
      "{kind: exponential, mean: 1ms}",
      "[1]: [2",
      "&a [*a]",
      "forever",
      `${quantityText(random)}..${quantityText(random)}:5`,
    ]);
  const text = `${pick(random, paths)}=${Array.from({ length: 1 + below(random, 2) }, value).join(",")}`;
  return random() < 0.5 ? text : garbled(text, random);
}

const rulesTree = treeOf({
  window: "10s",
  lateness: "2s",
  rules: [
    { name: "crowd", kind: "threshold", of: { label: "person", confidence: 0.6 }, count: 30, within: "10s" },
    { name: "approach", kind: "sequence", of: [{ label: "face" }, { confidence: 0.7 }], within: "5s" },
    { name: "left", kind: "absence", of: { confidence: 0 }, for: "10s" },
  ],
});

const outcomes = [
  "at_seconds,work_seconds,lateness_seconds,latency_seconds,outcome,status,cold,instance,instance_started_seconds,work_done_seconds,start_seconds",
  ...Array.from(
    { length: 12 },
    (_, i) => `${i},0.01,0.0001,0.0${i + 1},completed,200,${i % 2},pod-${i % 3},-1.5,0.01,0.001`,
  ),
  '12,0.01,0.0001,,timeout,,,"a ""quoted"", id",,,',
  "13,0.01,,,dropped,,,,,,",
  "",
].join("\n");
const columns = (names: readonly string[]): string => names.map((name) => `${name}_seconds`).join(",");
const stages = [columns(stageNames), "0.1,0.1,0.1,0.1,0.1", ",,,,", ""].join("\n");
const pods = [
  `pod,${columns(podMoments)}`,
  `a${",1".repeat(podMoments.length)}`,
  `b${",".repeat(podMoments.length)}`,
  "",
].join("\n");

const tableKinds: readonly FuzzKind[] = [
  {
    name: "schedule",
    weight: 6,
    run: (random, tell) => {
      const text = garbled([...scheduleCsvLines(schedule(small, { requests: 8 }))].join("\n"), random);
      tell(text);
      const read = parseScheduleCsv(text, "schedule.csv");
      const lines = [...scheduleCsvLines(read)];
      if ([...scheduleCsvLines(parseScheduleCsv(lines.join("\n"), "again"))].join() !== lines.join())
        throw new Error("written again it reads otherwise");
      if (/NaN|Infinity/.test(lines.join())) throw new Error("a number that is none");
    },
  },
  {
    name: "outcome log",
    weight: 6,
    run: (random, tell) => {
      const text = garbled(outcomes, random);
      tell(text);
      const log = parseOutcomes(text, "x.outcomes.csv");
      const lines = [...outcomeCsvLines(log)].join("\n");
      if ([...outcomeCsvLines(parseOutcomes(lines, "again"))].join("\n") !== lines)
        throw new Error("written again it reads otherwise");
      if (random() < 0.3) takeAnswer({ ...answers[0]!, targets: [measuredAnswer(small, spec, log, {})] }, random);
    },
  },
  {
    name: "stage and pod logs",
    weight: 3,
    run: (random, tell) => {
      const isStages = random() < 0.5;
      const text = garbled(isStages ? stages : pods, random);
      tell(text);
      if (isStages) parseStages(text, "x.stages.csv", 2);
      else parsePods(text, "x.pods.csv");
    },
  },
];

const answers: readonly Answer[] = [
  predict(small),
  simulate(small, { replications: 2, schedule: schedule(small, { requests: 300 }) }),
];
/** Their curves cut down: what is in a list of a thousand is in one of ten. */
const answerTrees = answers.map((answer) => treeOf(shortened(JSON.parse(answerToJson(answer)))));

function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 6).map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shortened(item)]));
}

const tolerance = small.report.tolerance;
const table = { width: 80, color: false };

function takeAnswer(answer: Answer, random: Source): void {
  const text = answerToJson(answer);
  if (answerToJson(answerFromJson(text)) !== text) throw new Error("written again it reads otherwise");
  const comparison = compare([answer], answers[1]!, { tolerance, quantiles: [0.5, 0.99] });
  const against = compare([answers[1]!], answer, { tolerance, quantiles: [0.5, 0.99] });
  for (const each of [comparison, against]) jsonText(each);
  comparisonTable([answer, answers[1]!], against, table);
  if (random() < 0.2) {
    const exporter = pick(random, exporters);
    exporter.write({ scenario: small, answers: [answer], comparison: against });
  }
}

const answerKinds: readonly FuzzKind[] = [
  {
    name: "answer, parts changed",
    weight: 16,
    run: (random, tell) => {
      const text = textOf(mutated(pick(random, answerTrees), random));
      tell(text);
      takeAnswer(answerFromJson(text, "answer.json"), random);
    },
  },
  {
    name: "answer, text garbled",
    weight: 4,
    run: (random, tell) => {
      const text = garbled(textOf(pick(random, answerTrees)), random);
      tell(text);
      takeAnswer(answerFromJson(text, "answer.json"), random);
    },
  },
];

const files = globSync("test/report/importers/files/**/*.*")
  .toSorted()
  .filter((file) => !/\.(?:md|zst|gz|parquet)$/.test(file))
  .map((file) => ({ name: file, bytes: readFileSync(file).subarray(0, 4000) }));
const traces = [
  "timestamp,duration\n0,1\n1,2\n2.5,3\n",
  "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:01:51.9799600,4808,10\n2023-11-16 18:01:52.9799600,3180,8\n",
  "app,func,end_timestamp,duration\na,f,10.5,0.5\na,g,11,0.25\n",
  "day,time,f1,f2\n0,0,3,1\n0,60,0,2\n",
];
const requestsMax = 200;

const foreignKinds: readonly FuzzKind[] = [
  {
    name: "file of another tool",
    weight: 8,
    run: (random, tell) => {
      const file = pick(random, files);
      const text = garbled(file.bytes.toString("latin1"), random);
      tell(`${file.name}\n${text}`);
      const source = sourceOf(file.name, Buffer.from(text, random() < 0.9 ? "latin1" : "utf8"));
      const format = random() < 0.8 ? undefined : pick(random, importers).format;
      const { imported, importer } = importFile(source, { format, unitSeconds: 1e-3 });
      const answer = importedAnswer({ imported, format: importer.describes, report: small.report, name: "x" });
      answerFromJson(answerToJson(answer));
    },
  },
  {
    name: "trace",
    weight: 5,
    run: (random, tell) => {
      const text = garbled(pick(random, traces), random);
      tell(text);
      const named = { format: pick(random, traceFormats).format, column: pick(random, ["1", "t", "timestamp"]) };
      const options = { seed: 1, spacing: "poisson", ...(random() < 0.5 ? {} : named) } as const;
      let [count, before] = [0, 0];
      for (const { atSeconds, workSeconds } of readTrace(sourceOfText(text), options).requests) {
        if (!(atSeconds >= before)) throw new Error(`request at ${atSeconds} after ${before}`);
        if (workSeconds < 0 || workSeconds === Infinity) throw new Error(`work of ${workSeconds}`);
        before = atSeconds;
        if (++count > requestsMax) break;
      }
    },
  },
  {
    name: "message of a topic",
    weight: 4,
    run: (random, tell) => {
      const text =
        random() < 0.7 ? textOf(mutated(pick(random, messages), random)) : garbled(textOf(messages[0]!), random);
      tell(text);
      const event = readCameraEvent(Buffer.from(text), 1e9);
      if (typeof event !== "string") for (const each of [event.frameSeconds, event.workSeconds]) wellFormed(each);
      const metric = readMetric(Buffer.from(text));
      if (metric?.kind === "result") wellFormed(Object.values(metric.stamps).filter((stamp) => stamp !== null));
    },
  },
  {
    name: "place",
    weight: 1,
    run: (random, tell) => {
      const text = garbled(pick(random, ["rig", "knative:ns/name@zero=4", "https://x.example.com:8/a?b#c"]), random);
      tell(text);
      parsePlace(text);
    },
  },
];

const messages = [
  treeOf({
    id: "1",
    device: "d",
    frameSeconds: 1,
    workSeconds: 0.01,
    detections: [{ label: "face", confidence: 0.5, box: [0, 0, 1, 1], track: "t" }],
  }),
  treeOf({
    kind: "result",
    run: "r",
    index: 0,
    target: "faas",
    traceparent: "",
    outcome: "completed",
    status: 200,
    attempts: 1,
    stamps: { due: 1, sent: 1, appended: null, enriched: 2, published: 3, read: 4, dispatched: 5, answered: 6 },
    instance: null,
    instanceStarted: null,
    startSeconds: 1,
    workDoneSeconds: 1,
  }),
];

/** Every kind of input that comes from elsewhere, but for the command line. */
export const fileKinds: readonly FuzzKind[] = [...scenarioKinds, ...tableKinds, ...answerKinds, ...foreignKinds];
