import { check, TargetError } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { EdgeSpec } from "../scenario/edge.ts";
import type { Scenario, TargetSpec } from "../scenario/scenario.ts";
import { servesFrom } from "./fitStarts.ts";
import { type Place, parsePlace, placeForms } from "./place.ts";
import { rigTarget } from "./rig/rigTarget.ts";
import { clusterTarget } from "./targets/cluster.ts";
import type { Endpoint } from "./targets/endpoint.ts";
import { httpTarget } from "./targets/http.ts";
import { popsTarget } from "./targets/pops.ts";
import type { Target } from "./targets/target.ts";
import { whyNotReplayed } from "./whyNotReplayed.ts";

/** Where each target of a scenario runs. */
export interface Deployment {
  target(spec: TargetSpec, context: DeploymentContext): Target;
}

/** What a target may need to know of the replay it is opened for. */
export interface DeploymentContext {
  readonly scenario: Scenario;
  readonly seed: number;
  /** The wall-clock time at which the replay began, for the events' `time`. */
  readonly startedAt: Date;
  /** The most requests that would be in service at once if none waited. */
  readonly peak: number;
  /**
   * Whether requests come out of a queue whose length scales the target: then they wait while it has no pod. Default false:
   * nobody would bring one.
   */
  readonly isWoken?: boolean;
}

interface DeploymentOptions {
  /** How long to wait for what is in a cluster to become ready; default 120. */
  readonly patienceSeconds?: Seconds;
  /** A certificate authority to trust, as PEM text, where a target's `live.ca` names none. */
  readonly ca?: string | undefined;
}

/**
 * A deployment by name: "rig" starts the embedded rig on this machine, a URL sends to whatever serves there, and
 * `knative:NS/NAME`, `spinkube:NS/NAME` and `deployment:NS/NAME` to what runs in the cluster of the current kubeconfig.
 *
 * @param places target name → place, and for points of presence `TARGET/POINT` → URL; targets not named use their own `live.url`, or
 *   else `otherwise`
 * @throws {RangeError} if a place is none of these; `target` throws {TargetError} where a replay would show something else than the scenario
 * @example
 * deploymentAt({ faas: "http://hello.default.example.com", waas: "spinkube:default/hello" }, "rig")
 */
export function deploymentAt(
  places: Readonly<Record<string, string>> = {},
  otherwise = "rig",
  { patienceSeconds = 120, ca }: DeploymentOptions = {},
): Deployment {
  const read = (text: string): Place => {
    const place = parsePlace(text);
    check(place !== undefined, "deploymentAt", `a place must be ${placeForms}`, text);
    return place!;
  };
  const byName = new Map(Object.entries(places).map(([name, text]) => [name, read(text)]));
  const byDefault = read(otherwise);
  return {
    target: (spec, context) => {
      const own = spec.live?.url;
      const place = byName.get(spec.name) ?? (own === undefined ? byDefault : read(own));
      const urls = spec.kind === "edge" ? urlsOfPops(spec, byName, place) : null;
      const reason = whyNotReplayed(context.scenario, spec, urls === null && place.kind === "rig");
      if (reason !== null) throw new TargetError(spec.name, reason, { retriable: false });
      const endpointAt = (address: Pick<Endpoint, "url" | "via">): Endpoint => endpointOf(spec, context, address, ca);
      if (spec.kind === "edge" && urls !== null) {
        const targets = urls.map((url, i) => httpTarget(`${spec.name}/${spec.pops[i]!.name}`, endpointAt({ url })));
        return popsTarget(spec, context.seed, targets);
      }
      switch (place.kind) {
        case "rig":
          return rigTarget(spec, context);
        case "url":
          return httpTarget(spec.name, endpointAt({ url: place.url }));
        default:
          return clusterTarget(place, {
            endpointAt,
            address: own,
            ownStarts: spec.kind === "spinkube",
            startsUntilReachable: servesFrom[spec.kind] === "reachable",
            patienceSeconds,
            isWoken: context.isWoken ?? false,
          });
      }
    },
  };
}

/** A URL for every point of presence; null where none has one of its own. One without takes the target's. */
function urlsOfPops({ name, pops }: EdgeSpec, places: ReadonlyMap<string, Place>, whole: Place): string[] | null {
  const own = pops.map((pop) => places.get(`${name}/${pop.name}`));
  if (own.every((place) => place === undefined)) return null;
  return own.map((place, i) => {
    const found = place ?? whole;
    if (found.kind === "url") return found.url;
    throw new TargetError(name, `say by a URL where ${pops[i]!.name} is, too`, { retriable: false });
  });
}

function endpointOf(
  spec: TargetSpec,
  { scenario, startedAt }: DeploymentContext,
  address: Pick<Endpoint, "url" | "via">,
  ca: string | undefined,
): Endpoint {
  return {
    ...address,
    live: ca === undefined || spec.live?.ca !== undefined ? spec.live : { ...spec.live, ca },
    workIs: "workIs" in spec ? spec.workIs : "io",
    source: `/coldcast/${encodeURIComponent(scenario.name)}`,
    startedAt,
  };
}
