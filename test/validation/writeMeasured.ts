/**
 * The recorded runs of one function as Wasm and as container, as a measured answer with the fits of the other load, for the notebook
 * that holds model and simulator against it: notebooks/wasm-native.json.
 *
 *   node test/validation/writeMeasured.ts
 */
import { writeFileSync } from "node:fs";
import { liveAnswer } from "../../src/live/liveAnswer.ts";
import { measuredAnswer } from "../../src/live/measured.ts";
import { answerToJson } from "../../src/report/json.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import { readRecording } from "./recording.ts";
import { wasmNative } from "./wasmNative.ts";

const fits = wasmNative({ functions: ["wasm", "native"], sharing: "inOrder" }).filter(({ name }) =>
  /^\w+-cpu-31$/.test(name),
);
const document = {
  name: "wasm-native",
  seed: 31,
  duration: "90s",
  arrivals: { kind: "poisson", rate: "60/s" },
  work: { kind: "exponential", mean: "8ms" },
  targets: Object.fromEntries(
    fits.map(({ name, workFactor, overhead }) => [
      name.split("-")[0]!,
      {
        kind: "server",
        concurrency: 2,
        workFactor: Number(workFactor.toFixed(2)),
        requestOverhead: `${Number((overhead * 1e3).toFixed(3))}ms`,
      },
    ]),
  ),
  report: { quantiles: [0.5, 0.9, 0.99] },
} as const;

const scenario = toScenario(document as never);
const measured = liveAnswer(scenario, {
  seed: scenario.seed,
  scheduleSha256: "",
  startedAt: new Date("2026-11-22T00:00:00Z"),
  targets: scenario.targets.map((target) => {
    const { outcomes } = readRecording(new URL("data/wasm-native/", import.meta.url), `${target.name}-cpu-31`, false);
    const { latency, ...rest } = measuredAnswer(scenario, target, outcomes, {});
    const { hdr: _, ...shown } = latency;
    return { ...rest, latency: shown };
  }),
});
const machine = "Kubernetes 1.34.4 on one node with two cores, Wasmtime 48 shim and runc";
const answer = { ...measured, provenance: { ...measured.provenance, scheduleSha256: null, machine } };
writeFileSync(
  new URL("../../notebooks/wasm-native.json", import.meta.url),
  `${JSON.stringify({ document, answer: JSON.parse(answerToJson(answer)) })}\n`,
);
