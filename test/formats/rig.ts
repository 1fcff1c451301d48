import { type Child, startChild } from "../../src/live/rig/child.ts";
import type { FrontConfig } from "../../src/live/rig/front.ts";
import { toScenario } from "../../src/scenario/parse.ts";

/** What every request asks of the rig: 5 ms of work. */
export const workHeader = { name: "ce-workseconds", value: "0.005" } as const;

/** The embedded rig's front before four server processes, at an address that any load tool can be pointed to. */
export async function openRig(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const [spec] = toScenario({
    name: "formats",
    duration: "1min",
    arrivals: { kind: "poisson", rate: "1/s" },
    work: "5ms",
    targets: { rig: { kind: "server", servers: 4 } },
  }).targets;
  const infinite = Object.entries(spec!).flatMap(([name, value]) => (value === Infinity ? [name] : []));
  const config: FrontConfig = { spec: spec!, infinite, seed: 1, workIs: "io", roundsPerSecond: 0 };
  const child = startChild<{ readonly port?: number }>("front", config);
  const port = await Promise.race([
    portOf(child),
    child.gone.then((complaint) => Promise.reject(new Error(complaint))),
  ]);
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      child.kill();
      await child.gone;
    },
  };
}

const portOf = (child: Child<{ readonly port?: number }>): Promise<number> =>
  new Promise((resolve) => {
    child.onMessage(({ port }) => port !== undefined && resolve(port));
  });
