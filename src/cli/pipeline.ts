import { Command, Option } from "commander";
import { deploymentAt } from "../live/deployment.ts";
import { eventTraces } from "../live/pipeline/eventTraces.ts";
import { type PipelineRun, roles, runRoles } from "../live/pipeline/pipeline.ts";
import { parseRules } from "../live/pipeline/rules.ts";
import { collectorServer } from "../live/pipeline/server.ts";
import type { Snapshot } from "../live/pipeline/snapshot.ts";
import type { Dispatch } from "../live/pipeline/trigger.ts";
import { compare } from "../report/compare.ts";
import { schedule } from "../scenario/schedule.ts";
import { printAnswer } from "./answers.ts";
import { settings } from "./compare.ts";
import { exitCodes, UsageError } from "./exit.ts";
import { readScenario, readTextFile, readyFolder } from "./files.ts";
import { interruptible } from "./interrupt.ts";
import { addKafka, withKafka } from "./kafka.ts";
import { listenAt } from "./listen.ts";
import { writeMeasurement } from "./measurement.ts";
import { addCommon, addExamples, addTarget, chosenTargets, type TargetOptions, wholeNumber } from "./options.ts";
import { otlpEndpoint, otlpUrl, sendTraces, share } from "./otlp.ts";
import { addPastRun, readPastRuns } from "./pastRuns.ts";
import { partsOf, type RoleOptions, role, serve } from "./pipelineRoles.ts";
import { collect, parsePlaces } from "./places.ts";
import { startProgress } from "./progress.ts";
import { simulateParallel } from "./simulateParallel.ts";
import { tokenFor } from "./token.ts";
import { askedFor, openUnfinished, recovered, removeUnfinished } from "./unfinished.ts";
import type { Verb } from "./verb.ts";

interface PipelineOptions extends TargetOptions, RoleOptions {
  readonly at?: readonly string[];
  readonly dispatch: Dispatch;
  readonly rules?: string;
  readonly partitions?: number;
  readonly inFlight?: number;
  readonly attempts?: number;
  readonly otlp?: string;
  readonly recover?: boolean;
  readonly otlpShare: number;
}

/** `coldcast pipeline`: the scenario's requests as camera events through Kafka to the functions. */
export const pipelineVerb: Verb = ({ terminal, finish }) =>
  addExamples(addKafka(addTarget(addCommon(new Command("pipeline")))), [
    "pipeline scenarios/camera-burst.yaml --target waas --target faas --out measured",
    "pipeline scenario.yaml --kafka broker:9092 --at waas=http://hello.example.com --out measured",
    "pipeline scenario.yaml --kafka broker:9092 --role trigger --at waas=http://hello.example.com",
    "pipeline scenario.yaml --kafka broker:9092 --run monday --out measured",
    "pipeline scenario.yaml --rules rules.yaml --dispatch split --listen 7080 --out measured",
  ])
    .description("replay the schedule as events through a real Kafka: aggregator, trigger, functions, collector")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .option("--at <name=where>", "where a target runs (repeatable): rig (default) or a URL", collect)
    .addOption(
      new Option("--dispatch <how>", "events go to every target, to each in turn, or to the first")
        .choices(["mirror", "split", "single"])
        .default("mirror"),
    )
    .option("--rules <file>", "what the aggregator looks for (YAML); default a crowd, an approach, an absence")
    .option("--partitions <n>", "partitions of a topic that does not exist yet (default: 6)", wholeNumber(1))
    .option("--in-flight <n>", "events of one partition at the functions at a time (default: 8)", wholeNumber(1))
    .option("--attempts <n>", "sends of one event before it goes to the dead letters (default: 4)", wholeNumber(1))
    .option(
      "--listen <[host:]port>",
      "serve the collector, on loopback or where a token is asked for: /api/state, /api/events, /metrics",
      listenAt,
    )
    .option("--otlp <url>", "send traces by OTLP/HTTP after the run (default: OTEL_EXPORTER_OTLP_ENDPOINT)", otlpUrl)
    .option("--otlp-share <p>", "share of the events that are traced, from 0 to 1", share, 1)
    .option("--stay", "with --listen: go on serving after the run, until Ctrl-C")
    .option("--role <name>", `only this part, until it has done or Ctrl-C (repeatable): ${roles.join(", ")}`, role)
    .option(
      "--run <name>",
      "what all parts of a run call it, and a run that goes on after it was killed (default of parts: the scenario's name and the seed)",
    )
    .option("--recover", "send nothing: write what a run into the folder of --out had measured when it was killed")
    .option("--out <folder>", "where the collector writes live.json and one NAME.outcomes.csv per target")
    .action(async (file: string, options: PipelineOptions) => {
      const { json, seed, listen } = options;
      const parts = partsOf(options);
      const token = listen === undefined ? null : tokenFor(listen.host);
      const scenario = readScenario(file);
      const targets = chosenTargets(scenario, options.target);
      const places = parsePlaces(scenario, options.at ?? []);
      const rules = options.rules === undefined ? undefined : parseRules(readTextFile(options.rules), options.rules);
      const drawn = schedule(scenario, { seed });
      if (drawn.duration === Infinity) throw new UsageError(`${file}: the pipeline needs a duration`);
      const run = options.run ?? (options.role === undefined ? undefined : `${scenario.name}-${drawn.seed}`);
      const own = {
        run,
        targets,
        dispatch: options.dispatch,
        ...given({ partitions: options.partitions, inFlight: options.inFlight, attempts: options.attempts }),
        ...(rules === undefined ? {} : { rules }),
        onReady: () => terminal.err(run === undefined ? "" : `${parts.join(", ")}: ready (run ${run})\n`),
      };
      const deployment = deploymentAt(Object.fromEntries(places));
      if (!parts.includes("collector")) {
        finish(
          await serve(options, (kafka, signal) =>
            runRoles(parts, scenario, drawn, deployment, { ...own, kafka, signal }),
          ),
        );
        return;
      }
      const out = options.out!;
      readyFolder(out);
      const names = scenario.targets.map(({ name }) => name).filter((name) => targets?.includes(name) ?? true);
      const asked = askedFor(scenario, drawn.seed, [...places], names, options.dispatch);
      if (options.recover) {
        const found = recovered(out, asked, { scenario, drawn, names });
        await writeMeasurement(found, { folder: out, logs: out });
        removeUnfinished(out);
        printAnswer(terminal, found.answer, json);
        return;
      }
      // A scenario's answer is of targets that get every request; of a part of them nothing is predicted.
      const predicted =
        options.dispatch !== "mirror"
          ? null
          : await simulateParallel(scenario, {
              scheduleSeed: drawn.seed,
              ...(targets === undefined ? {} : { targets }),
            });
      const pastRuns = readPastRuns(out);
      const receiver = otlpEndpoint(options.otlp, process.env);
      const traces = receiver === null ? undefined : eventTraces({ share: options.otlpShare });
      const server = listen === undefined ? null : await collectorServer({ ...listen, token });
      if (server !== null) terminal.err(`collector: ${server.url}\n`);
      const kept = openUnfinished(out, asked, terminal);
      const progress = startProgress(terminal, "pipeline");
      const onSnapshot = (snapshot: Snapshot): void => {
        server?.publish(snapshot);
        const each = options.dispatch === "mirror" ? snapshot.targets.length : 1;
        const counted = snapshot.targets.reduce((sum, target) => sum + target.counted, 0);
        progress.update(Math.min(1, counted / (snapshot.scheduled * each)), `lag ${snapshot.lag ?? "unknown"}`);
      };
      const code = await interruptible(async (signal) => {
        const result = await withKafka(options, (kafka) =>
          runRoles(parts, scenario, drawn, deployment, {
            ...own,
            kafka,
            predicted,
            traces,
            pastRuns,
            signal,
            onRecord: kept.onRecord,
            onSnapshot,
          }),
        )
          .finally(kept.close)
          .then((collected) => collected!);
        progress.done(result.interrupted ? "interrupted" : "done");
        await writeMeasurement(result, { folder: out, logs: out });
        kept.remove();
        const verdict =
          predicted === null || result.interrupted ? null : compare([predicted], result.answer, settings(scenario));
        const last = { ...result.last, verdict: verdict?.verdict ?? null };
        addPastRun(out, last);
        server?.publish(last);
        terminal.err(`${summary(result)}\n`);
        if (receiver !== null && traces !== undefined) terminal.err(`${await sendTraces(receiver, traces)}\n`);
        printAnswer(terminal, result.answer, json);
        if (server !== null && options.stay) await untilAborted(signal);
        return result.interrupted ? exitCodes.interrupted : exitCodes.done;
      }).finally(() => server?.close());
      finish(code);
    });

const given = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });

function summary({ last }: PipelineRun): string {
  const counted = last.targets.map(({ name, counted: n, failed }) => `${name} ${n} (${failed} failed)`).join(", ");
  return `${last.scheduled} events: ${counted}; ${last.duplicates} second deliveries, not counted again`;
}
