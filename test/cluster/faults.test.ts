import { exec } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../src/live/cluster/deploy.ts";
import { type Kubernetes, openKubernetes } from "../../src/live/cluster/kubernetes.ts";
import { manifests } from "../../src/live/cluster/manifests.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { transcript } from "../cli/transcript.ts";
import { containerImage, isGone, namesIn, noCluster, pause, scenarioFile } from "./lab.ts";

const { KUBECONFIG, COLDCAST_RESTART_CONTAINERD, COLDCAST_RESTART_APISERVER } = process.env;
const shell = promisify(exec);
const name = `faults-${process.pid}`;

/** One pod, two seconds of waiting per request, so that a fault always finds requests in it. */
const scenarioText = (image = containerImage): string => `
name: ${name}
seed: 3
duration: 12s
arrivals: { kind: deterministic, interval: 100ms }
work: 2s
targets:
  slow:
    kind: server
    concurrency: unlimited
    timeout: 20s
    live: { deploy: { image: "${image}", namespace: ${name} } }
`;
const { file, folder } = scenarioFile(scenarioText());
const place = `deployment:${name}/slow`;
let kubernetes: Kubernetes;

interface Counts {
  readonly scheduled: number;
  readonly completed: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly dropped: number;
  readonly unsent: number;
}

/** A replay during which something happens after three seconds; its counts, which always add up. */
async function replayWhile(happens: () => Promise<unknown>): Promise<{ counts: Counts; out: string }> {
  const out = join(folder, "out");
  const replayed = transcript(["replay", file, "--at", `slow=${place}`, "--out", out]);
  await pause(5000);
  await happens();
  const { code, err } = await replayed;
  expect(code, err).toBe(0);
  const { targets } = JSON.parse(readFileSync(join(out, "live.json"), "utf8")) as { targets: { counts: Counts }[] };
  const { counts } = targets[0]!;
  const failed = Object.values(counts.failed).reduce((sum, count) => sum + count, 0);
  expect(counts.scheduled).toBe(counts.completed + failed + counts.dropped + counts.unsent);
  return { counts, out };
}

const podNames = async (): Promise<string[]> => {
  const { items } = await kubernetes.list({ apiVersion: "v1", kind: "Pod", namespace: name });
  return items.filter((pod) => pod.metadata.deletionTimestamp === undefined).map((pod) => pod.metadata.name);
};

describe.skipIf(noCluster)("faults of a real cluster", () => {
  beforeAll(async () => {
    kubernetes = await openKubernetes();
  });
  afterAll(async () => {
    await transcript(["undeploy", file]);
    await kubernetes.close();
    rmSync(folder, { recursive: true });
  });

  describe("while requests are under way", () => {
    beforeAll(async () => {
      const { code, err } = await transcript(["deploy", file]);
      expect(code, err).toBe(0);
    });

    it("a pod that is killed takes its requests along, and they are counted; the next pod answers the rest", async () => {
      const [pod] = await podNames();
      const { counts, out } = await replayWhile(() =>
        kubernetes.delete({ apiVersion: "v1", kind: "Pod", namespace: name, name: pod! }, { graceSeconds: 0 }),
      );
      const lost = (counts.failed.reset ?? 0) + (counts.failed.connection ?? 0);
      expect(lost).toBeGreaterThan(0);
      expect(Object.keys(counts.failed).every((kind) => kind === "reset" || kind === "connection")).toBe(true);
      expect(counts.completed).toBeGreaterThan(counts.scheduled / 3);
      const log = readFileSync(join(out, "slow.outcomes.csv"), "utf8");
      expect(new Set(log.match(/slow-[a-z0-9]+-[a-z0-9]+/g)).size).toBe(2);
    });

    it("a pod that is deleted in order answers what it has", async () => {
      const [pod] = await podNames();
      const { counts } = await replayWhile(() =>
        kubernetes.delete({ apiVersion: "v1", kind: "Pod", namespace: name, name: pod! }),
      );
      // While no pod is ready, connections are refused; what was in the pod is not lost.
      expect(Object.keys(counts.failed).every((kind) => kind === "connection")).toBe(true);
      expect(counts.completed).toBeGreaterThan(counts.scheduled / 3);
    });

    it.skipIf(COLDCAST_RESTART_CONTAINERD === undefined)(
      "containerd restarted (COLDCAST_RESTART_CONTAINERD): pods and requests live on",
      async () => {
        const before = await podNames();
        const { counts } = await replayWhile(() => shell(COLDCAST_RESTART_CONTAINERD!));
        expect(counts.completed).toBe(counts.scheduled);
        expect(await podNames()).toEqual(before);
      },
    );

    it.skipIf(COLDCAST_RESTART_APISERVER === undefined)(
      "the API server restarted (COLDCAST_RESTART_APISERVER): requests live on, and the watch is taken up again",
      async () => {
        const { counts, out } = await replayWhile(() => shell(COLDCAST_RESTART_APISERVER!));
        expect(counts.completed).toBe(counts.scheduled);
        expect(readFileSync(join(out, "slow.events.csv"), "utf8")).toMatch(/watch,.*broke/);
      },
    );
  });

  describe("while it is deployed", () => {
    beforeAll(async () => {
      await transcript(["undeploy", file]);
    });
    const expectNothingLeft = async (): Promise<void> => {
      expect(await isGone(kubernetes, name)).toBe(true);
      while ((await kubernetes.get({ apiVersion: "v1", kind: "Namespace", name })) !== null) await pause(200);
    };

    it("an image that is not there is said at once, and everything is taken back", async () => {
      const missing = scenarioFile(scenarioText("dev.local/not-there:1"));
      const { code, err } = await transcript(["deploy", missing.file, "--patience", "90s"]);
      expect(code).toBe(3);
      expect(err).toMatch(/its pods cannot start: ImagePullBackOff.*dev\.local\/not-there:1/);
      await expectNothingLeft();
    });

    it("a quota that is reached is said with its name, and everything but the namespace is taken back", async () => {
      await kubernetes.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
      await kubernetes.apply({
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "no-pods", namespace: name },
        spec: { hard: { pods: "0" } },
      });
      const { code, err } = await transcript(["deploy", file, "--patience", "60s"]);
      expect(code).toBe(3);
      expect(err).toMatch(/its pods cannot start: .*exceeded quota: no-pods/);
      expect(await namesIn(kubernetes, name)).toEqual([]);
      await kubernetes.delete({ apiVersion: "v1", kind: "Namespace", name });
      await expectNothingLeft();
    });

    it("what RBAC refuses is said with the verb and the resource, before anything is made", async () => {
      const refused = scenarioFile(scenarioText());
      const nobody = await openKubernetes({ kubeconfig: impersonating("nobody") });
      const made = manifests(parseScenario(readFileSync(refused.file, "utf8")));
      await expect(deploy(nobody, made, { scenario: name, patienceSeconds: 5 })).rejects.toThrow(
        /get Namespace faults-\d+: namespaces "faults-\d+" is forbidden: User "nobody" cannot get.*k8s\/rbac/,
      );
      await nobody.close();
      await expectNothingLeft();
    });

    it("what somebody else made is left alone, and nothing else is made", async () => {
      await kubernetes.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
      const other = { apiVersion: "v1", kind: "Service", metadata: { name: "slow", namespace: name } };
      await kubernetes.apply({ ...other, spec: { ports: [{ port: 1234 }] } });
      const { code, err } = await transcript(["deploy", file]);
      expect(code).toBe(3);
      expect(err).toMatch(
        /Service faults-\d+\/slow: it is there already and was not made by a deploy of this scenario/,
      );
      expect(await namesIn(kubernetes, name)).toEqual(["Service slow"]);
      expect((await transcript(["undeploy", file])).out).toMatch(/nothing to remove/);
      expect(await namesIn(kubernetes, name)).toEqual(["Service slow"]);
      await kubernetes.delete({ apiVersion: "v1", kind: "Namespace", name });
      await expectNothingLeft();
    });

    it.skipIf(COLDCAST_RESTART_APISERVER === undefined)(
      "the API server restarted (COLDCAST_RESTART_APISERVER): the deploy waits for it, and succeeds",
      async () => {
        const restarted = shell(COLDCAST_RESTART_APISERVER!);
        await pause(300);
        const { code, err } = await transcript(["deploy", file]);
        await restarted;
        expect(code, err).toBe(0);
        expect((await transcript(["undeploy", file])).code).toBe(0);
        await expectNothingLeft();
      },
    );

    it("a cluster that does not answer is said within the patience", async () => {
      const text = readFileSync(KUBECONFIG!, "utf8").replace(
        /server: "?https:[^",}\s]+"?/,
        'server: "https://127.0.0.1:9"',
      );
      const nowhere = await openKubernetes({ kubeconfig: text, patienceSeconds: 1 });
      const made = manifests(parseScenario(readFileSync(file, "utf8")));
      await expect(deploy(nowhere, made, { scenario: name, patienceSeconds: 5 })).rejects.toThrow(
        /look up Namespace: no answer from https:\/\/127\.0\.0\.1:9 \(.*ECONNREFUSED.*\); is the cluster up\?/,
      );
      await nowhere.close();
    });
  });
});

/** The cluster's administrator, acting as a user without any rights. */
const impersonating = (user: string): string =>
  readFileSync(KUBECONFIG!, "utf8").replace(/client-certificate-data:/, `as: ${user}, client-certificate-data:`);
