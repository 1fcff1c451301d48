import type { DeploySpec, TargetSpec } from "../../scenario/scenario.ts";
import { protocol } from "../protocol.ts";
import type { KubernetesObject } from "./kubernetesObject.ts";
import type { ManifestTarget } from "./manifestTarget.ts";
import { functionEnvironment, podResources, restrictedContainer } from "./podTemplate.ts";

/** Pods beyond this answer nobody when they go: the function itself ends within 25 s. */
const terminationGraceSeconds = 30;

/** A Deployment of the function, and the Service of the same name in front. */
export function deploymentManifest({ spec, deploy, name, labels, image }: ManifestTarget): KubernetesObject[] {
  const port = deploy.port ?? 8080;
  const metadata = { name, namespace: deploy.namespace, labels };
  const container = {
    name: "function",
    image,
    imagePullPolicy: "IfNotPresent",
    env: [
      { name: "PORT", value: String(port) },
      { name: "COLDCAST_INSTANCE", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      ...functionEnvironment(spec, deploy),
    ],
    ports: [{ name: "http", containerPort: port }],
    // Looked at as often as Kubernetes can: a cold start should not wait for a look.
    readinessProbe: { ...readyCheck(spec), periodSeconds: 1, ...checkTiming(spec) },
    resources: podResources(spec, deploy),
    securityContext: restrictedContainer,
  };
  const replicas = initialReplicas(spec, deploy);
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        ...(replicas === undefined ? {} : { replicas }),
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            ...(deploy.runtimeClass === undefined ? {} : { runtimeClassName: deploy.runtimeClass }),
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            terminationGracePeriodSeconds: terminationGraceSeconds,
            containers: [container],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: labels, ports: [{ name: "http", port: 80, targetPort: "http" }] },
    },
  ];
}

/**
 * How many pods are applied; undefined where an autoscaler owns the number, so that applying again does not undo it.
 */
export function initialReplicas(spec: TargetSpec, deploy: DeploySpec): number | undefined {
  if (deploy.replicas !== undefined) return deploy.replicas;
  switch (spec.kind) {
    case "server":
      return spec.servers;
    case "spinkube":
      return spec.autoscaler === undefined ? spec.replicas : undefined;
    case "knative":
      return spec.autoscaler === undefined ? Math.max(spec.minScale, 1) : undefined;
    default:
      return 1;
  }
}

/** A function of one's own, whose requests a scenario shapes, is only asked whether it listens. */
function readyCheck({ live }: TargetSpec): object {
  const isOwn = live?.path !== undefined || live?.method !== undefined || live?.body !== undefined;
  return isOwn ? { tcpSocket: { port: "http" } } : { httpGet: { path: protocol.readyPath, port: "http" } };
}

function checkTiming(spec: TargetSpec): object {
  const check = spec.kind === "spinkube" ? spec.checks?.readiness : undefined;
  if (check === undefined) return {};
  return { initialDelaySeconds: Math.ceil(check.initialDelay), periodSeconds: Math.max(1, Math.ceil(check.period)) };
}
