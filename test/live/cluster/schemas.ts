import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { parse } from "yaml";
import type { KubernetesObject } from "../../../src/live/cluster/kubernetesObject.ts";

export const kubernetesSchemas = "test/live/cluster/kubernetes-1.34.json";

type Schema = Record<string, unknown>;

/**
 * What is wrong with an object by the real schemas, offline: Kubernetes' own, and those of the custom resources; a field
 * that a schema does not name is wrong.
 */
export function problemsOf(object: KubernetesObject): string[] {
  const validate = validatorOf(object);
  if (validate === undefined) return [`no schema for ${object.apiVersion} ${object.kind}`];
  validate(object);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${object.kind}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** Where the custom kinds are defined; large files, read and compiled only when asked for. */
const definedIn: Readonly<Record<string, string>> = {
  "serving.knative.dev/v1 Service": "knative-serving-1.23.0-service",
  "keda.sh/v1alpha1 ScaledObject": "keda-2.20.2-scaledobjects",
  "core.spinkube.dev/v1alpha1 SpinApp": "spin-operator-0.6.1-spinapps",
  "core.spinkube.dev/v1alpha1 SpinAppExecutor": "spin-operator-0.6.1-spinappexecutors",
  "runtime.spinkube.dev/v1alpha1 Shim": "rcm-head-shims",
  "kafka.strimzi.io/v1 KafkaTopic": "strimzi-1.2.0-043-Crd-kafkatopic",
  "kafka.strimzi.io/v1 KafkaNodePool": "strimzi-1.2.0-045-Crd-kafkanodepool",
  "kafka.strimzi.io/v1 Kafka": "strimzi-1.2.0-040-Crd-kafka",
  "sources.knative.dev/v1 KafkaSource": "written-kafkasource",
  "eventing.knative.dev/v1alpha1 KafkaSink": "written-kafkasink",
  "eventing.knative.dev/v1 Broker": "written-broker",
  "eventing.knative.dev/v1 Trigger": "written-trigger",
};

const known = new Map<string, ValidateFunction>();
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false });
interface BuiltIn {
  readonly roots: Record<string, string>;
  readonly definitions: Schema;
}
let builtIn: BuiltIn | undefined;

function validatorOf({ apiVersion, kind }: KubernetesObject): ValidateFunction | undefined {
  const id = `${apiVersion} ${kind}`;
  const found = known.get(id);
  if (found !== undefined) return found;
  const schema = definedIn[id] === undefined ? builtInSchema(id) : customSchema(definedIn[id], apiVersion);
  if (schema === undefined) return undefined;
  const made = ajv.compile(schema);
  known.set(id, made);
  return made;
}

function builtInSchema(id: string): Schema | undefined {
  if (builtIn === undefined) {
    const read = JSON.parse(readFileSync(kubernetesSchemas, "utf8")) as BuiltIn;
    builtIn = { roots: read.roots, definitions: closeObjects(read.definitions) as Schema };
  }
  const root = builtIn.roots[id];
  return root === undefined ? undefined : { definitions: builtIn.definitions, $ref: `#/definitions/${root}` };
}

function customSchema(file: string, apiVersion: string): Schema {
  const { spec } = parse(readFileSync(`test/cluster/crds/${file}.yaml`, "utf8")) as {
    spec: { versions: { name: string; schema: { openAPIV3Schema: Schema } }[] };
  };
  const version = spec.versions.find(({ name }) => apiVersion.endsWith(`/${name}`))!;
  const metadata = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
  const whole = closeObjects(version.schema.openAPIV3Schema) as { properties: Schema };
  // Status is what controllers write; it is most of some files.
  const { status: _, ...properties } = whole.properties;
  return { ...whole, properties: { ...properties, metadata } };
}

/** Kubernetes drops or refuses fields that a schema does not name; so every object is closed, unless it says otherwise. */
function closeObjects(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closeObjects);
  if (typeof schema !== "object" || schema === null) return schema;
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closeObjects(value)])) as Schema;
  const isOpen = closed["x-kubernetes-preserve-unknown-fields"] === true || "additionalProperties" in closed;
  if (closed["x-kubernetes-int-or-string"] === true) return { type: ["integer", "string"] };
  const isObject = typeof closed.properties === "object" && (closed.type === undefined || closed.type === "object");
  return isObject && !isOpen ? { ...closed, additionalProperties: false } : closed;
}
