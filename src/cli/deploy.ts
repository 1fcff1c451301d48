import { Command, InvalidArgumentError, Option } from "commander";
import { formatDuration, parseDuration } from "../base/units.ts";
import { type Deployed, deploy } from "../live/cluster/deploy.ts";
import { type Kubernetes, openKubernetes } from "../live/cluster/kubernetes.ts";
import { type Manifests, manifests } from "../live/cluster/manifests.ts";
import type { Removed } from "../live/cluster/removeObjects.ts";
import { resourceName } from "../live/cluster/resourceName.ts";
import { undeploy } from "../live/cluster/undeploy.ts";
import { jsonText } from "../report/json.ts";
import { exitCodes } from "./exit.ts";
import { readScenario } from "./files.ts";
import { interruptible } from "./interrupt.ts";
import { addKafka, type ManifestsOptions, manifestOptions, noSeed } from "./manifests.ts";
import { addExamples, addJson, addTarget, writeJson } from "./options.ts";
import { startProgress } from "./progress.ts";
import { refuseSeed } from "./seedOption.ts";
import type { Terminal } from "./terminal.ts";
import type { Verb, VerbContext } from "./verb.ts";

interface DeployVerbOptions extends ManifestsOptions {
  readonly patience: number;
}

/** `coldcast deploy`: a scenario's targets into the cluster that the kubeconfig names. */
export const deployVerb: Verb = (context) =>
  addExamples(addCluster(new Command("deploy")), [
    "deploy scenarios/cluster.yaml",
    "deploy scenarios/cluster.yaml --target wasm --patience 2min",
  ])
    .description("put the targets into the Kubernetes cluster of the current kubeconfig, and wait until they serve")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .action(async (file: string, options: DeployVerbOptions) => {
      const over = "interrupted; what had been made is removed again";
      const done = await inCluster(context, { file, options, over }, (kubernetes, made, rest) =>
        deploy(kubernetes, made, { ...rest, patienceSeconds: options.patience }),
      );
      if (done === null) return;
      if (!writeJson(context.terminal, options.json, () => jsonText(done))) context.terminal.out(deployedText(done));
    });

/** `coldcast undeploy`: removes what `deploy` made, and only that. */
export const undeployVerb: Verb = (context) =>
  addExamples(addCluster(new Command("undeploy")), ["undeploy scenarios/cluster.yaml"])
    .description("remove what deploy made from the cluster, and nothing else, and wait until it is gone")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .action(async (file: string, options: DeployVerbOptions) => {
      const over = "interrupted; run it again to remove the rest";
      const done = await inCluster(context, { file, options, over }, (kubernetes, made, rest) => {
        const late = AbortSignal.timeout(options.patience * 1e3);
        return undeploy(kubernetes, made, { ...rest, signal: AbortSignal.any([rest.signal, late]) });
      });
      if (done === null) return;
      if (!writeJson(context.terminal, options.json, () => jsonText(done))) context.terminal.out(removedText(done));
    });

const addCluster = (command: Command): Command =>
  addKafka(addTarget(refuseSeed(addJson(command), noSeed))).addOption(
    new Option("--patience <duration>", "how long a target may take").default(120, "2min").argParser((text) => {
      const seconds = parseDuration(text);
      if (seconds === undefined || !(seconds > 0)) throw new InvalidArgumentError('Write a duration, such as "2min".');
      return seconds;
    }),
  );

/** Does something in the cluster with a scenario's manifests, with progress; null where Ctrl-C ended it. */
async function inCluster<T>(
  { terminal, finish }: VerbContext,
  {
    file,
    options: { json: _, ...options },
    over,
  }: { readonly file: string; readonly options: DeployVerbOptions; readonly over: string },
  work: (
    kubernetes: Kubernetes,
    made: Manifests,
    rest: { scenario: string; signal: AbortSignal; onProgress: (share: number, part: string) => void },
  ) => Promise<T>,
): Promise<T | null> {
  const scenario = readScenario(file);
  const made = manifests(scenario, manifestOptions(scenario, options));
  noteAll(terminal, made.notes);
  const kubernetes = await openKubernetes();
  try {
    return await interruptible(async (signal) => {
      const progress = startProgress(terminal, scenario.name);
      const onProgress = (share: number, part: string): void => progress.update(share, part);
      try {
        const result = await work(kubernetes, made, { scenario: resourceName(scenario.name), signal, onProgress });
        progress.done();
        return result;
      } catch (error) {
        progress.done(signal.aborted ? over : "failed");
        if (!signal.aborted) throw error;
        finish(exitCodes.interrupted);
        return null;
      }
    });
  } finally {
    await kubernetes.close();
  }
}

function noteAll(terminal: Terminal, notes: readonly string[]): void {
  for (const note of notes) terminal.err(`note: ${note}\n`);
}

function deployedText({ targets, left }: Deployed): string {
  const lines = targets.map(
    ({ target, place, pods, readySeconds }) =>
      `${target}  ${place}  ${pods} ${pods === 1 ? "pod" : "pods"} ready after ${formatDuration(readySeconds)}\n`,
  );
  const at = targets.map(({ target, place }) => ` --at ${target}=${place}`).join("");
  const stays = left.map((name) => `left as it was: ${name}\n`);
  return `${[...lines, ...stays].join("")}\nreplay with:${at}\n`;
}

function removedText({ removed, kept }: Removed): string {
  const lines = [...removed.map((name) => `removed ${name}`), ...kept.map((why) => `kept ${why}`)];
  return lines.length === 0 ? "there was nothing to remove\n" : `${lines.join("\n")}\n`;
}
