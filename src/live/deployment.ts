import { check } from "../base/check.ts";
import type { Scenario, TargetSpec } from "../scenario/scenario.ts";
import { rigTarget } from "./rig/rigTarget.ts";
import { httpTarget } from "./targets/http.ts";
import type { Target } from "./targets/target.ts";

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
}

/**
 * A deployment by name: "rig" starts the embedded rig on this machine, a URL sends to whatever serves there.
 *
 * @param places target name → "rig" or an http(s) URL; targets not named use their own `live.url`, or else `otherwise`
 * @throws {RangeError} if a place is neither
 * @example
 * deploymentAt({ faas: "http://hello.default.example.com" }, "rig")
 */
export function deploymentAt(places: Readonly<Record<string, string>> = {}, otherwise = "rig"): Deployment {
  for (const place of [...Object.values(places), otherwise]) {
    check(place === "rig" || isUrl(place), "deploymentAt", 'a place must be "rig" or an http(s) URL', place);
  }
  return {
    target: (spec, context) => {
      const place = places[spec.name] ?? spec.live?.url ?? otherwise;
      if (place === "rig") return rigTarget(spec, context);
      return httpTarget({
        name: spec.name,
        url: place,
        live: spec.live,
        workIs: "workIs" in spec ? spec.workIs : "io",
        source: `/coldcast/${encodeURIComponent(context.scenario.name)}`,
        startedAt: context.startedAt,
      });
    },
  };
}

function isUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
