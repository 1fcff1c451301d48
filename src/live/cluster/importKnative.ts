import { InputError, TargetError } from "../../base/check.ts";
import { scenarioYaml } from "../../scenario/document.ts";
import { parseScenario, toScenario } from "../../scenario/parse.ts";
import type { KnativeSpec, TargetSpec } from "../../scenario/scenario.ts";
import { withSha256 } from "../../scenario/scenarioSha256.ts";
import type { ScenarioDocument } from "../../scenario/schema/document.ts";
import { listAt } from "../watch/podRecord.ts";
import { apiStatusOf } from "./apiError.ts";
import { annotationPrefix, knativeSettings, readSettings } from "./knativeAnnotations.ts";
import type { Kubernetes } from "./kubernetes.ts";
import { fieldAt, type KubernetesObject } from "./kubernetesObject.ts";
import { quantityOf } from "./quantityOf.ts";

/** A live Service as a scenario. */
export interface Imported {
  readonly scenario: string;
  /** What could not be read, or was guessed. */
  readonly notes: readonly string[];
}

/** The cluster's own settings, as its ConfigMaps have them. */
export interface KnativeConfig {
  readonly autoscaler: Readonly<Record<string, string>>;
  readonly defaults: Readonly<Record<string, string>>;
}

/**
 * Reads a live Knative Service's settings, and those of its cluster, into a scenario.
 *
 * Arrivals and work are nothing that a cluster knows: the scenario has examples of both, and says so.
 *
 * @throws {TargetError} where there is no such Service; {InputError} where a setting is not what it should be
 */
export async function importKnative(
  kubernetes: Kubernetes,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  signal?: AbortSignal,
): Promise<Imported> {
  const service = await kubernetes.get(
    { apiVersion: "serving.knative.dev/v1", kind: "Service", namespace, name },
    signal,
  );
  if (service === null) {
    throw new TargetError(`knative ${namespace}/${name}`, "there is no such Knative Service", { retriable: false });
  }
  const autoscaler = await configMap(kubernetes, "config-autoscaler", signal);
  const defaults = await configMap(kubernetes, "config-defaults", signal);
  const unread = [autoscaler, defaults].includes(null)
    ? ["the cluster's own settings (ConfigMaps of knative-serving) could not be read: Knative's defaults are assumed"]
    : [];
  const { scenario, notes } = knativeScenario(service, { autoscaler: autoscaler ?? {}, defaults: defaults ?? {} });
  return { scenario, notes: [...unread, ...notes] };
}

async function configMap(
  kubernetes: Kubernetes,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, string>> | null> {
  try {
    const found = await kubernetes.get(
      { apiVersion: "v1", kind: "ConfigMap", namespace: "knative-serving", name },
      signal,
    );
    return found === null ? null : ((fieldAt(found, "data") ?? {}) as Readonly<Record<string, string>>);
  } catch (error) {
    if (apiStatusOf(error)?.code === 403) return null;
    throw error;
  }
}

/**
 * The scenario of one Knative Service: the same mapping as the manifests', backwards.
 *
 * @throws {InputError} where a setting is not what it should be
 */
export function knativeScenario(service: KubernetesObject, config: KnativeConfig): Imported {
  const { name, namespace } = service.metadata;
  const where = `knative ${namespace}/${name}`;
  const template = fieldAt(service, "spec", "template");
  const annotations = (fieldAt(template, "metadata", "annotations") ?? {}) as Readonly<Record<string, string>>;
  const container = listAt(template, "spec", "containers")[0];
  const notes = unknownAnnotations(annotations);
  const document: ScenarioDocument = {
    name: name.slice(0, 63),
    duration: "10min",
    arrivals: { kind: "poisson", rate: "10/s" },
    work: "10ms",
    targets: { [name]: { kind: "knative", ...hpaOf(annotations), ...deployOf(service, container) } as never },
  };
  const base = toScenario(document, { file: where });
  const spec = {
    ...(base.targets[0] as KnativeSpec),
    ...settingsOf(where, annotations, config),
    ...limitsOf(where, template, container, config, notes),
  } as TargetSpec;
  const { sha256: _, ...rest } = base;
  const comment = [
    `Read from the Knative Service ${namespace}/${name}. Arrivals and work are examples: put your own in their place.`,
    ...notes,
  ];
  const yaml = scenarioYaml(withSha256({ ...rest, targets: [spec] }), comment.join("\n"));
  // What a live cluster allows, a scenario may not; then its message is the one to show.
  parseScenario(yaml, { file: where });
  return { scenario: yaml, notes };
}

/** The autoscaler's settings; the target that the cluster sets for everyone counts as the Service's own. */
function settingsOf(
  where: string,
  annotations: Readonly<Record<string, string>>,
  { autoscaler }: KnativeConfig,
): Partial<KnativeSpec> {
  const isHpa = annotations[`${annotationPrefix}class`]?.startsWith("hpa.") ?? false;
  // An HPA's metric, target and limits are the autoscaler's own, partly in other units.
  const read = Object.entries(annotations).filter(
    ([key]) => !(isHpa && /\/(metric|target|min-scale|max-scale)$/.test(key)),
  );
  const { targetUtilization, ...settings } = readSettings(where, Object.fromEntries(read), autoscaler);
  const byRate = settings.metric === "rps";
  const ownUtilization = annotations[`${annotationPrefix}target-utilization-percentage`] !== undefined;
  const common = byRate
    ? autoscaler["requests-per-second-target-default"]
    : autoscaler["container-concurrency-target-default"];
  const standard = byRate ? "200" : "100";
  const inherited = settings.target === undefined && common !== undefined && Number(common) !== Number(standard);
  return {
    ...settings,
    // The cluster's percentage is of concurrency alone.
    ...(targetUtilization === undefined || (byRate && !ownUtilization) ? {} : { targetUtilization }),
    ...(inherited ? { target: Number(common) } : {}),
    ...initialScaleOf(settings, autoscaler),
  };
}

/** A zero that the cluster does not allow counts for nothing. */
function initialScaleOf(
  { initialScale }: Partial<KnativeSpec>,
  autoscaler: Readonly<Record<string, string>>,
): Partial<KnativeSpec> {
  if (initialScale !== 0 || autoscaler["allow-zero-initial-scale"] === "true") return {};
  return { initialScale: Number(autoscaler["initial-scale"] ?? 1) || 1 };
}

function limitsOf(
  where: string,
  template: unknown,
  container: unknown,
  { defaults }: KnativeConfig,
  notes: string[],
): Partial<KnativeSpec> {
  const limits = fieldAt(container, "resources", "limits");
  const [cpu, memory] = [fieldAt(limits, "cpu"), fieldAt(limits, "memory")];
  if (cpu === undefined) notes.push("The container has no CPU limit: one core is assumed.");
  const amount = (value: unknown, path: string): number => {
    const read = quantityOf(String(value));
    if (read === undefined) throw new InputError(where, [{ path, message: `"${String(value)}" is not a quantity` }]);
    return read;
  };
  const concurrency = fieldAt(template, "spec", "containerConcurrency") ?? defaults["container-concurrency"] ?? 0;
  const timeout = fieldAt(template, "spec", "timeoutSeconds") ?? defaults["revision-timeout-seconds"] ?? 300;
  return {
    containerConcurrency: Number(concurrency),
    timeout: Number(timeout),
    ...(cpu === undefined ? {} : { cores: amount(cpu, "resources.limits.cpu") }),
    ...(memory === undefined ? {} : { memory: amount(memory, "resources.limits.memory") }),
  };
}

function hpaOf(annotations: Readonly<Record<string, string>>): object {
  const own = (name: string): number => Number(annotations[`${annotationPrefix}${name}`]);
  if (!(annotations[`${annotationPrefix}class`]?.startsWith("hpa.") ?? false)) return {};
  const max = own("max-scale") || 1000;
  return { autoscaler: { kind: "hpa", metric: "cpu", target: own("target") / 100, min: own("min-scale") || 1, max } };
}

/** Only images that a scenario can name; a live Service may well run one without a tag. */
function deployOf(service: KubernetesObject, container: unknown): object {
  const image = String(fieldAt(container, "image") ?? "");
  const port = fieldAt(listAt(container, "ports")[0], "containerPort");
  const requested = quantityOf(String(fieldAt(container, "resources", "requests", "cpu")));
  const isNamed = /@sha256:[0-9a-f]{64}$|:(?!latest$)[\w][\w.-]*$/.test(image);
  if (!isNamed) return {};
  const deploy = {
    image,
    namespace: service.metadata.namespace,
    ...(port === undefined ? {} : { port }),
    ...(requested === undefined ? {} : { cpu: requested }),
  };
  return { live: { deploy } };
}

function unknownAnnotations(annotations: Readonly<Record<string, string>>): string[] {
  const known = new Set([...knativeSettings.flatMap(({ annotation }) => annotation ?? []), "class"]);
  return Object.keys(annotations)
    .filter((key) => key.startsWith(annotationPrefix) && !known.has(key.slice(annotationPrefix.length)))
    .map((key) => `The annotation ${key} is none that a scenario has; it is left out.`);
}
