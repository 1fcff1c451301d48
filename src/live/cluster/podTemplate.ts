import type { DeploySpec, TargetSpec } from "../../scenario/scenario.ts";

/** What Pod Security "restricted" asks of a container. */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 65532,
  seccompProfile: { type: "RuntimeDefault" },
} as const;

/** Cores as Kubernetes writes them: whole millicores. */
export const cpuText = (cores: number): string =>
  Number.isInteger(cores) ? String(cores) : `${Math.max(1, Math.round(cores * 1000))}m`;

/** What a pod asks for and may use at most; without a limit of its own, memory is left to the namespace. */
export function podResources(spec: TargetSpec, deploy: DeploySpec): object {
  const cores = "cores" in spec ? spec.cores : 1;
  const memory = spec.memory === undefined ? {} : { memory: memoryText(spec.memory) };
  return {
    // The HPA's share is of what is requested; only with the whole asked for does it mean what the scenario means.
    requests: { cpu: cpuText(scalesOnCpu(spec) ? cores : Math.min(deploy.cpu, cores)), ...memory },
    limits: { cpu: cpuText(cores), ...memory },
  };
}

/** What the function reads from its environment. */
export function functionEnvironment(
  spec: TargetSpec,
  deploy: DeploySpec,
): { readonly name: string; readonly value: string }[] {
  const concurrency = spec.kind === "server" && spec.concurrency !== Infinity ? spec.concurrency : undefined;
  const pairs: Record<string, string> = {
    ...(concurrency === undefined ? {} : { COLDCAST_CONCURRENCY: String(concurrency) }),
    ...(deploy.roundsPerSecond === undefined ? {} : { COLDCAST_ROUNDS_PER_SECOND: String(deploy.roundsPerSecond) }),
    ...deploy.env,
  };
  return Object.entries(pairs).map(([name, value]) => ({ name, value }));
}

const scalesOnCpu = (spec: TargetSpec): boolean =>
  "autoscaler" in spec && spec.autoscaler?.kind === "hpa" && spec.autoscaler.metric === "cpu";

function memoryText(bytes: number): string {
  for (const [unit, size] of [
    ["Gi", 2 ** 30],
    ["Mi", 2 ** 20],
    ["Ki", 2 ** 10],
  ] as const) {
    if (bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return String(Math.ceil(bytes));
}
