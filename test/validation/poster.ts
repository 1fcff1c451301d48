/**
 * The poster's claims held against each other, against the assumptions that they need, and against what was measured, written into
 * docs/poster.md.
 *
 *   npm run validate:poster
 */
import { formatDuration } from "../../src/base/units.ts";
import type { Distribution } from "../../src/distributions/index.ts";
import { goal } from "../../src/model/goal.ts";
import { solveFor } from "../../src/model/solveFor.ts";
import { machine, markdownTable, marked, milliseconds, percent, writeSection } from "./page.ts";
import {
  coldShareMax,
  latencyMean,
  lognormalThrough,
  poster,
  ratios,
  type Stated,
  starts,
  tailFor,
  workMean,
} from "./posterClaims.ts";
import { claimsPicture } from "./posterPicture.ts";
import {
  afterSilence,
  type podStarts,
  podsRecorded,
  podsStarted,
  recordedWarm,
  type SettingRow,
  underBursts,
} from "./posterPlatform.ts";
import { type Judged, judgeWorld, tolerated, type World, worlds } from "./posterWorlds.ts";

export interface Effort {
  /** Whether to draw docs/images/validation/poster-claims.svg. */
  readonly draws: boolean;
  readonly worlds: readonly World[];
  /** Whether to ask how far each assumption can be moved. */
  readonly ranges: boolean;
  readonly duration: string;
  readonly replications: number;
  readonly wakes: number;
  /** KEDA's minReplicaCount. */
  readonly mins: readonly number[];
  readonly starts: readonly (keyof typeof podStarts)[];
  readonly polls: readonly string[];
  readonly requests: readonly number[];
}

const full: Effort = {
  draws: true,
  worlds,
  ranges: true,
  duration: "11min",
  replications: 8,
  wakes: 400,
  mins: [0, 1, 2, 4],
  starts: ["5–20 ms", "100–900 ms"],
  polls: ["30s", "5s", "1s"],
  requests: [1, 2, 5, 20],
};

const both = { WaaS: poster.waas, FaaS: poster.faas } as const;
/** If the slowest hundredth takes no longer than twice the 99th percentile on average: a lognormal as spread out has 1.2 times it. */
const tailOf = ({ quantiles }: Stated) => ({ mean: 2 * quantiles.at(-1)!.value });

export function posterSection(effort: Effort): string[] {
  const judged = effort.worlds.map(judgeWorld);
  return [
    machine(),
    "### The claims beside each other",
    ...arithmetic(),
    "### The assumptions under which they come out",
    ...assumptions(judged, effort.ranges),
    ...(effort.draws
      ? [
          claimsPicture(judged),
          "The poster's percentiles as marks, WaaS at the left; dotted: an explanation that meets them; dashed: one that does not.",
        ]
      : []),
    "### What the platforms do",
    ...platforms(effort),
  ];
}

function arithmetic(): string[] {
  const waas = lognormalThrough(poster.waas);
  const faas = lognormalThrough(poster.faas);
  return [
    `**"×2".** FaaS over WaaS is ${ratios(poster.faas, poster.waas)
      .map(({ q, ratio }) => `${ratio.toFixed(2)} at p${100 * q}`)
      .join(
        ", ",
      )}; no percentile is near 2. A lognormal through p50 and p95 meets p99 of WaaS within ${percent(Math.abs(waas.off - 1))} (it says ${milliseconds(waas.atHighest)}) and of FaaS within ${percent(Math.abs(faas.off - 1))} (${milliseconds(faas.atHighest)}); such means, ${milliseconds(waas.mean)} and ${milliseconds(faas.mean)}, differ by ${(faas.mean / waas.mean).toFixed(1)}.`,
    '**Overhead, one function.** "The runtime is the only variable", so the work should be the same, or longer as Wasm. What the stated shares leave for it (bounds hold for every law with these quantiles whose slowest hundredth takes at most twice its p99 on average):',
    workTable(),
    overheadVerdict(),
    startInEvery(),
    `**Starts of 100–900 ms are rare.** If more than ${percent(coldShareMax(poster.faas, starts.faas))} of FaaS's requests waited for one (a lognormal with 1 % on either side of the range), p99 would be above 350 ms; with all of the range alike, ${percent(coldShareMax(poster.faas, starts.faasEven))}. So p50 and p95 are those of warm requests, and cold starts cannot be why they are 5.0 and 4.2 times as long.`,
    `**Starts of Wasm pods are rarer.** Measured on Kubernetes, a precompiled Wasm pod answers 86 to 122 ms after its order at best: more than p99 of WaaS. At most ${percent(coldShareMax(poster.waas, always(0.086)))} of its requests waited for a pod.`,
  ];
}

/** A start that takes at least so long. */
const always = (seconds: number): Pick<Distribution, "cdf"> => ({ cdf: (x) => (x < seconds ? 0 : 1) });

function workTable(): string {
  const cells = (stated: Stated): string[] => {
    const tail = tailOf(stated);
    const [latency, work] = [latencyMean(stated, tail), workMean(stated, tail)];
    const half = (1 - stated.overhead) * stated.quantiles[0]!.value;
    const slow = (1 - stated.overhead) * stated.quantiles.at(-1)!.value;
    return [
      `${milliseconds(latency.low)} to ${milliseconds(latency.high)}`,
      `${milliseconds(work.low)} to ${milliseconds(work.high)}`,
      milliseconds((1 - stated.overhead) * lognormalThrough(stated).mean),
      milliseconds(half),
      milliseconds(slow),
    ];
  };
  const rows = Object.entries(both).map(([name, stated]) => [name, percent(stated.overhead, 0), ...cells(stated)]);
  const header = ["", "overhead", "mean latency", "mean work", "if lognormal", "at p50", "at p99"];
  return markdownTable(header, rows);
}

function overheadVerdict(): string {
  const { waas, faas } = poster;
  const least = workMean(faas, { mean: faas.quantiles.at(-1)!.value }).low / (1 - waas.overhead);
  const smooth = (stated: Stated) => (1 - stated.overhead) * lognormalThrough(stated).mean;
  return `The same mean work is possible at one edge only: half of FaaS's requests in no time, all others at the next lower percentile, and WaaS with a mean of ${milliseconds(least)}, ${(least / waas.quantiles[0]!.value).toFixed(2)} times its median. With smooth laws the containers' work is ${(smooth(faas) / smooth(waas)).toFixed(1)} times that of Wasm, and read at p50, p95 or p99 ${ratios(
    faas,
    waas,
  )
    .map(({ ratio }) => ((ratio * (1 - faas.overhead)) / (1 - waas.overhead)).toFixed(1))
    .join(
      ", ",
    )} times. **22 % and 58 % contradict the latencies beside them, unless the container runs the function more than twice as slowly.**`;
}

function startInEvery(): string {
  const { waas } = poster;
  const mean = starts.waas.mean / waas.overhead;
  const { high } = latencyMean(waas, tailOf(waas));
  return `**A start of 5–20 ms in every request** is ${milliseconds(starts.waas.mean)} on average. As 22 % of the mean latency it needs a mean of ${milliseconds(mean)}, and the quantiles allow ${milliseconds(high)}: the slowest hundredth would have to take ${formatDuration(Number(tailFor(waas, mean).toPrecision(2)))} on average. **So it is not in every request: either the 22 % or the 5–20 ms is of something else.** Inside a warm host an instance starts in 6 to 17 µs (measured), which fits.`;
}

function assumptions(judged: readonly Judged[], ranges: boolean): string[] {
  const rows = judged.map(({ world, found }) => [
    world.of,
    world.words,
    found.values.map((value) => assumption(value)).join("<br>"),
    found.figures
      .map(({ text, figure, unit }) => `${text.split("=")[0]} ${unit === "s" ? milliseconds(figure) : percent(figure)}`)
      .join("<br>"),
    marked(found.worst.toFixed(2), found.worst <= tolerated),
    world.against,
  ]);
  const first = judged[0]!;
  return [
    `For each explanation the free numbers were varied at once until the model's figures were nearest to the claims (\`assumptionsFor\`). The last figure is the largest factor by which one of them misses; above ${tolerated} (bold) the claims do not come out. These are fits of assumptions to claims, and no evidence for either; nor is the list complete, since the poster leaves load and pods open.`,
    markdownTable(
      ["claims of", "if", "then", "and the figures are", "worst factor", "against what was measured"],
      rows,
    ),
    ...(ranges
      ? [
          `How far one number of the first row can be moved alone, all four claims still within a factor of ${tolerated}: ${region(first)}.`,
        ]
      : []),
  ];
}

function assumption({ path, unit, value }: Judged["found"]["values"][number]): string {
  const name = path.replace(/^targets\.it\./, "").replace("requestOverhead.of.1.weight", "cold : warm");
  const text = unit === "s" ? milliseconds(value) : `${Number(value.toPrecision(3))}${unit}`;
  return `${name} ${text}`;
}

/** Each number of the assumptions by itself, as far as every claim holds within the tolerance. */
function region({ world, found }: Judged): string {
  const goals = found.figures.flatMap(({ text, claimed, unit }) => {
    const name = text.split("=")[0];
    const limit = (value: number) => `${value}${unit === "s" ? "s" : ""}`;
    return [goal(`${name}<=${limit(claimed * tolerated)}`), goal(`${name}>=${limit(claimed / tolerated)}`)];
  });
  return world.free
    .map((path) => {
      const { atLeast, atMost, unit } = solveFor(found.scenario, "it", path, goals);
      const text = (value: number | null) =>
        value === null ? "any" : unit === "s" ? milliseconds(value) : value.toPrecision(2);
      return `${path} ${text(atLeast)} to ${text(atMost)}`;
    })
    .join(", ");
}

function platforms(effort: Effort): string[] {
  const silence = afterSilence(effort.wakes, effort.polls);
  const bursts = underBursts(effort);
  const soonest = Math.min(...silence.map(({ quantiles: [half] }) => half!));
  const slower = recordedWarm().flatMap(({ wasm, native }) => wasm.map((value, i) => value / native[i]! - 1));
  return [
    "**Warm, the runtime alone.** One function as Wasm and as container under the same arrivals on a real Kubernetes ([recordings](validation.md#recordings)), one pod each that is always there:",
    warmTable(),
    `Wasm is ${percent(Math.min(...slower), 0)} to ${percent(Math.max(...slower), 0)} *slower* here. Nothing measured makes a warm container five times slower than warm Wasm.`,
    "**KEDA polls.** Fifty detections after a silence in which KEDA has scaled to nothing (simulated, SpinApp, the poll in random phase):",
    settingsTable(["pollingInterval", "Wasm pod starts in"], silence),
    `With minReplicaCount 0 the claims come out for no polling interval here: half of such detections take ${(soonest / poster.waas.quantiles.at(-1)!.value).toFixed(0)} times the stated p99 at the least, and at KEDA's default what a pod takes to start is lost in the poll.`,
    "**Sustained bursts of fifty devices**, where the poster calls AOT the decisive advantage (simulated from `scenarios/poster.yaml`, ten minutes; `min` is KEDA's minReplicaCount):",
    settingsTable(["min", "Wasm pod starts in"], bursts, true),
    startsUnderBursts(bursts, effort.starts.length),
    ...twoPods(effort),
    "**Memory.** Measured: the container 0.9 MB natively and 2.9 MB as precompiled Wasm (12 MB compiled at start); with its shim 14 MB and 22 MB. Below 10 MB is true of the function alone, and 50 to 500 MB is no property of containers: it is what runs in them.",
  ];
}

/** Whether what a pod takes to start shows in p99: neighbouring rows share all but the start. */
function startsUnderBursts(rows: readonly SettingRow[], perMin: number): string {
  const groups = rows.filter((_, i) => i % perMin === 0).map((_, i) => rows.slice(i * perMin, (i + 1) * perMin));
  const apart = groups.filter(
    (group) =>
      Math.max(...group.map(({ interval }) => interval[0])) > Math.min(...group.map(({ interval }) => interval[1])),
  );
  const finding =
    apart.length === 0
      ? "Pods that start forty times faster do not move p99 by more than its 95 % interval"
      : `Pods that start forty times faster move p99 beyond its 95 % interval in ${apart.length} of ${groups.length} settings`;
  return `${finding}: new pods come when the HPA looks, every 15 s, and what waits meanwhile waits for that. p99 under bursts is a matter of enough warm pods, Wasm or not; even four are not enough for 80 ms at this load.`;
}

function twoPods(effort: Effort): string[] {
  const counts = [1, 10, 0].map((limit) => [
    limit === 0 ? "none" : String(limit),
    ...effort.requests.map((requests) => podsStarted(requests, limit, Math.min(40, effort.wakes)).toFixed(1)),
  ]);
  const recorded = podsRecorded().map(({ name, requests, pods }) => `${pods} pods for ${requests} requests (${name})`);
  return [
    "**Two pods for one request.** At containerConcurrency 1 Knative aims at 0.7 requests in a pod, so one request asks for ⌈1/0.7⌉ = 2. Pods started from zero by so many requests at once (simulated, Knative's defaults):",
    markdownTable(["containerConcurrency", ...effort.requests.map((n) => `${n} at once`)], counts),
    `A real Knative 1.23 created ${recorded.join(" and ")}, which came one by one. A FaaS with that setting pays for twice the pods; and its own autoscaler asks for them within milliseconds of a first request, so that "KEDA + KPA" is not one policy.`,
  ];
}

function warmTable(): string {
  const rows = recordedWarm().flatMap(({ load, wasm, native }) => [
    [load, "Wasm", ...wasm.map(milliseconds), ""],
    [load, "native", ...native.map(milliseconds), wasm.map((value, i) => (value / native[i]!).toFixed(2)).join(", ")],
  ]);
  return markdownTable(["load", "", "p50", "p95", "p99", "Wasm over native"], rows);
}

function settingsTable(names: readonly string[], rows: readonly SettingRow[], withPods = false): string {
  return markdownTable(
    [...names, "p50", "p95", "p99", ...(withPods ? ["p99, 95 %", "waited for a pod", "ready pods"] : [])],
    rows.map(({ settings, quantiles, interval, cold, pods }) => [
      ...settings,
      ...quantiles.map(seconds),
      ...(withPods ? [interval.map(seconds).join(" to "), percent(cold, 2), pods.toFixed(1)] : []),
    ]),
  );
}

const seconds = (value: number): string => (value >= 1 ? `${value.toPrecision(3)} s` : milliseconds(value));

if (import.meta.main) writeSection("poster", "npm run validate:poster", posterSection(full), "poster.md");
