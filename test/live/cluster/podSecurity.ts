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
  const lists = ["containers", "initContainers", "ephemeralContainers"].map((name) => fieldAt(pod, name) ?? []);
  const ofPod = podProblems(pod).map((problem) => `${object.kind} ${object.metadata.name}: ${problem}`);
  const found = (lists.flat() as readonly unknown[]).flatMap((container) => {
    const at = (...path: string[]): unknown =>
      fieldAt(container, "securityContext", ...path) ?? fieldAt(pod, "securityContext", ...path);
    const found: string[] = [];
    if (at("allowPrivilegeEscalation") !== false) found.push("allowPrivilegeEscalation");
    if (at("runAsNonRoot") !== true) found.push("runAsNonRoot");
    if (at("seccompProfile", "type") !== "RuntimeDefault") found.push("seccompProfile");
    if (!JSON.stringify(at("capabilities", "drop") ?? []).includes("ALL")) found.push("capabilities");
    if (fieldAt(container, "securityContext", "capabilities", "add") !== undefined) found.push("capabilities added");
    if (at("runAsUser") === 0) found.push("runs as root");
    if (at("privileged") === true) found.push("privileged");
    if (at("procMount") !== undefined || at("seLinuxOptions") !== undefined) found.push("procMount, seLinuxOptions");
    const ports = (fieldAt(container, "ports") ?? []) as readonly unknown[];
    if (ports.some((port) => fieldAt(port, "hostPort") !== undefined)) found.push("hostPort");
    if (
      fieldAt(container, "image")
        ?.toString()
        .match(/:latest$|^[^:@]+$/)
    )
      found.push("image without a tag");
    return found.map((problem) => `${object.kind} ${object.metadata.name}: ${problem}`);
  });
  return [...ofPod, ...found];
}

/** The volumes that a restricted pod may have. */
const volumeKinds = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

function podProblems(pod: unknown): string[] {
  const wanted = ["hostNetwork", "hostPID", "hostIPC"].filter((name) => fieldAt(pod, name) === true);
  const volumes = (fieldAt(pod, "volumes") ?? []) as readonly object[];
  const kinds = volumes.flatMap((volume) => Object.keys(volume).filter((key) => key !== "name"));
  const foreign = kinds.filter((kind) => !volumeKinds.includes(kind)).map((kind) => `volume ${kind}`);
  const sysctls = fieldAt(pod, "securityContext", "sysctls") === undefined ? [] : ["sysctls"];
  // A pod that speaks to the API says as whom; Knative's own controller refuses the field.
  const isMounted =
    fieldAt(pod, "automountServiceAccountToken") !== false && fieldAt(pod, "containerConcurrency") === undefined;
  const token = isMounted && fieldAt(pod, "serviceAccountName") === undefined ? ["automountServiceAccountToken"] : [];
  return [...wanted, ...foreign, ...sysctls, ...token];
}
