import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { senderJob, senderSecret } from "../../src/live/cluster/jobManifests.ts";
import { type Kubernetes, openKubernetes } from "../../src/live/cluster/kubernetes.ts";
import { fieldAt, type KubernetesObject } from "../../src/live/cluster/kubernetesObject.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { transcript } from "../cli/transcript.ts";
import { containerImage, noCluster, pause, scenarioFile } from "./lab.ts";

/** An image of coldcast itself that the nodes have, as k8s/jobs/image.sh makes it. */
const image = process.env.COLDCAST_CLUSTER_SELF_IMAGE;
const name = `senders-${process.pid}`;
const text = `
name: ${name}
seed: 11
duration: 10s
arrivals: { kind: poisson, rate: 30/s }
work: 5ms
targets: { fn: { kind: server, concurrency: unlimited, timeout: 20s, live: { deploy: { image: "${containerImage}", namespace: ${name} } } } }
`;
const { file, folder } = scenarioFile(text);

/** As written, but asking for less than a core, which a small test cluster has not to spare. */
function small(object: KubernetesObject): KubernetesObject {
  return object.kind === "Job"
    ? (JSON.parse(JSON.stringify(object).replace('"cpu":"1"', '"cpu":"100m"')) as KubernetesObject)
    : object;
}

describe.skipIf(noCluster || image === undefined)("senders as an Indexed Job (COLDCAST_CLUSTER_SELF_IMAGE)", () => {
  let kubernetes: Kubernetes;
  beforeAll(async () => {
    kubernetes = await openKubernetes();
    expect((await transcript(["deploy", file])).code).toBe(0);
  });
  afterAll(async () => {
    await transcript(["undeploy", file]);
    await kubernetes.delete({ apiVersion: "v1", kind: "Namespace", name });
    await kubernetes.close();
    rmSync(folder, { recursive: true });
  });

  it("meet, send each their shard of the one schedule, and the first one has the whole answer", async () => {
    const scenario = parseScenario(text);
    const job = senderJob(scenario, { namespace: name, image: image!, count: 2 });
    const token = {
      metadata: { name: senderSecret(scenario), namespace: name },
      stringData: { token: name.padEnd(16, "x") },
    };
    await kubernetes.apply({ apiVersion: "v1", kind: "Secret", ...token });
    for (const object of job) await kubernetes.apply(small(object));
    const reference = { apiVersion: "batch/v1", kind: "Job", namespace: name, name: `${name}-senders` };
    for (;;) {
      const status = fieldAt(await kubernetes.get(reference), "status");
      expect(fieldAt(status, "failed") ?? 0).toBe(0);
      if (fieldAt(status, "succeeded") === 2) break;
      await pause(500);
    }
    const { items } = await kubernetes.list({ apiVersion: "v1", kind: "Pod", namespace: name });
    const first = items.find((pod) => pod.metadata.name.startsWith(`${name}-senders-0-`))!;
    const logged = execFileSync("kubectl", ["--namespace", name, "logs", first.metadata.name], { encoding: "utf8" });
    const answer = JSON.parse(logged.replace(/^replay.*\n/gm, "")) as {
      targets: { counts: { scheduled: number; completed: number; sent: number } }[];
    };
    const { scheduled, completed, sent } = answer.targets[0]!.counts;
    expect(scheduled).toBeGreaterThan(200);
    expect([sent, completed]).toEqual([scheduled, scheduled]);
  });
});
