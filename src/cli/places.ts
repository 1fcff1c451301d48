import type { Scenario } from "../scenario/scenario.ts";
import { UsageError } from "./exit.ts";
import { chosenTargets } from "./options.ts";

/** Where each target runs: an address or "rig"; a target that is not named has its own `live.url`, or runs on the rig. */
export type Places = ReadonlyMap<string, string>;

/** Collects a repeatable option. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

/**
 * Reads `NAME=URL` and `NAME=rig`.
 *
 * @throws {UsageError} for an unknown target, a malformed address, or a place that is not built yet
 */
export function parsePlaces(scenario: Scenario, texts: readonly string[]): Places {
  const places = new Map<string, string>();
  for (const text of texts) {
    const equals = text.indexOf("=");
    if (equals <= 0) throw new UsageError(`"${text}": write NAME=URL or NAME=rig`);
    const name = text.slice(0, equals);
    const where = text.slice(equals + 1);
    chosenTargets(scenario, [name]);
    if (places.has(name)) throw new UsageError(`"${text}": ${name} already has a place`);
    if (/^(knative|spinkube|deployment):/.test(where)) {
      throw new UsageError(`"${text}": places in a cluster are not built yet; write its URL`);
    }
    if (where !== "rig" && !isAddress(where))
      throw new UsageError(`"${text}": "${where}" is not an http or https address`);
    places.set(name, where);
  }
  return places;
}

function isAddress(where: string): boolean {
  return URL.canParse(where) && /^https?:$/.test(new URL(where).protocol);
}
