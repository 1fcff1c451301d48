import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { fieldAt, type KubernetesObject } from "../../src/live/cluster/kubernetesObject.ts";
import { everyJob, everyManifest } from "../live/cluster/everyManifest.ts";

// Schemas and Pod Security of the same objects: test/live/cluster/{manifests,bases}.test.ts.

const made = everyManifest();
const written: readonly KubernetesObject[] = [
  ...made.shared,
  ...made.targets.flatMap(({ objects }) => objects),
  ...everyJob(),
];
const bases = globSync("k8s/**/*.yaml")
  .filter((file) => !/(kustomization|values)\.yaml$/.test(file))
  .toSorted()
  .flatMap((file) =>
    parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS() as KubernetesObject),
  );
const every = [...written, ...bases];

const podOf = (
  object: KubernetesObject,
): { readonly labels: Record<string, string>; readonly spec: unknown } | undefined => {
  const template = fieldAt(object, "spec", "template");
  const spec = fieldAt(template, "spec");
  if (fieldAt(spec, "containers") === undefined) return undefined;
  return { labels: (fieldAt(template, "metadata", "labels") ?? {}) as Record<string, string>, spec };
};

describe("networks", () => {
  const policies = every.filter(({ kind }) => kind === "NetworkPolicy");
  const covering = (object: KubernetesObject, labels: Record<string, string>) =>
    policies.filter(({ metadata, spec }) => {
      const wanted = Object.entries((fieldAt(spec, "podSelector", "matchLabels") ?? {}) as Record<string, string>);
      return (
        metadata.namespace === object.metadata.namespace && wanted.every(([name, value]) => labels[name] === value)
      );
    });

  it.each(
    every
      .filter((object) => podOf(object) !== undefined)
      .map((object) => [`${object.kind} ${object.metadata.name}`, object] as const),
  )("%s: nothing comes in or goes out that no policy lets through", (_, object) => {
    const own = covering(object, podOf(object)!.labels);
    const types = own.flatMap(({ spec }) => fieldAt(spec, "policyTypes") as string[]);
    expect(types).toEqual(expect.arrayContaining(["Ingress", "Egress"]));
    // What comes in does so at named ports.
    const rules = own.flatMap(({ spec }) => (fieldAt(spec, "ingress") ?? []) as readonly unknown[]);
    expect(rules.filter((rule) => fieldAt(rule, "ports") === undefined)).toEqual([]);
  });

  it("only senders call whom they like: what they measure, names, the API", () => {
    const open = policies.filter(({ spec }) => ((fieldAt(spec, "egress") ?? []) as readonly unknown[]).length > 0);
    expect(open.map(({ metadata }) => metadata.name)).toEqual(["every-form-senders"]);
  });
});

describe("rights", () => {
  const roles = every.filter(({ kind }) => kind === "Role" || kind === "ClusterRole");
  const rules = roles.flatMap((role) =>
    (role.rules as { apiGroups: string[]; resources: string[]; verbs: string[] }[]).map((rule) => ({
      role: role.metadata.name,
      ...rule,
    })),
  );

  it("name what they are for, and nothing that gives more rights", () => {
    expect(roles.map(({ metadata }) => metadata.name).toSorted()).toEqual([
      "coldcast-deployer",
      "coldcast-replayer",
      "every-form-senders",
    ]);
    expect(rules.filter((rule) => [...rule.apiGroups, ...rule.resources, ...rule.verbs].includes("*"))).toEqual([]);
    expect(
      rules.filter(({ verbs }) =>
        verbs.some((verb) => ["bind", "escalate", "impersonate", "deletecollection"].includes(verb)),
      ),
    ).toEqual([]);
    expect(
      rules.filter(({ resources }) =>
        resources.some((name) =>
          /^(?:pods\/exec|pods\/attach|nodes\/proxy|serviceaccounts\/token|clusterroles|roles)/.test(name),
        ),
      ),
    ).toEqual([]);
  });

  it("never read what is in a Secret, but for undeploy, which lists them before it removes a namespace", () => {
    const reading = rules.filter(({ resources }) => resources.includes("secrets"));
    expect(reading.map(({ role, verbs }) => [role, verbs])).toEqual([["coldcast-deployer", ["list"]]]);
  });

  it("are bound to an account of their own, within its namespace", () => {
    const bindings = every.filter(({ kind }) => kind.endsWith("Binding"));
    expect(bindings.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([
      ["RoleBinding", "every-form-senders"],
    ]);
  });
});

describe("secrets", () => {
  it("stand in no manifest: the senders' token is a file of a Secret that is made beside it", () => {
    expect(every.filter(({ kind }) => kind === "Secret")).toEqual([]);
    const job = written.find(({ kind, metadata }) => kind === "Job" && metadata.name === "every-form-senders");
    const container = fieldAt(job, "spec", "template", "spec", "containers", 0);
    expect(fieldAt(container, "env")).toContainEqual({ name: "COLDCAST_TOKEN_FILE", value: "/token/token" });
    expect(fieldAt(container, "volumeMounts")).toContainEqual({ name: "token", mountPath: "/token", readOnly: true });
    expect(fieldAt(job, "spec", "template", "spec", "volumes")).toContainEqual({
      name: "token",
      secret: { secretName: "every-form-senders-token", defaultMode: 0o440 },
    });
    expect(JSON.stringify(fieldAt(container, "args"))).not.toContain("token");
  });
});

describe("images", () => {
  it("have a tag other than latest, or a digest", () => {
    const images = every.flatMap((object) => [
      ...((fieldAt(podOf(object)?.spec, "containers") ?? []) as readonly { image?: string }[]).map(
        ({ image = "" }) => image,
      ),
      ...(typeof fieldAt(object, "spec", "image") === "string" ? [String(fieldAt(object, "spec", "image"))] : []),
    ]);
    expect(images.length).toBeGreaterThan(10);
    expect(images.filter((image) => !/(?:@sha256:[0-9a-f]{64}|:(?!latest$)[\w.-]+)$/.test(image))).toEqual([]);
  });
});
