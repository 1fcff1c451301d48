import { createHash } from "node:crypto";
import { toScenario } from "../../src/scenario/parse.ts";
import { simulateReplication } from "../../src/sim/simulate.ts";

/** What one benchmark run gives: a speed, and a hash that must not depend on it. */
export interface Timed {
  readonly name: string;
  /** By the clock. */
  readonly requestsPerSecond: number;
  /** By processor time of the whole process, which a busy machine does not shorten. */
  readonly perCpuSecond: number;
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

/** The setting that DSLab FaaS and SimFaaS are timed at: few busy instances, many kept. */
const kept = toScenario({
  name: "kept",
  seed: 1,
  duration: "1h",
  arrivals: { kind: "poisson", rate: "0.9/s" },
  work: { kind: "exponential", mean: "1.99s" },
  targets: { kept: { kind: "perRequest", coldStart: "2.2s", keepAlive: "600s" } },
});

const runs = [
  { name: "event core, M/M/1", target: "single", eventByEvent: true },
  { name: "recursion, M/M/1", target: "single", eventByEvent: false },
  { name: "event core, M/M/4", target: "several", eventByEvent: true },
  { name: "event core, M/M/1 processor sharing", target: "sharing", eventByEvent: true },
  { name: "perRequest", target: "lambda", eventByEvent: true },
  { name: "perRequest, kept 600 s", target: "kept", eventByEvent: true },
  { name: "spinkube", target: "waas", eventByEvent: true },
  { name: "knative", target: "faas", eventByEvent: true },
] as const;

/** The median of three runs of every loop, on one thread, arrivals drawn and laws recorded on the way. */
export function eventCoreBench(requests: number): Timed[] {
  return runs.map(({ name, target, eventByEvent }) => {
    const given = target === "kept" ? kept : scenario;
    const run = () => {
      const started = performance.now();
      const cpu = process.cpuUsage();
      const result = simulateReplication(given, target, 0, { requests, eventByEvent });
      const { user, system } = process.cpuUsage(cpu);
      return { seconds: (performance.now() - started) / 1e3, cpuSeconds: (user + system) / 1e6, result };
    };
    run(); // The first compiles.
    const timed = [run(), run(), run()];
    const median = (pick: (one: (typeof timed)[0]) => number) => timed.map(pick).toSorted((x, y) => x - y)[1]!;
    const { mean, squares } = timed[0]!.result.sections[0]!.latency.moments;
    const hash = createHash("sha256").update(`${requests} ${mean} ${squares}`).digest("hex").slice(0, 12);
    return {
      name,
      requestsPerSecond: requests / median(({ seconds }) => seconds),
      perCpuSecond: requests / median(({ cpuSeconds }) => cpuSeconds),
      hash,
    };
  });
}

if (import.meta.main) {
  const requests = Number(process.argv[2] ?? 2e6);
  for (const { name, requestsPerSecond, perCpuSecond, hash } of eventCoreBench(requests)) {
    process.stdout.write(
      `${name.padEnd(38)} ${(requestsPerSecond / 1e6).toFixed(2).padStart(6)} M requests/s, ${(perCpuSecond / 1e6).toFixed(2).padStart(6)} M per CPU second  ${hash}\n`,
    );
  }
}
