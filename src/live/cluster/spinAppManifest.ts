import type { SpinkubeSpec } from "../../scenario/scenario.ts";
import { initialReplicas } from "./deploymentManifest.ts";
import type { KubernetesObject } from "./kubernetesObject.ts";
import type { ManifestTarget } from "./manifestTarget.ts";
import { podResources } from "./podTemplate.ts";

/** The RuntimeClass that SpinKube's own installation makes, and the handler behind it. */
export const spinRuntimeClass = "wasmtime-spin-v2";

/** A SpinApp, of which the spin-operator makes a Deployment and a Service of the same name; and its executor. */
export function spinAppManifest(target: ManifestTarget<SpinkubeSpec>): KubernetesObject[] {
  const { spec, deploy, name, labels, image } = target;
  const { namespace } = deploy;
  const runtimeClassName = deploy.runtimeClass ?? spinRuntimeClass;
  const executor = runtimeClassName === spinRuntimeClass ? "containerd-shim-spin" : `coldcast-${runtimeClassName}`;
  // With an autoscaler the operator leaves the number of pods alone, and refuses a number in the SpinApp.
  const scale =
    spec.autoscaler === undefined
      ? { replicas: Math.max(1, initialReplicas(spec, deploy) ?? 1) }
      : { enableAutoscaling: true };
  return [
    {
      apiVersion: "core.spinkube.dev/v1alpha1",
      kind: "SpinAppExecutor",
      metadata: { name: executor, namespace, labels: withoutTarget(labels) },
      spec: { createDeployment: true, deploymentConfig: { runtimeClassName, installDefaultCACerts: true } },
    },
    {
      apiVersion: "core.spinkube.dev/v1alpha1",
      kind: "SpinApp",
      metadata: { name, namespace, labels },
      spec: {
        image,
        executor,
        ...scale,
        podLabels: labels,
        // Spin passes no environment on; a variable is how a component learns its pod's name.
        variables: [
          { name: "pod", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
          ...Object.entries(deploy.env ?? {}).map(([key, value]) => ({ name: key.toLowerCase(), value })),
        ],
        resources: podResources(spec, deploy),
        checks: { readiness: readiness(spec) },
      },
    },
  ];
}

/** Spin answers this path itself, without an instance. The CRD's own default would wait 10 s before the first look. */
function readiness({ checks }: SpinkubeSpec): object {
  const { initialDelay, period } = checks?.readiness ?? { initialDelay: 1, period: 1 };
  return {
    httpGet: { path: "/.well-known/spin/health" },
    initialDelaySeconds: Math.ceil(initialDelay),
    periodSeconds: Math.max(1, Math.ceil(period)),
  };
}

/** An executor is shared by the targets of its namespace. */
function withoutTarget(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !/target|kubernetes\.io\/name$/.test(key)));
}
