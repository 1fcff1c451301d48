/**
 * Kills verbs by SIGKILL at random moments, asks them the same again, and holds what comes out against an unbroken run.
 *
 *   npm run reliability:crash -- [--moments 100] [--seed 1] [--verbs sweep,simulate,replay,pipeline]
 */
import { parseArgs } from "node:util";
import { localBroker } from "../../src/live/kafka/broker.ts";
import { type Crashing, crashPipeline, crashReplay, crashSimulate, crashSweep, type Tally } from "./crashes.ts";

const { values: options } = parseArgs({
  options: {
    moments: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    verbs: { type: "string", default: "sweep,simulate,replay,pipeline" },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function throughBroker(how: Crashing): Promise<Tally> {
  const broker = await localBroker();
  try {
    return await crashPipeline(broker.bootstrap, how);
  } finally {
    await broker.stop();
  }
}

const kinds: Readonly<Record<string, (how: Crashing) => Promise<Tally>>> = {
  sweep: crashSweep,
  simulate: crashSimulate,
  replay: crashReplay,
  pipeline: throughBroker,
};
const [moments, seed] = [Number(options.moments), Number(options.seed)];
const tallies: Tally[] = [];
for (const verb of options.verbs.split(",")) {
  const onMoment = (done: number): void => {
    if (done % 10 === 0) process.stderr.write(`${verb}: ${done} of ${moments}\n`);
  };
  tallies.push(await kinds[verb]!({ moments, seed, onMoment }));
}

say(`seed ${seed}, Node ${process.versions.node}\n`);
say(
  "| verb | moments | killed under way | with something to take up | not as an unbroken run |\n| --- | --- | --- | --- | --- |",
);
for (const { verb, moments: n, broken, takenUp, wrong } of tallies)
  say(`| ${verb} | ${n} | ${broken} | ${takenUp} | ${wrong.length} |`);
for (const { wrong } of tallies) for (const what of wrong) say(what);
process.exitCode = tallies.every(({ wrong }) => wrong.length === 0) ? 0 : 1;
