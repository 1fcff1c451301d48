import type { KnativeSpec } from "../../scenario/scenario.ts";
import { annotationPrefix, annotationsOf } from "./knativeAnnotations.ts";
import type { KubernetesObject } from "./kubernetesObject.ts";
import type { ManifestTarget } from "./manifestTarget.ts";
import { functionEnvironment, podResources, restrictedContainer } from "./podTemplate.ts";

/** Knative's own maximum of a revision's time-out, unless its administrator raised it. */
const timeoutMaxSeconds = 600;

/** A Knative Service whose revision has every setting that the scenario's target has. */
export function knativeManifest({ spec, deploy, name, labels, image }: ManifestTarget<KnativeSpec>): KubernetesObject {
  const env = functionEnvironment(spec, deploy);
  return {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name, namespace: deploy.namespace, labels },
    spec: {
      template: {
        metadata: { labels, annotations: { ...annotationsOf(spec), ...classOf(spec) } },
        spec: {
          containerConcurrency: spec.containerConcurrency,
          timeoutSeconds: Math.min(timeoutMaxSeconds, Math.max(1, Math.ceil(spec.timeout))),
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          // A revision's container may not ask for its pod's name (a feature that is off by default); the runtime sets HOSTNAME.
          containers: [
            {
              name: "function",
              image,
              imagePullPolicy: "IfNotPresent",
              ports: [{ name: "http1", containerPort: deploy.port ?? 8080 }],
              ...(env.length === 0 ? {} : { env }),
              resources: podResources(spec, deploy),
              securityContext: restrictedContainer,
            },
          ],
          ...(deploy.runtimeClass === undefined ? {} : { runtimeClassName: deploy.runtimeClass }),
        },
      },
    },
  };
}

/** Knative's own autoscaler, or the HPA on cpu in percent of what is requested. */
function classOf({ autoscaler }: KnativeSpec): Record<string, string> {
  const key = (name: string): string => `${annotationPrefix}${name}`;
  if (autoscaler === undefined) return { [key("class")]: "kpa.autoscaling.knative.dev" };
  const { min, max, target } = autoscaler as { min: number; max: number; target: number };
  return {
    [key("class")]: "hpa.autoscaling.knative.dev",
    [key("metric")]: "cpu",
    [key("target")]: String(Math.round(target * 100)),
    [key("min-scale")]: String(min),
    [key("max-scale")]: String(max),
  };
}
