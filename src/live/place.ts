/** Where a target runs. */
export type Place = { readonly kind: "rig" } | { readonly kind: "url"; readonly url: string } | ClusterPlace;

/** Something in the cluster that the current kubeconfig names. */
export interface ClusterPlace {
  readonly kind: ClusterKind;
  readonly namespace: string;
  readonly name: string;
  /** Without a single pod at the beginning; else as it is found. */
  readonly fromZero: boolean;
  /** How many pods the first request brings, where that is not the platform's to say. */
  readonly to?: number;
}

export const clusterKinds = ["knative", "spinkube", "deployment"] as const;
export type ClusterKind = (typeof clusterKinds)[number];

/** How a place is written. */
export const placeForms =
  'rig, an http(s) URL, or knative:NS/NAME, spinkube:NS/NAME or deployment:NS/NAME ("@zero" after it: from zero, "@zero=4" to 4 pods)';

/** A name as Kubernetes allows it (RFC 1123). */
const dnsName = "[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?";
const inCluster = new RegExp(
  `^(${clusterKinds.join("|")}):(${dnsName})/(${dnsName})(?:@(zero)(?:=([1-9][0-9]{0,3}))?)?$`,
);

/**
 * Reads a place.
 *
 * @returns undefined where the text is none
 * @example
 * parsePlace("knative:default/hello@zero") // => { kind: "knative", namespace: "default", name: "hello", fromZero: true }
 */
export function parsePlace(text: string): Place | undefined {
  if (text === "rig") return { kind: "rig" };
  const found = inCluster.exec(text);
  if (found !== null) {
    const [, kind, namespace, name, zero, to] = found;
    const place = { kind: kind as ClusterKind, namespace: namespace!, name: name!, fromZero: zero !== undefined };
    return to === undefined ? place : { ...place, to: Number(to) };
  }
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? { kind: "url", url: text } : undefined;
}
