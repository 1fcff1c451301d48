import { createHash } from "node:crypto";
import { toScenario } from "../../src/scenario/parse.ts";
import { simulateReplication } from "../../src/sim/simulate.ts";

/** What one benchmark run gives: a speed, and a hash that must not depend on it. */
export interface Timed {
  readonly name: string;
  readonly requestsPerSecond: number;
  readonly hash: string;
}

const scenario = toScenario({
  name: "bench",
  seed: 1,
  duration: "1h",
  arrivals: { kind: "poisson", rate: "80/s" },
  work: { kind: "exponential", mean: "10ms" },
  targets: {
    single: { kind: "server" },
    several: { kind: "server", servers: 4 },
    sharing: { kind: "server", discipline: "processorSharing", concurrency: "unlimited" },
    lambda: { kind: "perRequest", coldStart: "100ms", keepAlive: "1s" },
    waas: { kind: "spinkube", replicas: 4 },
    faas: { kind: "knative", podStart: "1s", containerConcurrency: 1 },
  },
});

const runs = [
  { name: "event core, M/M/1", target: "single", eventByEvent: true },
  { name: "recursion, M/M/1", target: "single", eventByEvent: false },
  { name: "event core, M/M/4", target: "several", eventByEvent: true },
  { name: "event core, M/M/1 processor sharing", target: "sharing", eventByEvent: true },
  { name: "perRequest", target: "lambda", eventByEvent: true },
  { name: "spinkube", target: "waas", eventByEvent: true },
  { name: "knative", target: "faas", eventByEvent: true },
] as const;

/** The median of three runs of every loop, on one thread, arrivals drawn and laws recorded on the way. */
export function eventCoreBench(requests: number): Timed[] {
  return runs.map(({ name, target, eventByEvent }) => {
    const run = () => {
      const started = performance.now();
      const result = simulateReplication(scenario, target, 0, { requests, eventByEvent });
      return { seconds: (performance.now() - started) / 1e3, result };
    };
    run(); // The first compiles.
    const timed = [run(), run(), run()].toSorted((a, b) => a.seconds - b.seconds);
    const { mean, squares } = timed[0]!.result.sections[0]!.latency.moments;
    const hash = createHash("sha256").update(`${requests} ${mean} ${squares}`).digest("hex").slice(0, 12);
    return { name, requestsPerSecond: requests / timed[1]!.seconds, hash };
  });
}

if (import.meta.main) {
  const requests = Number(process.argv[2] ?? 2e6);
  for (const { name, requestsPerSecond, hash } of eventCoreBench(requests)) {
    process.stdout.write(
      `${name.padEnd(38)} ${(requestsPerSecond / 1e6).toFixed(2).padStart(6)} M requests/s  ${hash}\n`,
    );
  }
}
