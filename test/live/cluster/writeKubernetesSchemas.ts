import { writeFileSync } from "node:fs";
import { openKubernetes } from "../../../src/live/cluster/kubernetes.ts";
import { kubernetesSchemas } from "./schemas.ts";

// Writes the schemas of the built-in kinds that manifests use, from the API server that KUBECONFIG names, so that
// manifests can be checked where there is no cluster. Descriptions are left out. Kubernetes is licensed under Apache-2.0.

const kinds = [
  ["api/v1", "io.k8s.api.core.v1", ["Namespace", "Service", "ConfigMap", "ServiceAccount", "PersistentVolumeClaim"]],
  ["apis/apps/v1", "io.k8s.api.apps.v1", ["Deployment"]],
  ["apis/batch/v1", "io.k8s.api.batch.v1", ["Job"]],
  ["apis/autoscaling/v2", "io.k8s.api.autoscaling.v2", ["HorizontalPodAutoscaler"]],
  ["apis/networking.k8s.io/v1", "io.k8s.api.networking.v1", ["NetworkPolicy"]],
  ["apis/node.k8s.io/v1", "io.k8s.api.node.v1", ["RuntimeClass"]],
  [
    "apis/rbac.authorization.k8s.io/v1",
    "io.k8s.api.rbac.v1",
    ["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"],
  ],
] as const;

type Schema = Record<string, unknown>;

const kubernetes = await openKubernetes();
const definitions: Record<string, Schema> = {};
const roots: Record<string, string> = {};
for (const [path, prefix, names] of kinds) {
  const { components } = (await kubernetes.read(`/openapi/v3/${path}`)) as {
    components: { schemas: Record<string, Schema> };
  };
  for (const name of names) {
    roots[`${path.replace(/^apis?\//, "")} ${name}`] = `${prefix}.${name}`;
    collect(`${prefix}.${name}`, components.schemas);
  }
}
const version = ((await kubernetes.read("/version")) as { gitVersion: string }).gitVersion;
await kubernetes.close();
const sorted = Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(
  kubernetesSchemas,
  `${JSON.stringify({ source: `Kubernetes ${version}, /openapi/v3`, licence: "Apache-2.0", roots, definitions: sorted })}\n`,
);

function collect(name: string, schemas: Record<string, Schema>): void {
  if (name in definitions) return;
  definitions[name] = {};
  definitions[name] = plain(schemas[name]!, schemas) as Schema;
}

/** Only what is checked: types, formats, what is required, and what may stand where. */
function plain(value: unknown, schemas: Record<string, Schema>): unknown {
  if (Array.isArray(value)) return value.map((each) => plain(each, schemas));
  if (typeof value !== "object" || value === null) return value;
  const schema = value as Schema;
  if (typeof schema.$ref === "string") {
    const name = schema.$ref.slice("#/components/schemas/".length);
    collect(name, schemas);
    return { $ref: `#/definitions/${name}` };
  }
  // A reference with a default or description beside it is wrapped in a list of one.
  if (Array.isArray(schema.allOf) && schema.allOf.length === 1) return plain(schema.allOf[0], schemas);
  const kept = Object.entries(schema).filter(([key]) => !/^(description|default|x-.*)$/.test(key));
  return Object.fromEntries(
    kept.map(([key, item]) => [
      key,
      key === "properties"
        ? Object.fromEntries(Object.entries(item as Schema).map(([name, each]) => [name, plain(each, schemas)]))
        : plain(item, schemas),
    ]),
  );
}
