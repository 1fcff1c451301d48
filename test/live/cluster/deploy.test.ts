import { describe, expect, it } from "vitest";
import { deploy } from "../../../src/live/cluster/deploy.ts";
import { manifests } from "../../../src/live/cluster/manifests.ts";
import { undeploy } from "../../../src/live/cluster/undeploy.ts";
import { parseScenario } from "../../../src/scenario/parse.ts";
import { fakeKubernetes } from "./fakeKubernetes.ts";

const made = manifests(
  parseScenario(`
name: small
duration: 1min
arrivals: { kind: poisson, rate: 1/s }
work: 1ms
targets:
  a: { kind: server, live: { deploy: { image: "dev.local/work:1", replicas: 0, namespace: apps } } }
  b: { kind: spinkube, replicas: 1, live: { deploy: { as: deployment, runtimeClass: wasmtime, image: "dev.local/work:1", replicas: 0, namespace: apps } } }
`),
);
const options = { scenario: "small", patienceSeconds: 1 };
const names = (kubernetes: ReturnType<typeof fakeKubernetes>): string[] =>
  [...kubernetes.objects.values()].map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();

describe("deploy and undeploy, on a cluster in memory", () => {
  it("puts everything there, twice the same, and takes everything away", async () => {
    const kubernetes = fakeKubernetes();
    await deploy(kubernetes, made, options);
    const after = names(kubernetes);
    expect(after).toEqual([
      "Deployment a",
      "Deployment b",
      "Namespace apps",
      "NetworkPolicy a",
      "NetworkPolicy b",
      "NetworkPolicy small-default-deny",
      "RuntimeClass wasmtime",
      "Service a",
      "Service b",
    ]);
    const again = await deploy(kubernetes, made, options);
    expect(names(kubernetes)).toEqual(after);
    expect(again.targets.map(({ place }) => place)).toEqual(["deployment:apps/a", "deployment:apps/b"]);
    expect((await undeploy(kubernetes, made, options)).removed.length).toBe(after.length);
    expect(names(kubernetes)).toEqual([]);
  });

  it("uses another's Namespace and RuntimeClass, and leaves them", async () => {
    const kubernetes = fakeKubernetes();
    const [namespace, runtimeClass] = made.shared;
    kubernetes.put(namespace!);
    kubernetes.put(runtimeClass!);
    expect((await deploy(kubernetes, made, options)).left).toEqual(["Namespace apps", "RuntimeClass wasmtime"]);
    await undeploy(kubernetes, made, options);
    expect(names(kubernetes)).toEqual(["Namespace apps", "RuntimeClass wasmtime"]);
  });

  it("never touches what it did not make, though it be labelled as if", async () => {
    const kubernetes = fakeKubernetes();
    const stranger = made.targets[1]!.objects[0]!;
    kubernetes.put(stranger);
    await expect(deploy(kubernetes, made, options)).rejects.toThrow(/Deployment apps\/b: it is there already/);
    expect(names(kubernetes)).toEqual(["Deployment b"]);
    expect((await undeploy(kubernetes, made, options)).removed).toEqual([]);
    expect(names(kubernetes)).toEqual(["Deployment b"]);
  });

  it("nor what another scenario deployed", async () => {
    const kubernetes = fakeKubernetes();
    await deploy(kubernetes, made, options);
    const before = names(kubernetes);
    await undeploy(kubernetes, made, { scenario: "other" });
    expect(names(kubernetes)).toEqual(before);
  });

  it("a refusal in the dry run changes nothing", async () => {
    const kubernetes = fakeKubernetes(({ metadata }, dryRun) =>
      dryRun && metadata.name === "b" ? "spec.wrong" : null,
    );
    kubernetes.put(made.shared[0]!);
    await expect(deploy(kubernetes, made, options)).rejects.toThrow(/spec\.wrong/);
    expect(names(kubernetes)).toEqual(["Namespace apps"]);
  });

  it("a refusal later takes back what was made, and only that", async () => {
    const refused = { now: false };
    const kubernetes = fakeKubernetes(({ kind, metadata }, dryRun) =>
      refused.now && !dryRun && kind === "Service" && metadata.name === "b" ? "quota" : null,
    );
    await deploy(kubernetes, { ...made, targets: made.targets.slice(0, 1) }, options);
    const before = names(kubernetes);
    refused.now = true;
    await expect(deploy(kubernetes, made, options)).rejects.toThrow(/quota/);
    expect(names(kubernetes)).toEqual(before);
  });

  it("a namespace with somebody else's things in it stays, and the reason is said", async () => {
    const kubernetes = fakeKubernetes();
    await deploy(kubernetes, made, options);
    kubernetes.put({ apiVersion: "v1", kind: "Secret", metadata: { name: "mine", namespace: "apps" } });
    const { kept } = await undeploy(kubernetes, made, options);
    expect(kept).toEqual(["Namespace apps: Secret apps/mine is in it"]);
    expect(names(kubernetes)).toEqual(["Namespace apps", "Secret mine"]);
  });

  it("an interrupted deploy takes back what was made", async () => {
    const controller = new AbortController();
    const kubernetes = fakeKubernetes(({ kind }, dryRun) => {
      if (kind === "Service" && !dryRun) controller.abort();
      return controller.signal.aborted ? "interrupted" : null;
    });
    await expect(deploy(kubernetes, made, { ...options, signal: controller.signal })).rejects.toThrow(/interrupted/);
    expect(names(kubernetes)).toEqual([]);
  });
});
