/**
 * Recorded runs on real platforms against the simulator calibrated on other recordings, written into docs/validation.md.
 *
 *   node test/validation/recordings.ts
 */
import {
  judgeRecording,
  type Plan,
  plans,
  plansElsewhere,
  type QuantilePair,
  type RecordingRow,
} from "./knativeRecordings.ts";
import { machine, markdownTable, marked, milliseconds, percent, writeSection } from "./page.ts";
import { type PodFunction, wasmNative } from "./wasmNative.ts";

/** How much is run: the page's figures, or next to nothing to see that it runs. */
export interface Effort {
  readonly replications: number;
  readonly plans: readonly Plan[];
  readonly functions: readonly PodFunction[];
}

const full: Effort = {
  replications: 200,
  plans: [...plans, ...plansElsewhere(process.env.COLDCAST_RECORDINGS)],
  functions: ["native", "wasm"],
};

/** By quantile, how far a prediction may be from a recording. */
const knativeTolerance: Readonly<Record<number, number>> = { 0.5: 0.1, 0.9: 0.2, 0.99: 0.25 };
const podTolerance = 0.15;

/** What the simulator does not do yet, and what that does to a recording. */
const reasons: Readonly<Record<string, string>> = {
  "fast-cold-11":
    "Starts come out too short: the kubelet tells of a pod once a second, which hides most of the other function's 0.8 s of process start; a start as one time cannot say so (it wants `podStart.steps`). Other work used part of the CPU.",
  "slow-cold-11": "Starts come out too long, for the same reason the other way round.",
  "cc1-poisson-11":
    "The starts it was fitted on are slower: twenty requests at once there, one here. The longer wait draws more pods, which stay for the panic window. Other work used part of the CPU.",
  "cc1-burst-11":
    "Starts at the median are 0.4 s too short: eleven pods that start at once slow each other, which the fit has not seen.",
  "cc1-mmpp-11":
    "More than a hundred pods start at once and take 16 to 22 s each on two cores; the fit has 2 s. Starts that share the node's CPU (`startWork`, `nodes`) are what is missing: the simulator has the avalanche's trigger, not its feedback.",
  "cc10-mmpp-11": "",
  "cc10-ramp-11":
    "Hangs on the first second: with a start of 0.86 s, as this run's single pod had, the simulator gives 1, 3, 5, 3, 4, 3 pods as recorded in four of six replications; with the 1.6 s of pods that start by twos the first queue panics, the panic ends too early, and the step to 180 requests/s meets too few pods.",
  "cc0-ramp-11": "",
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
    `Of ${rows.length} recordings: ready pods inside the simulations' 95 % band for at least 90 % of the time in **${inBand}**, cold starts within max(1, 10 %) in **${inStarts}**, p50, p90 and p99 within 10, 20 and 25 % in **${inLatency}**. ${effort.replications} replications each; all replay the recorded schedule and differ in what the platform draws. One rule of the simulator was corrected on sight of these recordings, so they do not judge it: a revision that turns inactive loses its last pod at once, not 3 s later (fast-cold was in band 82 % of the time before, slow-cold 80 %).`,
    recordingsTable(rows),
    `Why the bold ones miss:`,
    rows
      .filter(({ name }) => reasons[name])
      .map(({ name }) => `- **${name}**: ${reasons[name]}`)
      .join("\n"),
    "### The same function as Wasm and as container",
    "One pod that is always there, on two cores that the client shares; the load `cpub` has bursts above what two cores can do. One factor, the CPU per unit of work, is fitted on the other load; the overhead is what its lone requests took beside work. The way of fitting was settled on these four recordings, after the slope over lone requests (20 to 30 % short: lone requests are the quick ones) and a fit of the cores as well (not determined by the light load) had failed; it was not judged on others yet.",
    functionsTable(effort.functions),
    "The slowest requests of the bursts end sooner than simulated, with Wasm more so. The likely reason, not yet proven: the simulator shares the cores equally among all requests, while the kernel and the runtimes' own schedulers run them in an order of their own.",
    "### KEDA 2.20",
    "Not judged yet: `keda` as the scaler of a simulated target is not built (its policies are, and pass their reference cases). The recording is not copied before it is.",
  ];
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
    ],
    rows.map((row) => [
      row.name,
      row.fittedOn,
      marked(percent(row.podsInBand, 0), podsFit(row)),
      `${row.meanPods.predicted.toFixed(2)} / ${row.meanPods.measured.toFixed(2)}`,
      marked(`${row.starts.predicted.toFixed(1)} / ${row.starts.measured}`, startsFit(row)),
      ...row.quantiles.map((pair) => marked(times(pair), latencyFits(pair))),
    ]),
  );
}

function functionsTable(functions: readonly PodFunction[]): string {
  return markdownTable(
    ["recording", "calibrated on", "factor", "KS there", "KS here", "p50", "p90", "p99"],
    wasmNative({ functions }).map((row) => [
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
