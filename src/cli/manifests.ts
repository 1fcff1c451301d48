import { join } from "node:path";
import { Command, Option } from "commander";
import { version } from "../base/version.ts";
import { kustomizeFiles, yamlStream } from "../live/cluster/kustomization.ts";
import { type ManifestOptions, manifests } from "../live/cluster/manifests.ts";
import { jsonText } from "../report/json.ts";
import { readScenario, writeFileAtomic } from "./files.ts";
import { addCommon, addExamples, addTarget, chosenTargets, type TargetOptions, writeJson } from "./options.ts";
import type { Verb } from "./verb.ts";

/** What `manifests`, `deploy` and `undeploy` share. */
export interface ManifestsOptions extends TargetOptions {
  readonly kafka?: string;
}

export const addKafka = (command: Command): Command =>
  command.addOption(
    new Option("--kafka <address>", "bootstrap address for KEDA, in place of the Strimzi cluster of k8s/kafka"),
  );

/** `coldcast manifests`: a scenario's targets as Kubernetes objects. */
export const manifestsVerb: Verb = ({ terminal }) =>
  addExamples(addKafka(addTarget(addCommon(new Command("manifests")))), [
    "manifests scenarios/cluster.yaml --out manifests && kubectl apply --server-side -k manifests",
    "manifests scenarios/cluster.yaml | kubectl apply --server-side --dry-run=server -f -",
  ])
    .description("write the targets as Kubernetes manifests, for kubectl and kustomize")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .option("--out <folder>", "write a folder for kustomize, in place of one stream on stdout")
    .action((file: string, { json, out, ...options }: ManifestsOptions & { readonly out?: string }) => {
      const scenario = readScenario(file);
      const made = manifests(scenario, manifestOptions(scenario, options));
      const objects = [...made.shared, ...made.targets.flatMap((target) => target.objects)];
      for (const note of made.notes) terminal.err(`note: ${note}\n`);
      const taken = writeJson(terminal, json, () => jsonText({ objects, notes: made.notes }));
      if (out !== undefined) {
        const comment = [`Scenario ${scenario.name}, written by coldcast ${version}.`, ...made.notes].join("\n");
        for (const [name, text] of kustomizeFiles(made, comment)) writeFileAtomic(join(out, name), text);
        terminal.err(`manifests: ${objects.length} objects in ${out}\n`);
      } else if (!taken) terminal.out(yamlStream(objects));
    });

/** The options as the manifests take them. */
export function manifestOptions(
  scenario: Parameters<typeof chosenTargets>[0],
  { target, kafka }: Omit<ManifestsOptions, "json">,
): ManifestOptions {
  const targets = chosenTargets(scenario, target);
  return { ...(targets === undefined ? {} : { targets }), ...(kafka === undefined ? {} : { kafka }) };
}
