import { Document, visit } from "yaml";
import type { KubernetesObject } from "./kubernetesObject.ts";
import type { Manifests } from "./manifests.ts";

/**
 * The files of a folder that `kubectl apply -k` takes: one per target, one per kind of what they share, and the list.
 *
 * @returns text by file name, `kustomization.yaml` included
 */
export function kustomizeFiles({ shared, targets }: Manifests, comment = ""): ReadonlyMap<string, string> {
  const groups = new Map<string, KubernetesObject[]>();
  const put = (file: string, objects: readonly KubernetesObject[]): void => {
    if (objects.length > 0) groups.set(file, [...(groups.get(file) ?? []), ...objects]);
  };
  for (const object of shared) put(`${object.kind.toLowerCase()}.yaml`, [object]);
  for (const { name, objects } of targets) put(`targets/${name}.yaml`, objects);
  const list = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources: [...groups.keys()] };
  return new Map([
    ["kustomization.yaml", yamlText(list, comment)],
    ...[...groups].map(([file, objects]): [string, string] => [file, yamlStream(objects)]),
  ]);
}

/** Objects as one stream of documents, which `kubectl apply -f -` takes. */
export const yamlStream = (objects: readonly KubernetesObject[]): string =>
  objects.map((object) => yamlText(object)).join("---\n");

function yamlText(object: object, comment = ""): string {
  const document = new Document(object, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, node) => {
      // Words that YAML 1.1, which Kubernetes reads, takes for something else than text.
      if (typeof node.value === "string" && /^(y|n|yes|no|on|off|true|false|[-+.\d].*)$/i.test(node.value)) {
        node.type = "QUOTE_DOUBLE";
      }
    },
  });
  if (comment !== "") document.commentBefore = comment.replace(/^/gm, " ");
  return document.toString({ lineWidth: 0 });
}
