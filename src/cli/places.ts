import { manifests, placesOf } from "../live/cluster/manifests.ts";
import { parsePlace, placeForms } from "../live/place.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { UsageError } from "./exit.ts";
import { chosenTargets } from "./options.ts";

/** Where each target runs; a target that is not named has its own `live.url`, or runs on the rig. */
export type Places = ReadonlyMap<string, string>;

/** Collects a repeatable option. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

/** Whether it is TARGET/POINT, a point of presence of an edge target. */
const isPop = ({ targets }: Scenario, text: string): boolean =>
  targets.some((target) => target.kind === "edge" && target.pops.some(({ name }) => text === `${target.name}/${name}`));

/**
 * Reads `NAME=WHERE`, for a point of presence `NAME/POINT=URL`, and `cluster` or `cluster@zero`: every target where `coldcast deploy` puts it.
 *
 * @throws {UsageError} for an unknown target, or where it says no place
 */
export function parsePlaces(scenario: Scenario, texts: readonly string[]): Places {
  const places = new Map<string, string>();
  for (const text of texts) {
    const deployed = /^cluster(@zero)?$/.exec(text);
    if (deployed !== null) {
      for (const [name, where] of Object.entries(placesOf(manifests(scenario)))) {
        if (!places.has(name)) places.set(name, `${where}${deployed[1] ?? ""}`);
      }
      continue;
    }
    const equals = text.indexOf("=");
    if (equals <= 0) throw new UsageError(`"${text}": write cluster, or NAME=WHERE, WHERE being ${placeForms}`);
    const name = text.slice(0, equals);
    const where = text.slice(equals + 1);
    if (isPop(scenario, name)) {
      if (parsePlace(where)?.kind !== "url")
        throw new UsageError(`"${text}": a point of presence is at an http(s) URL`);
    } else chosenTargets(scenario, [name]);
    if (places.has(name)) throw new UsageError(`"${text}": ${name} already has a place`);
    if (parsePlace(where) === undefined) throw new UsageError(`"${text}": "${where}" is no place; write ${placeForms}`);
    places.set(name, where);
  }
  return places;
}
