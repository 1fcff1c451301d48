import { Command, InvalidArgumentError, Option } from "commander";
import { InputError } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { placeForms } from "../live/place.ts";
import { openRendezvous, type Rendezvous } from "../live/rendezvous.ts";
import type { Shard } from "../live/shard.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { parseScheduleCsv, type Schedule, schedule } from "../scenario/schedule.ts";
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
import { collect, type Places, parsePlaces } from "./places.ts";
import { replayAt } from "./replayAt.ts";
import { replayThrough } from "./replayThrough.ts";
import type { Terminal } from "./terminal.ts";
import { tokenFor } from "./token.ts";
import {
  askedFor,
  inOrder,
  joined,
  openUnfinished,
  recovered,
  removeUnfinished,
  type Unfinished,
} from "./unfinished.ts";
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
  readonly recover?: boolean;
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
    "replay scenario.yaml --out measured --recover",
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
    .option("--recover", "send nothing: write what a replay into this folder had measured when it was killed")
    .action(async (file: string, options: ReplayOptions) => {
      const { json, seed, target, schedule: csv, at, out } = options;
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
      const job: ReplayJob = { scenario, drawn, places, targets, trusted, options, terminal };
      const result = options.recover ? recoveredReplay(job) : await replayed(job);
      await writeMeasurement(result, { folder: out, logs: out });
      removeUnfinished(out);
      if (result.interrupted) terminal.err(`interrupted; what was measured is in ${out}\n`);
      finish(result.interrupted ? exitCodes.interrupted : exitCodes.done);
      printAnswer(terminal, result.answer, json);
    });

interface ReplayJob {
  readonly scenario: Scenario;
  readonly drawn: Schedule;
  readonly places: Places;
  readonly targets: readonly string[] | undefined;
  /** Certificates, as PEM. */
  readonly trusted: string | undefined;
  readonly options: ReplayOptions;
  readonly terminal: Terminal;
}

type Replayed = Measurement & { readonly interrupted: boolean };

const namesOf = ({ scenario, targets }: ReplayJob): string[] =>
  scenario.targets.map(({ name }) => name).filter((name) => targets?.includes(name) ?? true);

function askedOf(job: ReplayJob): string {
  const { scenario, drawn, places, options } = job;
  const csv = options.schedule === undefined ? undefined : readTextFile(options.schedule);
  return askedFor(scenario, drawn.seed, [...places], namesOf(job), options.through, csv);
}

function recoveredReplay(job: ReplayJob): Replayed {
  const { scenario, drawn, options } = job;
  const found = recovered(options.out, askedOf(job), { scenario, drawn, names: namesOf(job) });
  return { ...found, interrupted: false };
}

/** Sends everything, but to targets that were done before an earlier process of the same replay was killed. */
async function replayed(job: ReplayJob): Promise<Replayed> {
  const { scenario, options, terminal } = job;
  const rendezvous = await rendezvousOf(options);
  // What a shard measures is a part, and is handed over as a whole.
  const kept = rendezvous === undefined ? openUnfinished(options.out, askedOf(job), terminal) : null;
  const done = kept?.done ?? null;
  const before = new Set(done?.answer.targets.map(({ name }) => name));
  for (const name of before) terminal.err(`${name}: taken up from the replay that was broken off\n`);
  const names = namesOf(job);
  const left = names.filter((name) => !before.has(name));
  if (done !== null && left.length === 0) return { ...inOrder(done, scenario), interrupted: false };
  const result = await interruptible((signal) => sent({ ...job, targets: left }, { kept, rendezvous, signal }))
    .finally(() => rendezvous?.close())
    .finally(() => kept?.close());
  return { ...inOrder(joined(done, result), scenario), interrupted: result.interrupted };
}

interface Sending {
  readonly kept: Unfinished | null;
  readonly rendezvous: Rendezvous | undefined;
  readonly signal: AbortSignal;
}

function sent(
  { scenario, drawn, places, targets, trusted, options, terminal }: ReplayJob,
  { kept, rendezvous, signal }: Sending,
): Promise<Replayed> {
  const { seed, senders, wait, through } = options;
  const keeping = kept === null ? {} : { onRecord: kept.onRecord, onTarget: kept.onTarget };
  if (through === "kafka")
    return replayThrough(scenario, drawn, places, {
      terminal,
      targets,
      signal,
      wait,
      ...keeping,
      ...kafkaOf(options),
    });
  const how = { terminal, what: "replay", targets, seed, signal, senders, wait, rendezvous, ca: trusted, ...keeping };
  return replayAt(scenario, drawn, places, how);
}

/** What is for replays through Kafka only, or never for them. */
function refuseMixed({ through, kafka, client, senders, shard, ca, recover }: ReplayOptions): void {
  if (recover && shard !== undefined) throw new UsageError("--recover is for whole replays: leave out --shard");
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
  return openRendezvous(rendezvous, shard, tokenFor(rendezvous.slice(0, rendezvous.lastIndexOf(":"))));
}
