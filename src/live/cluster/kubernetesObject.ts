/** Any object of the Kubernetes API, as JSON: what is not named here is read with a check by those who need it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
  readonly managedFields?: readonly ManagedFields[];
}

export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
}

/** A kind of object, such as `{ apiVersion: "apps/v1", kind: "Deployment" }`. */
export interface ObjectKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** One object by name; where a namespaced kind names no namespace, the current context's is meant. */
export interface ObjectReference extends ObjectKind {
  readonly name: string;
  readonly namespace?: string;
}

/** Several objects of one kind; without a namespace, those of all namespaces. */
export interface Selection extends ObjectKind {
  readonly namespace?: string;
  /** A label selector, such as `app=hello`. */
  readonly labels?: string;
  /** A field selector, such as `metadata.name=hello`. */
  readonly fields?: string;
}

/** `Deployment lab/hello`, for messages. */
export function describeObject({
  kind,
  name,
  namespace,
}: {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** The value at a path of fields and list places, undefined where there is none. */
export function fieldAt(object: unknown, ...path: readonly (string | number)[]): unknown {
  let at = object;
  for (const step of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Readonly<Record<string | number, unknown>>)[step];
  }
  return at;
}
