import { Command, InvalidArgumentError, Option } from "commander";
import { InputError } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { placeForms } from "../live/place.ts";
import { openRendezvous, type Rendezvous } from "../live/rendezvous.ts";
import type { Shard } from "../live/shard.ts";
import { parseScheduleCsv, schedule } from "../scenario/schedule.ts";
import { printAnswer } from "./answers.ts";
import { exitCodes, UsageError } from "./exit.ts";
import { readScenario, readTextFile, readyFolder } from "./files.ts";
import { interruptible } from "./interrupt.ts";
import { addKafka, type KafkaOptions } from "./kafka.ts";
import { type Measurement, writeMeasurement } from "./measurement.ts";
import {
  addCommon,
  addExamples,
  addTarget,
  chosenTargets,
  parseWait,
  type TargetOptions,
  wholeNumber,
} from "./options.ts";
import { collect, parsePlaces } from "./places.ts";
import { replayAt } from "./replayAt.ts";
import { replayThrough } from "./replayThrough.ts";
import type { Verb } from "./verb.ts";

interface ReplayOptions extends TargetOptions, KafkaOptions {
  readonly through?: "kafka";
  readonly schedule?: string;
  readonly at?: readonly string[];
  readonly out: string;
  readonly senders?: number;
  readonly shard?: Shard;
  readonly rendezvous?: string;
  readonly wait?: Seconds;
  readonly ca?: string;
}

/** `coldcast replay`: the schedule sent to something that really runs. */
export const replayVerb: Verb = ({ terminal, finish }) =>
  addExamples(addKafka(addTarget(addCommon(new Command("replay")))), [
    "replay scenarios/camera-burst.yaml --out measured",
    "replay scenario.yaml --at faas=http://hello.default.example.com --target faas --out measured",
    "replay scenario.yaml --at faas=knative:default/hello@zero --senders 2 --out measured",
    "replay scenarios/edge.yaml --target isolates --at isolates=https://hello.example.com --out measured",
    "replay scenarios/pipeline.yaml --through kafka --out measured",
    "replay scenario.yaml --schedule schedule.csv --out measured --json -",
    "replay scenario.yaml --shard 1/4 --rendezvous senders-0.senders:7700 --out measured",
  ])
    .description("send the scenario's requests to the embedded rig, to URLs or to functions in a cluster, and measure")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .addOption(
      new Option("--through <what>", "send targets of kind pipeline their events, measured stage by stage").choices([
        "kafka",
      ]),
    )
    .option("--schedule <file>", "requests from a CSV that `schedule` wrote; name its seed by --seed")
    .option(
      "--at <name=where>",
      `where a target runs (repeatable): ${placeForms}; default rig; cluster: all where deploy puts them; NAME/POINT=URL: one of its points of presence`,
      collect,
    )
    .option("--ca <file>", "certificates to trust for https, as PEM, in place of the system's")
    .requiredOption("--out <folder>", "where to write live.json and one NAME.outcomes.csv per target")
    .option("--senders <n>", "threads that send, where a target can be sent to by several", wholeNumber(1))
    .option("--shard <i/n>", "send part I (from 0) of N; the others run elsewhere", parseShard)
    .option("--rendezvous <host:port>", "where the shards meet: shard 0 listens there, and gets every outcome log")
    .option("--wait <duration>", "how long to wait for what is in a cluster (default: 2min)", parseWait)
    .action(async (file: string, options: ReplayOptions) => {
      const { json, seed, target, schedule: csv, at, out, senders, wait, through } = options;
      refuseMixed(options);
      const scenario = readScenario(file, { requestsBounded: csv !== undefined });
      const places = parsePlaces(scenario, at ?? []);
      const targets = chosenTargets(scenario, target);
      // A CSV does not say which seed it was drawn with, and the answer must name one that a verdict can tell apart.
      const drawn =
        csv === undefined
          ? schedule(scenario, { seed })
          : { ...parseScheduleCsv(readTextFile(csv), csv), seed: seed ?? scenario.seed };
      const trusted = options.ca === undefined ? undefined : readCertificates(options.ca);
      readyFolder(out);
      const rendezvous = await rendezvousOf(options);
      const result = await interruptible<Measurement & { readonly interrupted: boolean }>((signal) =>
        through === "kafka"
          ? replayThrough(scenario, drawn, places, { terminal, targets, signal, wait, ...kafkaOf(options) })
          : replayAt(scenario, drawn, places, {
              terminal,
              what: "replay",
              targets,
              seed,
              signal,
              senders,
              wait,
              rendezvous,
              ca: trusted,
            }),
      ).finally(() => rendezvous?.close());
      await writeMeasurement(result, { folder: out, logs: out });
      if (result.interrupted) terminal.err(`interrupted; what was measured is in ${out}\n`);
      finish(result.interrupted ? exitCodes.interrupted : exitCodes.done);
      printAnswer(terminal, result.answer, json);
    });

/** What is for replays through Kafka only, or never for them. */
function refuseMixed({ through, kafka, client, senders, shard, ca }: ReplayOptions): void {
  if (through === undefined && (kafka !== undefined || client !== undefined))
    throw new UsageError("--kafka and --client need --through kafka");
  if (through !== undefined && (senders !== undefined || shard !== undefined))
    throw new UsageError("--through kafka has one generator: leave out --senders and --shard");
  if (through !== undefined && ca !== undefined)
    throw new UsageError("--ca is for what is sent to directly: with --through kafka write live.ca in the scenario");
}

function readCertificates(file: string): string {
  const text = readTextFile(file);
  if (!text.includes("-----BEGIN CERTIFICATE-----"))
    throw new InputError(file, [{ path: "", message: "holds no certificate in PEM form" }]);
  return text;
}

const kafkaOf = ({ kafka, client }: ReplayOptions): KafkaOptions => ({
  ...(kafka === undefined ? {} : { kafka }),
  ...(client === undefined ? {} : { client }),
});

const parseShard = (text: string): Shard => {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (of === undefined || Number(index) >= Number(of)) {
    throw new InvalidArgumentError("Write I/N, I being from 0 to N − 1, such as 0/4.");
  }
  return { index: Number(index), of: Number(of) };
};

async function rendezvousOf({ shard, rendezvous }: ReplayOptions): Promise<Rendezvous | undefined> {
  if (shard === undefined && rendezvous === undefined) return undefined;
  if (shard === undefined || rendezvous === undefined) throw new UsageError("--shard and --rendezvous go together");
  if (!/^[^/:]+:\d+$/.test(rendezvous) || !URL.canParse(`http://${rendezvous}`)) {
    throw new UsageError(`--rendezvous ${rendezvous}: write HOST:PORT, the port at most 65535`);
  }
  return openRendezvous(rendezvous, shard);
}
