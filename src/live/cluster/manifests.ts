import { InputError, type Issue } from "../../base/check.ts";
import { isFunctionStage, type PipelineSpec } from "../../scenario/pipeline.ts";
import type { DeploySpec, KnativeSpec, Scenario, SpinkubeSpec, TargetSpec } from "../../scenario/scenario.ts";
import { pipelineTopics } from "../pipeline/topics.ts";
import { hpaManifest, type KafkaAddress, scaledObjectManifest } from "./autoscalerManifest.ts";
import { deploymentManifest } from "./deploymentManifest.ts";
import { type EventingTarget, eventingManifests, lagOf } from "./eventingManifests.ts";
import { kafkaBootstrap, kafkaTopicManifest } from "./kafkaTopicManifest.ts";
import { clusterSettingsOf } from "./knativeAnnotations.ts";
import { knativeManifest } from "./knativeManifest.ts";
import type { KubernetesObject } from "./kubernetesObject.ts";
import type { DeployableSpec, ManifestTarget } from "./manifestTarget.ts";
import { networkPolicies } from "./networkPolicyManifest.ts";
import { resourceName, scenarioLabel, scenarioLabels, targetLabel, targetResourceNames } from "./resourceName.ts";
import { spinAppManifest, spinRuntimeClass } from "./spinAppManifest.ts";

/** What a scenario becomes in Kubernetes. */
export interface Manifests {
  /** In the order in which they must be applied. */
  readonly shared: readonly KubernetesObject[];
  readonly targets: readonly TargetManifests[];
  /** What a manifest cannot say, for people. */
  readonly notes: readonly string[];
}

export interface TargetManifests {
  /** In the scenario. */
  readonly target: string;
  /** In Kubernetes. */
  readonly name: string;
  readonly namespace: string;
  readonly as: "knative" | "spinkube" | "deployment";
  readonly objects: readonly KubernetesObject[];
}

export interface ManifestOptions {
  /** By default all that can be deployed. */
  readonly targets?: readonly string[];
  /** Where KEDA finds Kafka; by default the Strimzi cluster of `k8s/kafka`, whose topics are then made too. */
  readonly kafka?: string;
}

/**
 * The manifests of a scenario: a Knative Service, SpinApp or Deployment per target, with what they need.
 *
 * @throws {InputError} for targets without an image, or of a kind that has no form in Kubernetes
 */
export function manifests(scenario: Scenario, options: ManifestOptions = {}): Manifests {
  const chosen = manifestTargets(scenario, options.targets);
  const labels = scenarioLabels(scenario);
  const made = chosen.map((target) => targetManifests(target, options.kafka ?? kafkaBootstrap));
  const kafkaTopics = options.kafka === undefined ? chosen.flatMap((target) => topicManifests(target, labels)) : [];
  const policies = networkPolicies(chosen, {
    name: resourceName(scenario.name),
    labels,
    selector: { [scenarioLabel]: labels[scenarioLabel]! },
  });
  return {
    shared: [
      ...namespaces(made, labels),
      ...runtimeClasses(chosen, labels),
      ...policies,
      ...kafkaTopics.filter(firstOfItsName()),
    ],
    targets: withoutRepeats(made),
    notes: chosen.flatMap(notesOf),
  };
}

/** The place that a replay names for each target that is deployed, such as `deployment:coldcast/faas`. */
export const placesOf = ({ targets }: Manifests): Readonly<Record<string, string>> =>
  Object.fromEntries(targets.map(({ target, as, namespace, name }) => [target, `${as}:${namespace}/${name}`]));

/** A target with what only a pipeline knows of it. */
interface Chosen extends ManifestTarget {
  readonly pipeline: PipelineSpec | null;
  /** What the scenario's own objects are named and labelled. */
  readonly shared: EventingTarget["shared"];
}

function manifestTargets(scenario: Scenario, names: readonly string[] | undefined): readonly Chosen[] {
  const issues: Issue[] = [];
  const resources = targetResourceNames(scenario);
  const wanted = scenario.targets.filter(({ name }) => names?.includes(name) ?? true);
  const chosen = wanted.flatMap((target): Chosen[] => {
    const at = `targets.${target.name}`;
    const spec = deployable(target);
    if (spec === null) {
      // A scenario may well hold such targets beside others; only asking for one is a mistake.
      if (names !== undefined) issues.push({ path: at, message: `a ${target.kind} target has no form in Kubernetes` });
      return [];
    }
    const deploy: DeploySpec | undefined = spec.live?.deploy ?? target.live?.deploy;
    const problem = problemOf(spec, deploy, target.kind === "pipeline");
    if (problem !== null) issues.push({ path: `${at}.live.deploy`, message: problem });
    const name = resources.get(target.name)!;
    const labels = { ...scenarioLabels(scenario), "app.kubernetes.io/name": name, [targetLabel]: name };
    return [
      {
        spec,
        deploy: deploy!,
        name,
        image: deploy?.image ?? "",
        labels,
        pipeline: target.kind === "pipeline" ? target : null,
        shared: { name: resourceName(scenario.name), labels: scenarioLabels(scenario) },
      },
    ];
  });
  if (chosen.length === 0 && issues.length === 0) {
    issues.push({ path: "targets", message: "none of them has a form in Kubernetes" });
  }
  if (issues.length > 0) throw new InputError(scenario.name, issues);
  return chosen;
}

function deployable(target: TargetSpec): DeployableSpec | null {
  if (target.kind === "pipeline") {
    const stage = target.stages.find(isFunctionStage);
    if (stage === undefined || stage.kind === "perRequest") return null;
    return { ...target, ...stage, name: target.name } as unknown as DeployableSpec;
  }
  return target.kind === "server" || target.kind === "knative" || target.kind === "spinkube" ? target : null;
}

function problemOf(spec: DeployableSpec, deploy: DeploySpec | undefined, isPipeline: boolean): string | null {
  if (deploy?.image === undefined) return "name the image to deploy, such as { image: ghcr.io/me/work:1.0 }";
  if (deploy.dispatch !== undefined && !isPipeline) return "dispatch is for the function of a pipeline";
  const as = deploy.as ?? defaultForm(spec);
  if (as !== "deployment" && as !== spec.kind) return `a ${spec.kind} target cannot be deployed as ${as}`;
  const autoscaler = "autoscaler" in spec ? spec.autoscaler : undefined;
  if (as === "knative" && autoscaler !== undefined && (autoscaler.kind !== "hpa" || autoscaler.metric !== "cpu")) {
    return "of a revision's other autoscalers, only the HPA on cpu can be written into a Knative Service; as: deployment takes them all";
  }
  if (autoscaler?.kind === "keda" && autoscaler.trigger === "http") {
    return "KEDA's HTTP add-on is deployed by hand (k8s/keda/README.md says how)";
  }
  return null;
}

const defaultForm = ({ kind }: DeployableSpec): TargetManifests["as"] => (kind === "server" ? "deployment" : kind);

function targetManifests(target: Chosen, bootstrapServers: string): TargetManifests {
  const { spec, deploy, name } = target;
  const as = deploy.as ?? defaultForm(spec);
  const objects =
    as === "knative"
      ? [knativeManifest(target as ManifestTarget<KnativeSpec>)]
      : as === "spinkube"
        ? spinAppManifest(target as ManifestTarget<SpinkubeSpec>)
        : deploymentManifest(target);
  const scaled = as === "knative" ? [] : autoscalers(target, bootstrapServers);
  const eventing = eventingOf(target);
  const dispatched =
    eventing === null ? [] : eventingManifests(eventing, deploy.dispatch ?? "trigger", bootstrapServers);
  return { target: spec.name, name, namespace: deploy.namespace, as, objects: [...objects, ...scaled, ...dispatched] };
}

/** The object that sets the number of a Deployment's pods, its own or the one the spin-operator makes. */
function autoscalers(target: Chosen, bootstrapServers: string): KubernetesObject[] {
  const { spec, deploy, name, labels } = target;
  const autoscaler = "autoscaler" in spec ? spec.autoscaler : undefined;
  const scaled = { name, namespace: deploy.namespace, labels };
  if (autoscaler?.kind === "hpa") return [hpaManifest(autoscaler, scaled)];
  if (autoscaler?.kind !== "keda" || autoscaler.trigger !== "kafka") return [];
  const eventing = eventingOf(target);
  const read =
    eventing === null
      ? { topic: name, consumerGroup: `coldcast-${name}` }
      : lagOf(eventing, deploy.dispatch ?? "trigger");
  const kafka: KafkaAddress = { bootstrapServers, ...read };
  return [scaledObjectManifest(autoscaler, scaled, kafka)];
}

function eventingOf({ spec, deploy, name, labels, pipeline, shared }: Chosen): EventingTarget | null {
  if (pipeline === null) return null;
  const isKnative = (deploy.as ?? defaultForm(spec)) === "knative";
  return { name, namespace: deploy.namespace, labels, shared, pipeline, isKnative, timeout: spec.timeout };
}

function topicManifests(
  { spec, name, pipeline }: Chosen,
  labels: Readonly<Record<string, string>>,
): KubernetesObject[] {
  const autoscaler = "autoscaler" in spec ? spec.autoscaler : undefined;
  if (pipeline !== null) {
    const produced = pipeline.stages.find((stage) => stage.kind === "produce");
    return pipelineTopics(produced?.partitions ?? 1).map((topic) => kafkaTopicManifest(topic, labels));
  }
  if (autoscaler?.kind !== "keda" || autoscaler.trigger !== "kafka") return [];
  return [kafkaTopicManifest({ name, partitions: autoscaler.partitions }, labels)];
}

/** Pod Security is enforced; a SpinApp's pods are made by its operator without what "restricted" asks for. */
function namespaces(made: readonly TargetManifests[], labels: Readonly<Record<string, string>>): KubernetesObject[] {
  return [...new Set(made.map(({ namespace }) => namespace))].map((name) => {
    const spins = made.some(({ namespace, as }) => namespace === name && as === "spinkube");
    return {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name,
        labels: {
          ...labels,
          "pod-security.kubernetes.io/enforce": spins ? "baseline" : "restricted",
          "pod-security.kubernetes.io/warn": "restricted",
        },
      },
    };
  });
}

/** Whose handler is not called as they are. */
const handlers: Readonly<Record<string, string>> = { [spinRuntimeClass]: "spin" };

function runtimeClasses(chosen: readonly Chosen[], labels: Readonly<Record<string, string>>): KubernetesObject[] {
  const names = chosen.flatMap(({ spec, deploy }) => {
    const as = deploy.as ?? defaultForm(spec);
    return deploy.runtimeClass ?? (as === "spinkube" ? spinRuntimeClass : []);
  });
  return [...new Set(names)].map((name) => ({
    apiVersion: "node.k8s.io/v1",
    kind: "RuntimeClass",
    metadata: { name, labels },
    handler: handlers[name] ?? name,
  }));
}

/** What several targets share, such as an executor or a Broker, is written once. */
function withoutRepeats(made: readonly TargetManifests[]): readonly TargetManifests[] {
  const isFirst = firstOfItsName();
  return made.map((each) => ({ ...each, objects: each.objects.filter(isFirst) }));
}

function firstOfItsName(): (object: KubernetesObject) => boolean {
  const seen = new Set<string>();
  return ({ kind, metadata }) => {
    const key = `${kind} ${metadata.namespace}/${metadata.name}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  };
}

/** Knative's own values of what is set for a whole cluster. */
const clusterDefaults: Readonly<Record<string, string>> = {
  "max-scale-up-rate": "1000",
  "max-scale-down-rate": "2",
  "enable-scale-to-zero": "true",
  "scale-to-zero-grace-period": "30s",
};

function notesOf({ spec, deploy }: Chosen): readonly string[] {
  const as = deploy.as ?? defaultForm(spec);
  const notes: string[] = [];
  if (deploy.dispatch === "broker")
    notes.push(`${spec.name}: the Broker finds Kafka by knative-eventing/kafka-broker-config (k8s/knative/README.md)`);
  if (spec.kind === "knative" && as === "knative") {
    const changed = Object.entries(clusterSettingsOf(spec)).filter(([key, value]) => clusterDefaults[key] !== value);
    const data = JSON.stringify({ data: Object.fromEntries(changed) });
    if (changed.length > 0) {
      notes.push(
        `${spec.name}: the whole cluster has one ${changed.map(([key]) => key).join(", ")}: kubectl -n knative-serving patch configmap config-autoscaler --type merge -p '${data}'`,
      );
    }
    if (spec.timeout > 600) notes.push(`${spec.name}: a Knative revision's time-out is at most 600 s`);
  }
  if (spec.kind === "spinkube" && as === "spinkube" && spec.maxInstanceCount !== 1000) {
    notes.push(`${spec.name}: maxInstanceCount is SPIN_MAX_INSTANCE_COUNT of the shim's own environment on each node`);
  }
  return notes;
}
