import { fieldAt, type KubernetesObject } from "../../../src/live/cluster/kubernetesObject.ts";

/** The pod templates of an object: where its containers are. */
const templates = [
  ["spec", "template", "spec"],
  ["spec", "jobTemplate", "spec", "template", "spec"],
];

/**
 * What keeps an object's pods from Pod Security "restricted".
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podSecurityProblems(object: KubernetesObject): string[] {
  const pod = templates.map((path) => fieldAt(object, ...path)).find((found) => found !== undefined);
  if (pod === undefined) return [];
  const containers = (fieldAt(pod, "containers") ?? []) as readonly unknown[];
  return containers.flatMap((container) => {
    const at = (...path: string[]): unknown =>
      fieldAt(container, "securityContext", ...path) ?? fieldAt(pod, "securityContext", ...path);
    const found: string[] = [];
    if (at("allowPrivilegeEscalation") !== false) found.push("allowPrivilegeEscalation");
    if (at("runAsNonRoot") !== true) found.push("runAsNonRoot");
    if (at("seccompProfile", "type") !== "RuntimeDefault") found.push("seccompProfile");
    if (!JSON.stringify(at("capabilities", "drop") ?? []).includes("ALL")) found.push("capabilities");
    if (
      fieldAt(container, "image")
        ?.toString()
        .match(/:latest$|^[^:@]+$/)
    )
      found.push("image without a tag");
    return found.map((problem) => `${object.kind} ${object.metadata.name}: ${problem}`);
  });
}
