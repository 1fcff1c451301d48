const units: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/**
 * A Kubernetes quantity as a number: cores, bytes, or what it counts.
 *
 * @returns undefined where the text is none
 * @see k8s.io/apimachinery pkg/api/resource, Quantity
 * @example
 * quantityOf("250m") // => 0.25
 */
export function quantityOf(text: string): number | undefined {
  const match = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(n|u|m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(text);
  if (match === null) return undefined;
  const unit = units[match[2] ?? ""]!;
  return unit < 1 ? Number(match[1]) / Math.round(1 / unit) : Number(match[1]) * unit;
}
