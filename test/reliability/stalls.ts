/**
 * What coldcast, hey and wrk say of a server that pauses once, each at a server of its own.
 *
 *   npm run reliability:stalls -- [--rate 500] [--seconds 10] [--pause 1] [--rounds 3]
 */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { type Seen, type Stall, stalledRun, tools, truth } from "./stalledServer.ts";

const { values: options } = parseArgs({
  options: {
    rate: { type: "string", default: "500" },
    seconds: { type: "string", default: "10" },
    pause: { type: "string", default: "1" },
    rounds: { type: "string", default: "3" },
  },
});
const stall: Stall = {
  rate: Number(options.rate),
  seconds: Number(options.seconds),
  pauseSeconds: Number(options.pause),
};
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const ms = (seconds: number): string => (1e3 * seconds).toFixed(1);

say(`${cpus().length} × ${cpus()[0]?.model.trim()}, load ${loadavg()[0]!.toFixed(1)}, Node ${process.versions.node}`);
say(`${stall.rate}/s for ${stall.seconds} s, one pause of ${stall.pauseSeconds} s; ${options.rounds} rounds; ms\n`);
say("| | requests | p50 | p99 [least, most] | max | |\n| --- | --- | --- | --- | --- | --- |");
row("a client that asks at its instants", [truth(stall)], "computed");
for (const tool of tools) {
  if (tool.program === null) {
    say(`| ${tool.name} | not here: ${tool.install} | | | | |`);
    continue;
  }
  const rounds: Seen[] = [];
  for (let round = 0; round < Number(options.rounds); round++) rounds.push(await stalledRun(tool, stall));
  row(tool.name, rounds, tool.note);
}

function row(name: string, rounds: readonly Seen[], note: string): void {
  const sorted = rounds.toSorted((a, b) => a.p99 - b.p99);
  const middle = sorted[sorted.length >> 1]!;
  const spread = rounds.length === 1 ? "" : ` [${ms(sorted[0]!.p99)}, ${ms(sorted.at(-1)!.p99)}]`;
  say(
    `| ${name} | ${middle.requests} | ${ms(middle.p50)} | ${ms(middle.p99)}${spread} | ${ms(middle.max)} | ${note} |`,
  );
}
