import { join } from "node:path";
import { Command, Option } from "commander";
import { version } from "../base/version.ts";
import { senderJob, senderSecret, sweepJob } from "../live/cluster/jobManifests.ts";
import type { KubernetesObject } from "../live/cluster/kubernetesObject.ts";
import { kustomizeFiles, yamlStream } from "../live/cluster/kustomization.ts";
import { type ManifestOptions, type Manifests, manifests } from "../live/cluster/manifests.ts";
import { jsonText } from "../report/json.ts";
import { parseVariation } from "../scenario/parseVariation.ts";
import { readYaml } from "../scenario/readYaml.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { sweepPoints } from "../scenario/variations.ts";
import { UsageError } from "./exit.ts";
import { readingFrom, readScenario, readTextFile, readyFolder, writeFileAtomic } from "./files.ts";
import {
  addExamples,
  addJson,
  addTarget,
  chosenTargets,
  type TargetOptions,
  wholeNumber,
  writeJson,
} from "./options.ts";
import { collect } from "./places.ts";
import { refuseSeed } from "./seedOption.ts";
import type { Verb } from "./verb.ts";

/** What `manifests`, `deploy` and `undeploy` share. */
export interface ManifestsOptions extends TargetOptions {
  readonly kafka?: string;
}

interface JobsOptions extends ManifestsOptions {
  readonly out?: string;
  readonly senders?: number;
  readonly sweep?: readonly string[];
  readonly workers?: number;
  readonly image?: string;
}

const workersByDefault = 4;

/** Objects are the same for every seed. */
export const noSeed = "Nothing is drawn here: the seed is the scenario's, or that of replay and sweep.";

export const addKafka = (command: Command): Command =>
  command.addOption(
    new Option("--kafka <address>", "bootstrap address for KEDA, in place of the Strimzi cluster of k8s/kafka"),
  );

/** `coldcast manifests`: a scenario's targets as Kubernetes objects. */
export const manifestsVerb: Verb = ({ terminal }) =>
  addExamples(addKafka(addTarget(refuseSeed(addJson(new Command("manifests")), noSeed))), [
    "manifests scenarios/cluster.yaml --out manifests && kubectl apply --server-side -k manifests",
    "manifests scenarios/cluster.yaml | kubectl apply --server-side --dry-run=server -f -",
    "manifests scenarios/cluster.yaml --senders 4 --image registry.example.com/coldcast:0.1.0 --out manifests",
  ])
    .description("write the targets as Kubernetes manifests, for kubectl and kustomize")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .option("--out <folder>", "write a folder for kustomize, in place of one stream on stdout")
    .option("--senders <n>", "with a Job of so many senders in the cluster", wholeNumber(1))
    .option("--sweep <path=values>", "with a Job that sweeps, as `sweep --vary` does (repeatable)", collect)
    .option("--workers <n>", "pods of the sweep's Job (default: 4)", wholeNumber(1))
    .option("--image <image>", "of coldcast itself, for the Jobs (k8s/jobs)")
    .action((file: string, { json, out, ...options }: JobsOptions) => {
      const scenario = readScenario(file);
      checkSweep(file, options.sweep ?? []);
      const made = withJobs(manifests(scenario, manifestOptions(scenario, options)), scenario, options);
      const objects = [...made.shared, ...made.targets.flatMap((target) => target.objects)];
      for (const note of made.notes) terminal.err(`note: ${note}\n`);
      const taken = writeJson(terminal, json, () => jsonText({ objects, notes: made.notes }));
      if (out !== undefined) {
        readyFolder(out);
        const comment = [`Scenario ${scenario.name}, written by coldcast ${version}.`, ...made.notes].join("\n");
        for (const [name, text] of kustomizeFiles(made, comment)) writeFileAtomic(join(out, name), text);
        terminal.err(`manifests: ${objects.length} objects in ${out}\n`);
      } else if (!taken) terminal.out(yamlStream(objects));
    });

/** What the Job will sweep, checked here rather than in a pod. */
function checkSweep(file: string, sweep: readonly string[]): void {
  if (sweep.length === 0) return;
  const options = { file, readText: readingFrom(file), requestsBounded: true };
  sweepPoints(readYaml(readTextFile(file), file).value as object, sweep.map(parseVariation), options);
}

/** The scenario's targets, and the Jobs that were asked for beside them. */
function withJobs(
  made: Manifests,
  scenario: Scenario,
  { senders, sweep = [], workers, image }: JobsOptions,
): Manifests {
  if (senders === undefined && sweep.length === 0) {
    if (image !== undefined) throw new UsageError("--image is what Jobs run: ask for one by --senders or --sweep");
    if (workers !== undefined) throw new UsageError("--workers are the pods of the sweep's Job: ask for it by --sweep");
    return made;
  }
  if (workers !== undefined && sweep.length === 0)
    throw new UsageError("--workers are the pods of the sweep's Job: ask for it by --sweep");
  if (image === undefined) throw new UsageError("--senders and --sweep need --image: what coldcast runs from");
  const { namespace } = made.targets[0]!;
  const job = (name: string, objects: readonly KubernetesObject[]): Manifests["targets"][number] => {
    return { target: name, name, namespace, as: "deployment", objects };
  };
  const token = `kubectl -n ${namespace} create secret generic ${senderSecret(scenario)} --from-file=token=/dev/stdin`;
  return {
    ...made,
    notes: [
      ...made.notes,
      ...(senders === undefined ? [] : [`senders: they know each other by a secret: openssl rand -hex 32 | ${token}`]),
    ],
    targets: [
      ...made.targets,
      ...(senders === undefined ? [] : [job("senders", senderJob(scenario, { namespace, image, count: senders }))]),
      ...(sweep.length === 0
        ? []
        : [job("sweep", sweepJob(scenario, sweep, { namespace, image, count: workers ?? workersByDefault }))]),
    ],
  };
}

/** The options as the manifests take them. */
export function manifestOptions(
  scenario: Parameters<typeof chosenTargets>[0],
  { target, kafka }: Omit<ManifestsOptions, "json">,
): ManifestOptions {
  const targets = chosenTargets(scenario, target);
  return { ...(targets === undefined ? {} : { targets }), ...(kafka === undefined ? {} : { kafka }) };
}
