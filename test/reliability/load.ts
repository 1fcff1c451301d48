/**
 * Replayer and rig at ten times their rate: what they hold in memory, what they drop, and how soon Ctrl-C ends them.
 *
 *   npm run reliability:load -- [--seconds 20] [--replayer 20000] [--rig 1000] [--times 10]
 */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { isAccounted } from "./coldcast.ts";
import { type Load, overload } from "./overload.ts";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    replayer: { type: "string", default: "20000" },
    rig: { type: "string", default: "1000" },
    times: { type: "string", default: "10" },
  },
});
const [seconds, times] = [Number(options.seconds), Number(options.times)];
const replayer = Number(options.replayer) * times;
const rig = Number(options.rig) * times;
const loads: readonly (readonly [string, Load])[] = [
  ["replayer, a slow server", { kind: "slow", rate: replayer, seconds, senders: 2 }],
  [
    "the same, Ctrl-C half-way",
    { kind: "slow", rate: replayer, seconds, senders: 2, interruptAfterSeconds: seconds / 2 },
  ],
  [
    "replayer, a quick server, Ctrl-C",
    { kind: "quick", rate: replayer, seconds, senders: 2, interruptAfterSeconds: seconds / 2 },
  ],
  ["rig, spinkube", { kind: "spinkube", rate: rig, seconds }],
  ["the same, Ctrl-C half-way", { kind: "spinkube", rate: rig, seconds, interruptAfterSeconds: seconds / 2 }],
  ["rig, knative, Ctrl-C half-way", { kind: "knative", rate: rig, seconds, interruptAfterSeconds: seconds / 2 }],
];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
const after = (value: number): string => (Number.isNaN(value) ? "" : value.toFixed(2));

say(`${cpus().length} × ${cpus()[0]?.model.trim()}, load ${loadavg()[0]!.toFixed(1)}, Node ${process.versions.node}\n`);
say(
  "| | offered/s | scheduled | completed | failed | dropped | unsent | peak MiB | growth MiB | with children MiB | Ctrl-C said s | ended s |",
);
say(`|${" --- |".repeat(12)}`);
for (const [name, load] of loads) {
  const { counts, peakBytes, treePeakBytes, growthBytes, saidSeconds, endedSeconds } = await overload(load);
  const { scheduled, completed, failed, dropped, unsent } = counts;
  const failures = Object.values(failed).reduce((sum, n) => sum + n, 0);
  if (!isAccounted(counts)) process.exitCode = 1;
  const memory = [peakBytes, growthBytes, treePeakBytes].map(mib);
  const cells = [name, load.rate, scheduled, completed, failures, dropped, unsent, ...memory];
  say(`| ${[...cells, after(saidSeconds), after(endedSeconds)].join(" | ")} |`);
}
