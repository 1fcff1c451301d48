/**
 * Recorded runs on real platforms against the simulator calibrated on other recordings, written into docs/validation.md.
 *
 *   node test/validation/recordings.ts
 */
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { version } from "../../src/base/version.ts";
import type { Answer, AvailableAnswer } from "../../src/scenario/answer.ts";
import { scenarioYaml } from "../../src/scenario/document.ts";
import { judgeKeda, kedaRecordings } from "./kedaRecording.ts";
import {
  judgeRecording,
  type Plan,
  plans,
  plansElsewhere,
  type QuantilePair,
  type RecordingRow,
} from "./knativeRecordings.ts";
import { machine, markdownTable, marked, milliseconds, percent, writeSection } from "./page.ts";
import { curvePicture, errorPicture, runLinks } from "./pictures.ts";
import { storedRuns, storeRecording } from "./stored.ts";
import { type PodFunction, wasmNative } from "./wasmNative.ts";

/** How much is run: the page's figures, or next to nothing to see that it runs. */
export interface Effort {
  readonly replications: number;
  readonly plans: readonly Plan[];
  readonly functions: readonly PodFunction[];
  readonly kedaSimulations: number;
  /** Whether answers are stored and pictures drawn. */
  readonly draws?: boolean;
}

const full: Effort = {
  replications: 200,
  plans: [...plans, ...plansElsewhere(process.env.COLDCAST_RECORDINGS)],
  functions: ["native", "wasm"],
  kedaSimulations: 1000,
  draws: true,
};

/** By quantile, how far a prediction may be from a recording. */
const knativeTolerance: Readonly<Record<number, number>> = { 0.5: 0.1, 0.9: 0.2, 0.99: 0.25 };
const podTolerance = 0.15;

/** Why a recording misses, as far as it is known. */
const reasons: Readonly<Record<string, string>> = {
  "cc1-burst-11":
    "The first two pods of each burst took 1.2 to 1.8 s until their process ran, twice what pods alone take in the other recordings; what they shared the node with is not recorded.",
  "cc1-mmpp-11":
    "The avalanche is there, in more than half of the simulations: a burst that meets starting pods orders dozens, these slow each other on two cores, and the node fills up (100 of its 110 places). Its size is a matter of tenths of a second, and the second one was larger than simulated.",
  "cc10-ramp-11":
    "Hangs on the first second. The recorded pod was ready after 0.86 s, and nothing panicked; where the kubelet's period makes it 1.1 s or more, as in nine of ten simulations, the first queue panics, that panic ends just before the step to 180 requests/s, and the pods on top of it come too late. Simulations that begin like the recording go on like it, pod by pod.",
};

/** The section's parts, in Markdown. */
export function recordingsSection(effort: Effort): string[] {
  const rows = effort.plans.map((plan) => judgeRecording(plan, effort.replications));
  const inBand = rows.filter(podsFit).length;
  const inStarts = rows.filter(startsFit).length;
  const inLatency = rows.filter((row) => row.quantiles.every(latencyFits)).length;
  return [
    machine(),
    "### Knative 1.23",
    `Of ${rows.length} recordings: ready pods inside the simulations' 95 % band for at least 90 % of the time in **${inBand}**, cold starts (median) within max(1, 10 %) in **${inStarts}**, p50, p90 and p99 within 10, 20 and 25 % in **${inLatency}**. ${effort.replications} replications each; all replay the recorded schedule and differ in what the platform draws. A start is told in steps: the order, the scheduler, the containers, of which so much is work on the node's two cores, the process, the kubelet's period of a second, the activator's probe; taking a pod down is such work too. How long a start takes alone is each other recording's own (or the nearest one's, where it has eight starts alone), taken in turn by the replications; its work, and that of a stop, is one figure fitted on all others. The rule that a revision which turns inactive loses its last pod at once was found on these recordings, and so was that stops take work.`,
    ...(effort.draws ? recordingPictures(rows) : []),
    recordingsTable(rows),
    `Why the bold ones miss:`,
    rows
      .filter(({ name }) => reasons[name])
      .map(({ name }) => `- **${name}**: ${reasons[name]}`)
      .join("\n"),
    "### The same function as Wasm and as container",
    "One pod that is always there, on two cores that the client shares; the load `cpub` has bursts above what two cores can do. One factor, the CPU per unit of work, is fitted on the other load; the overhead is what its lone requests took beside work. Who computes is taken not to be interrupted: two requests at a time, the others in order. That was chosen on sight of these four recordings, so they do not judge it: with the cores shared equally, as a `spinkube` target has it, the slowest requests of the bursts come out 23 % (native) and 43 % (Wasm) too slow.",
    functionsTable(effort.functions),
    "### KEDA 2.20",
    "Consumers that KEDA scales on their lag, from nothing. Every setting is the recording's, a start takes what it took on the recorded Knative, and a change of the group takes effect with a member's next heartbeat (Kafka's 3 s). Nothing is fitted. The recorded run ordered its first pod half a second after the first message and the next ones 0.3 s later, which random phases do once in some thousand times: so the range of a thousand is beside the band of those with such phases.",
    kedaTable(effort.kedaSimulations),
  ];
}

/** Stores each recording's two answers and draws them: all errors, and the laws of one that fits and of those that miss. */
function recordingPictures(rows: readonly RecordingRow[]): string[] {
  rmSync(new URL("answers/recordings/", import.meta.url), { recursive: true, force: true });
  const tolerance = { quantileRatio: 1.25, absolute: 1e-3, ks: 0.1 };
  for (const { name, scenarios, simulated, recorded } of rows) {
    const answer = (from: "sim" | "live", target: AvailableAnswer): Answer => ({
      coldcast: 1,
      from,
      scenario: name,
      seed: 1,
      provenance: {
        version,
        scenarioSha256: scenarios[0]!.sha256,
        scheduleSha256: null,
        calibration: null,
        ...(from === "live" && { machine: "a real Knative 1.23, recorded (test/validation/data)" }),
      },
      targets: [target],
    });
    const yaml = scenarios.map((scenario) => scenarioYaml(scenario, `${name}: one start of the other recordings.`));
    const given = {
      scenarios: yaml.join("---\n"),
      simulated: answer("sim", simulated),
      measured: answer("live", recorded),
    };
    storeRecording("recordings", name, given, { tolerance, quantiles: [0.5, 0.9, 0.99] });
  }
  const runs = storedRuns("recordings");
  const shown = runs.filter(({ name }) => name === "cc1-poisson-11" || reasons[name] !== undefined);
  return [
    "Simulated over recorded quantiles, a mark for every recording; the band is what is allowed, the bars are 95 % intervals:",
    errorPicture("recordings-errors", runs, "faas", knativeTolerance),
    "The laws of one that fits and of those that miss, simulated and recorded:",
    shown.map((run) => `${curvePicture(run, "faas")}\n\n${run.name}: ${runLinks(run)}`).join("\n\n"),
  ];
}

function kedaTable(simulations: number): string {
  const figure = ([least, average, most]: readonly [number, number, number], digits: number): string =>
    `${average.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
  const kinds = [
    { phases: "random", band: 1, simulations, what: "random phases, range of all" },
    { phases: "random", band: 0.95, simulations, what: "random phases, 95 %" },
    { phases: "recorded", band: 0.95, simulations: Math.ceil(simulations / 10), what: "phases as recorded, 95 %" },
  ] as const;
  const all = [...kedaRecordings().map((name) => ({ name, folder: undefined })), ...kedaElsewhere()];
  return markdownTable(
    ["recording", "band of", "simulations", "pods inside", "lag inside", "mean pods", "most pods", "most lag"],
    all.flatMap(({ name, folder }) =>
      kinds.map(({ what, ...options }) => {
        const row = judgeKeda(name, options, folder);
        return [
          name,
          what,
          `${row.simulations}`,
          percent(row.podsInBand),
          percent(row.lagInBand),
          `${figure(row.meanPods.predicted, 2)} / ${row.meanPods.measured.toFixed(2)}`,
          `${figure(row.mostPods.predicted, 0)} / ${row.mostPods.measured}`,
          `${figure(row.mostLag.predicted, 0)} / ${row.mostLag.measured}`,
        ];
      }),
    ),
  );
}

function kedaElsewhere(): { readonly name: string; readonly folder: URL }[] {
  const path = process.env.COLDCAST_RECORDINGS;
  if (path === undefined) return [];
  const folder = pathToFileURL(`${resolve(path)}/`);
  const own = kedaRecordings();
  return kedaRecordings(folder).flatMap((name) => (own.includes(name) ? [] : [{ name, folder }]));
}

const podsFit = ({ podsInBand }: RecordingRow): boolean => podsInBand >= 0.9;
const startsFit = ({ starts: { predicted, measured } }: RecordingRow): boolean =>
  Math.abs(predicted - measured) <= Math.max(1, 0.1 * measured);
const latencyFits = ({ q, predicted, measured }: QuantilePair): boolean =>
  Math.abs(predicted / measured - 1) <= knativeTolerance[q]!;

function recordingsTable(rows: readonly RecordingRow[]): string {
  return markdownTable(
    [
      "recording",
      "calibrated on",
      "time in band",
      "mean ready pods, simulated / recorded",
      "starts, simulated / recorded",
      "p50",
      "p90",
      "p99",
      "",
    ],
    rows.map((row) => [
      row.name,
      row.fittedOn,
      marked(percent(row.podsInBand, 0), podsFit(row)),
      `${row.meanPods.predicted.toFixed(2)} / ${row.meanPods.measured.toFixed(2)}`,
      marked(`${row.starts.predicted.toFixed(1)} / ${row.starts.measured}`, startsFit(row)),
      ...row.quantiles.map((pair) => marked(times(pair), latencyFits(pair))),
      `[schedule and pods](../test/validation/data/knative-1.23/${row.name}.requests.csv.gz)`,
    ]),
  );
}

function functionsTable(functions: readonly PodFunction[]): string {
  return markdownTable(
    ["recording", "calibrated on", "factor", "KS there", "KS here", "p50", "p90", "p99"],
    wasmNative({ functions, sharing: "inOrder" }).map((row) => [
      row.name,
      row.fittedOn,
      row.workFactor.toFixed(2),
      row.fittedKs.toFixed(3),
      row.ks.toFixed(3),
      ...row.quantiles.map((pair) => marked(times(pair), Math.abs(pair.predicted / pair.measured - 1) <= podTolerance)),
    ]),
  );
}

function times({ predicted, measured }: QuantilePair): string {
  return `${milliseconds(predicted)} / ${milliseconds(measured)}`;
}

if (import.meta.main) writeSection("recordings", "npm run validate:recordings", recordingsSection(full));
