import { describe, expect, it } from "vitest";
import { TargetError } from "../../src/base/check.ts";
import type { Kubernetes } from "../../src/live/cluster/kubernetes.ts";
import { examine } from "../../src/live/doctor.ts";

const nothing = { PATH: "/nowhere" };

/** A cluster that has these kinds and objects, and is asked nothing else. */
function cluster(kinds: readonly string[], services: readonly string[]): () => Promise<Kubernetes> {
  const known: Partial<Kubernetes> = {
    server: "https://cluster",
    has: async ({ kind }) => kinds.includes(kind),
    read: async () => ({ gitVersion: "v1.34.4" }),
    list: async () => ({
      items: [
        { apiVersion: "node.k8s.io/v1", kind: "RuntimeClass", metadata: { name: "wasmtime" }, handler: "wasmtime" },
      ],
      resourceVersion: "1",
    }),
    get: async ({ apiVersion, kind, namespace = "", name }) =>
      services.includes(`${namespace}/${name}`) ? { apiVersion, kind, metadata: { namespace, name } } : null,
    close: async () => {},
  };
  return async () => known as Kubernetes;
}

describe("the doctor", () => {
  it("finds nothing but Node on a bare machine, and says what each thing would allow", async () => {
    const refuse = () => Promise.reject(new TargetError("cluster", "no kubeconfig", { retriable: false }));
    const findings = await examine({ env: nothing, open: refuse });
    expect(findings.filter(({ found }) => found).map(({ what }) => what)).toEqual(["Node"]);
    expect(findings.every(({ allows }) => allows !== "")).toBe(true);
    expect(findings.find(({ what }) => what === "Kubernetes")!.detail).toBe("cluster: no kubeconfig");
  });

  it("tells a cluster's platforms, its Wasm runtime and its gateway", async () => {
    const findings = await examine({ env: nothing, open: cluster(["Service"], ["istio-system/istio-ingressgateway"]) });
    const found = findings.filter((each) => each.found).map(({ what, detail }) => [what, detail]);
    expect(found).toEqual([
      ["Node", process.versions.node],
      ["Kubernetes", "v1.34.4 at https://cluster"],
      ["Knative Serving", "serves Service in serving.knative.dev/v1"],
      ["Wasm runtime", "RuntimeClass wasmtime"],
      ["Knative gateway", "istio-system/istio-ingressgateway"],
    ]);
  });

  it("says that a named broker is not there", async () => {
    const env = { ...nothing, KAFKA_BOOTSTRAP: "127.0.0.1:1" };
    const kafka = (await examine({ env, open: cluster([], []) })).find(({ what }) => what === "Kafka")!;
    expect(kafka).toMatchObject({ found: false, detail: expect.stringContaining("ECONNREFUSED") });
  });
});
