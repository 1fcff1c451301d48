import { readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { deploy } from "../../src/live/cluster/deploy.ts";
import { type Kubernetes, openKubernetes } from "../../src/live/cluster/kubernetes.ts";
import type { KubernetesObject } from "../../src/live/cluster/kubernetesObject.ts";
import { manifests } from "../../src/live/cluster/manifests.ts";
import { undeploy } from "../../src/live/cluster/undeploy.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { transcript } from "../cli/transcript.ts";
import { containerImage, isGone, noCluster, scenarioFile } from "./lab.ts";

const name = `rights-${process.pid}`;
const text = `
name: ${name}
duration: 2s
arrivals: { kind: poisson, rate: 10/s }
work: 1ms
targets: { fn: { kind: server, concurrency: unlimited, live: { deploy: { image: "${containerImage}", namespace: ${name} } } } }
`;
const made = manifests(parseScenario(text));
const { file, folder } = scenarioFile(text);

/** The cluster's administrator, acting as somebody else. */
function kubeconfigAs(user: string): string {
  const config = parse(readFileSync(process.env.KUBECONFIG!, "utf8")) as { users: { user: Record<string, unknown> }[] };
  for (const each of config.users) each.user.as = user;
  return stringify(config);
}

describe.skipIf(noCluster)("the roles of k8s/rbac suffice, each for its own", () => {
  let admin: Kubernetes;
  const bound: KubernetesObject[] = [];
  beforeAll(async () => {
    admin = await openKubernetes();
    for (const role of ["deployer", "replayer"]) {
      const object = parse(readFileSync(`k8s/rbac/${role}.yaml`, "utf8")) as KubernetesObject;
      const clusterRole = { ...object, metadata: { name: `${name}-${role}` } };
      const binding = {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name: `${name}-${role}` },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: `${name}-${role}` },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: role }],
      };
      for (const each of [clusterRole, binding]) {
        await admin.apply(each);
        bound.push(each);
      }
    }
  });
  afterAll(async () => {
    for (const { metadata, ...kind } of bound) await admin.delete({ ...kind, name: metadata.name });
    await admin.close();
    rmSync(folder, { recursive: true });
  });

  it("a deployer deploys, a replayer replays from zero but may not undeploy, and the deployer undeploys", async () => {
    const deployer = await openKubernetes({ kubeconfig: kubeconfigAs("deployer") });
    const deployed = await deploy(deployer, made, { scenario: name, patienceSeconds: 60 });
    expect(deployed.targets).toMatchObject([{ target: "fn", pods: 1 }]);

    const asReplayer = scenarioFile(kubeconfigAs("replayer"));
    const before = process.env.KUBECONFIG;
    process.env.KUBECONFIG = asReplayer.file;
    const replayed = await transcript(["replay", file, "--at", "cluster@zero", "--out", folder]);
    const refused = await transcript(["undeploy", file]);
    process.env.KUBECONFIG = before;
    rmSync(asReplayer.folder, { recursive: true });
    expect(replayed.code, replayed.err).toBe(0);
    expect(refused.code).toBe(3);
    expect(refused.err).toMatch(/User "replayer" cannot .*k8s\/rbac/);

    await undeploy(deployer, made, { scenario: name });
    await deployer.close();
    expect(await isGone(admin, name)).toBe(true);
  });
});
