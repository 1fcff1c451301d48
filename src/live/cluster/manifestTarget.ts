import type { DeploySpec, KnativeSpec, ServerSpec, SpinkubeSpec, TargetSpec } from "../../scenario/scenario.ts";

/** The kinds of target that can be deployed as pods. */
export type DeployableSpec = ServerSpec | KnativeSpec | SpinkubeSpec;

/** One target, with all that its manifests are made of. */
export interface ManifestTarget<Spec extends TargetSpec = DeployableSpec> {
  readonly spec: Spec;
  readonly deploy: DeploySpec;
  /** In Kubernetes. */
  readonly name: string;
  readonly image: string;
  /** Of its objects and pods; together they select its pods and no others. */
  readonly labels: Readonly<Record<string, string>>;
}
