import { scenarioYaml } from "../../scenario/document.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { KubernetesObject } from "./kubernetesObject.ts";
import { restrictedContainer } from "./podTemplate.ts";
import { resourceName, scenarioLabels, targetLabel } from "./resourceName.ts";

/** Jobs of coldcast itself in the cluster. */
export interface JobOptions {
  readonly namespace: string;
  /** Of coldcast, as k8s/jobs/Dockerfile builds it. */
  readonly image: string;
  /** Pods of the Job. */
  readonly count: number;
}

const rendezvousPort = 7700;
/** Where a pod finds what its Secret holds. */
const tokenFolder = "/token";

/** The Secret that the senders of a scenario know each other by; whoever applies their Job makes it, so that no file holds it. */
export const senderSecret = (scenario: Scenario): string => `${resourceName(scenario.name)}-senders-token`;
const indexPath = "metadata.labels['batch.kubernetes.io/job-completion-index']";

/**
 * Senders in the cluster: an Indexed Job, each pod with its shard of the one schedule, meeting at the first one, which
 * prints the joined answer. For addresses that cannot be reached from outside, and for more load than one machine sends.
 */
export function senderJob(scenario: Scenario, options: JobOptions): KubernetesObject[] {
  const name = `${resourceName(scenario.name)}-senders`;
  const labels = jobLabels(scenario, name);
  const metadata = { name, namespace: options.namespace, labels };
  const args = [
    "replay",
    "/scenario/scenario.yaml",
    "--at",
    "cluster",
    "--shard",
    `$(INDEX)/${options.count}`,
    "--rendezvous",
    `${name}-0.${name}:${rendezvousPort}`,
    "--out",
    "/out",
    "--json",
    "-",
  ];
  return [
    scenarioConfig(scenario, metadata),
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata, rules: senderRules },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace: options.namespace }],
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      // Names for pods that are not ready yet: the others look for the first one while it starts.
      spec: {
        clusterIP: "None",
        publishNotReadyAddresses: true,
        selector: labels,
        ports: [{ name: "rendezvous", port: rendezvousPort }],
      },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata,
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          {
            from: [{ podSelector: { matchLabels: labels } }],
            ports: [{ protocol: "TCP", port: rendezvousPort }],
          },
        ],
        egress: [{}],
      },
    },
    indexedJob(metadata, options, {
      args,
      subdomain: name,
      serviceAccountName: name,
      results: { emptyDir: {} },
      secret: senderSecret(scenario),
    }),
  ];
}

/**
 * A sweep in the cluster: an Indexed Job, each pod with every n-th point, and a claim that their files are left in.
 *
 * @param vary as `coldcast sweep --vary` takes it
 */
export function sweepJob(scenario: Scenario, vary: readonly string[], options: JobOptions): KubernetesObject[] {
  const name = `${resourceName(scenario.name)}-sweep`;
  const metadata = { name, namespace: options.namespace, labels: jobLabels(scenario, name) };
  const args = [
    "sweep",
    "/scenario/scenario.yaml",
    ...vary.flatMap((each) => ["--vary", each]),
    "--shard",
    `$(INDEX)/${options.count}`,
    "--out",
    "/out/shard-$(INDEX).ndjson",
  ];
  return [
    scenarioConfig(scenario, metadata),
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata,
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata,
      spec: { podSelector: { matchLabels: metadata.labels }, policyTypes: ["Ingress", "Egress"] },
    },
    indexedJob(metadata, options, { args, results: { persistentVolumeClaim: { claimName: name } } }),
  ];
}

const jobLabels = (scenario: Scenario, name: string): Readonly<Record<string, string>> => ({
  ...scenarioLabels(scenario),
  "app.kubernetes.io/name": name,
  [targetLabel]: name,
});

/** The scenario itself, numbers from files written out, so that a pod needs nothing else. */
const scenarioConfig = (scenario: Scenario, metadata: KubernetesObject["metadata"]): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata,
  data: { "scenario.yaml": scenarioYaml(scenario) },
});

/** What a sender looks at: its targets' pods, and their number for a start from zero. */
const senderRules = [
  { apiGroups: [""], resources: ["pods", "services", "events"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["apps"], resources: ["deployments/scale"], verbs: ["get", "patch"] },
  { apiGroups: ["serving.knative.dev"], resources: ["services"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["core.spinkube.dev"], resources: ["spinapps"], verbs: ["get", "list", "watch"] },
];

interface JobPod {
  readonly args: readonly string[];
  readonly subdomain?: string;
  readonly serviceAccountName?: string;
  /** The volume behind /out. */
  readonly results: object;
  /** Holds the token. */
  readonly secret?: string;
}

function indexedJob(
  metadata: KubernetesObject["metadata"],
  { image, count }: JobOptions,
  { args, results, secret, ...pod }: JobPod,
): KubernetesObject {
  const index = { name: "INDEX", valueFrom: { fieldRef: { fieldPath: indexPath } } };
  const tokenFile = { name: "COLDCAST_TOKEN_FILE", value: `${tokenFolder}/token` };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata,
    spec: {
      completions: count,
      parallelism: count,
      completionMode: "Indexed",
      // A replay that is begun anew would be another one: the others wait for nobody.
      backoffLimit: 0,
      template: {
        metadata: { labels: metadata.labels },
        spec: {
          ...pod,
          automountServiceAccountToken: pod.serviceAccountName !== undefined,
          enableServiceLinks: false,
          restartPolicy: "Never",
          securityContext: { fsGroup: 65532 },
          containers: [
            {
              name: "coldcast",
              image,
              imagePullPolicy: "IfNotPresent",
              args,
              env: secret === undefined ? [index] : [index, tokenFile],
              // A sender that waits for its turn of a core is late; so it asks for a whole one.
              resources: { requests: { cpu: "1", memory: "512Mi" }, limits: { memory: "1Gi" } },
              securityContext: restrictedContainer,
              volumeMounts: [
                { name: "scenario", mountPath: "/scenario", readOnly: true },
                { name: "results", mountPath: "/out" },
                { name: "temporary", mountPath: "/tmp" },
                ...(secret === undefined ? [] : [{ name: "token", mountPath: tokenFolder, readOnly: true }]),
              ],
            },
          ],
          volumes: [
            { name: "scenario", configMap: { name: metadata.name } },
            { name: "results", ...results },
            { name: "temporary", emptyDir: {} },
            ...(secret === undefined ? [] : [{ name: "token", secret: { secretName: secret, defaultMode: 0o440 } }]),
          ],
        },
      },
    },
  };
}
