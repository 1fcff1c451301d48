import { InputError } from "../../base/check.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { fieldManager } from "./kubernetes.ts";

/**
 * A scenario's or target's name as Kubernetes takes it for Services: small letters, digits and dashes, a letter first.
 *
 * @example
 * resourceName("Camera_burst.2") // => "camera-burst-2"
 */
export function resourceName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|(?<!-)-+$/g, "");
  const lettered = /^[a-z]/.test(plain) ? plain : `x-${plain}`;
  return lettered.slice(0, 63).replace(/(?<!-)-+$/, "");
}

/** The resource name of each target; two targets may not become one. */
export function targetResourceNames({ name, targets }: Scenario): ReadonlyMap<string, string> {
  const taken = new Map<string, string>();
  for (const target of targets) {
    const resource = resourceName(target.name);
    const other = taken.get(resource);
    if (other !== undefined) {
      const message = `"${other}" and "${target.name}" would both be named ${resource} in Kubernetes; rename one`;
      throw new InputError(name, [{ path: `targets.${target.name}`, message }]);
    }
    taken.set(resource, target.name);
  }
  return new Map([...taken].map(([resource, target]) => [target, resource]));
}

export const scenarioLabel = "coldcast.dev/scenario";
export const targetLabel = "coldcast.dev/target";
export const managedByLabel = "app.kubernetes.io/managed-by";

/** On everything that is deployed: whose it is, so that nothing else is ever touched. */
export const scenarioLabels = (scenario: Scenario): Readonly<Record<string, string>> => ({
  [managedByLabel]: fieldManager,
  "app.kubernetes.io/part-of": resourceName(scenario.name),
  [scenarioLabel]: resourceName(scenario.name),
});
