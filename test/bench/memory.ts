import { execFileSync } from "node:child_process";
import { check } from "../../src/base/check.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import { simulate } from "../../src/sim/simulate.ts";

/** The most memory one process held while it simulated so many requests, in MB. `pods` has 1,000 of them. */
export function peakMegabytes(requests: number, target: string): number {
  const output = execFileSync(process.execPath, [import.meta.filename, String(requests), target], { encoding: "utf8" });
  return Number(output);
}

const scenario = () =>
  toScenario({
    name: "memory",
    seed: 1,
    duration: "1h",
    arrivals: { kind: "poisson", rate: "80/s" },
    work: { kind: "lognormal", mean: "10ms", scv: 1 },
    targets: {
      server: { kind: "server", servers: 2, coldStart: "100ms", keepAlive: "50ms" },
      knative: { kind: "knative", podStart: "1s", containerConcurrency: 1 },
      pods: { kind: "knative", podStart: "1s", containerConcurrency: 1, minScale: 1000 },
    },
  });

if (import.meta.main) {
  const [requests, target] = process.argv.slice(2);
  if (requests !== undefined) {
    check(
      Number(requests) > 0 && Number(requests) < Infinity,
      "memory",
      "the first argument must be a number of requests",
      requests,
    );
    // One long run: the case with the most to keep, because its batches tell its error.
    simulate(scenario(), { requests: Number(requests), replications: 1, targets: [target ?? "server"] });
    process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
  } else {
    for (const kind of ["server", "knative", "pods"]) {
      for (const count of [1e5, 1e6, 1e7]) {
        process.stdout.write(`${kind}: ${count} requests, ${peakMegabytes(count, kind).toFixed(0)} MB at most\n`);
      }
    }
  }
}
