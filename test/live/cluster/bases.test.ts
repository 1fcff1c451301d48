import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import type { KubernetesObject } from "../../../src/live/cluster/kubernetesObject.ts";
import { podSecurityProblems } from "./podSecurity.ts";
import { problemsOf } from "./schemas.ts";

const isObjects = (file: string): boolean => !/(kustomization|values)\.yaml$/.test(file);
const objects = globSync("k8s/**/*.yaml")
  .filter(isObjects)
  .sort()
  .flatMap((file) =>
    parseAllDocuments(readFileSync(file, "utf8")).map(
      (document) => [file, document.toJS() as KubernetesObject] as const,
    ),
  );

describe("the bases of k8s/", () => {
  it.each(objects.map(([file, object]) => [`${file} ${object.kind}`, object] as const))("%s", (_, object) => {
    // Cilium's definitions are not at hand, as its README says.
    if (object.kind === "CiliumNetworkPolicy") return;
    expect(problemsOf(object)).toEqual([]);
    expect(podSecurityProblems(object)).toEqual([]);
  });

  it("name only files that are there, and leave none out", () => {
    for (const file of globSync("k8s/**/kustomization.yaml")) {
      const { resources } = parse(readFileSync(file, "utf8")) as { resources: string[] };
      for (const resource of resources)
        expect(existsSync(join(dirname(file), resource)), `${file}: ${resource}`).toBe(true);
      const own = globSync(join(dirname(file), "*.yaml")).filter(isObjects);
      expect(own.filter((each) => !resources.some((resource) => each.endsWith(resource)))).toEqual([]);
    }
  });

  it("each have a README", () => {
    for (const folder of globSync("k8s/*", { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
      expect(existsSync(join("k8s", folder.name, "README.md")), folder.name).toBe(true);
    }
  });
});
