import { type Assumptions, assumptionsFor, claim } from "../../src/model/assumptions.ts";
import { toScenario } from "../../src/scenario/parse.ts";

/** One explanation of the claims: a target, which of its numbers are free, and which claims they shall meet. */
export interface World {
  readonly of: "WaaS" | "FaaS";
  readonly words: string;
  readonly target: object;
  readonly free: readonly string[];
  readonly claims: readonly string[];
  /** What of the assumptions found was measured, and how that differs; shown beside them. */
  readonly against: string;
}

export interface Judged {
  readonly world: World;
  readonly found: Assumptions;
}

/** Beyond this factor of a figure the claims do not come out: the poster's "~" as this project's own tolerance of a quantile has it. */
export const tolerated = 1.25;

/** WaaS as its claims need it: see the first world. Everything of FaaS that has "the same work" has this. */
const work = { kind: "lognormal", mean: "20.5ms", scv: 0.53 } as const;
const network = "5.6ms";

const waas = ["p50=22ms", "p95=55ms", "p99=80ms"];
const faas = ["p50=110ms", "p95=230ms", "p99=350ms"];
const pods = { kind: "spinkube", replicas: 4 } as const;
/** Requests side by side in warm pods, with a platform's own time in front. */
const warm = {
  ...pods,
  instanceStart: 0,
  workFactor: 2,
  requestOverhead: { kind: "lognormal", mean: "60ms", scv: 0.5 },
};
const coldLaw = { kind: "lognormal", mean: "335ms", scv: 0.25 } as const;

export const worlds: readonly World[] = [
  {
    of: "WaaS",
    words: "warm pods, an instance in 0.05 ms, a lognormal work and a constant network",
    target: { ...pods },
    free: ["network", "work.mean", "work.scv"],
    claims: [...waas, "overhead=22%"],
    against: "start: 6 to 17 µs measured on a bare host. Consistent",
  },
  {
    of: "WaaS",
    words: "the same, 22 % read as the share among the slowest hundredth",
    target: { ...pods },
    free: ["network", "work.mean", "work.scv"],
    claims: [...waas, "overhead(p99)=22%"],
    against: "consistent within the tolerance",
  },
  {
    of: "WaaS",
    words: "every request starts an instance for 5 to 20 ms",
    target: { ...pods, instanceStart: { kind: "uniform", low: "5ms", high: "20ms" } },
    free: ["network", "work.mean", "work.scv"],
    claims: [...waas, "overhead=22%"],
    against: "measured starts are a thousand times shorter",
  },
  {
    of: "FaaS",
    words: "a work and a platform's time of its own (lognormal), warm pods",
    target: warm,
    free: ["workFactor", "requestOverhead.mean", "requestOverhead.scv"],
    claims: [...faas, "overhead=58%"],
    against:
      "native code measured 1.2 to 1.7 times as *fast* as Wasm; activator and queue-proxy held to 10 ms at 95 % by Knative's own tests",
  },
  {
    of: "FaaS",
    words: "the same work, a platform's time (lognormal), warm pods; whatever its overhead",
    target: { ...warm, workFactor: 1 },
    free: ["requestOverhead.mean", "requestOverhead.scv"],
    claims: faas,
    against: "the overhead is then over 80 %, not 58 %; the platform's time is ten times Knative's limit",
  },
  {
    of: "FaaS",
    words: "nothing but a slower function, warm pods",
    target: { ...pods, instanceStart: 0, workFactor: 4 },
    free: ["workFactor"],
    claims: faas,
    against: "the overhead is then 5 %, not 58 %; native code measured faster than Wasm, not a fifth as fast",
  },
  {
    of: "FaaS",
    words: "the same work, a constant time in front of every request",
    target: { ...pods, instanceStart: 0, requestOverhead: "90ms" },
    free: ["requestOverhead"],
    claims: faas,
    against: "does not come out",
  },
  {
    of: "FaaS",
    words: "the same work, and a share of requests waits for a start of 100 to 900 ms",
    target: {
      ...pods,
      instanceStart: 0,
      requestOverhead: {
        kind: "mixture",
        of: [
          { weight: 1, of: "1ms" },
          { weight: 0.1, of: coldLaw },
        ],
      },
    },
    free: ["requestOverhead.of.1.weight"],
    claims: faas,
    against: "does not come out: half of the requests would have to be cold, and then p95 is 570 ms",
  },
  ...[1, 2, 4, 8].map(
    (servers): World => ({
      of: "FaaS",
      words: `the same work, ${servers} warm ${servers === 1 ? "pod" : "pods"} with containerConcurrency 1 and a queue; the rate is free`,
      target: { kind: "server", servers },
      free: ["arrivals.rate"],
      claims: faas,
      against: "does not come out: a queue's law is too wide",
    }),
  ),
  {
    of: "FaaS",
    words: "the same work sharing one core a pod; the rate is free",
    target: { ...pods, replicas: 1, workIs: "cpu", instanceStart: 0 },
    free: ["arrivals.rate"],
    claims: faas,
    against: "does not come out: too wide, like a queue",
  },
  {
    of: "FaaS",
    words: "the same work, 4 warm pods with a queue, and a constant time in front; the rate is free",
    target: { kind: "server", servers: 4, requestOverhead: "60ms" },
    free: ["arrivals.rate", "requestOverhead"],
    claims: faas,
    against: "the overhead is then over 80 %; five times Knative's limit, and pods busy 93 % of the time",
  },
];

/** The assumptions under which a world comes nearest to its claims. */
export function judgeWorld(world: World): Judged {
  const { servers = 1 } = world.target as { readonly servers?: number };
  const scenario = toScenario({
    name: "world",
    duration: "1h",
    // Requests in warm pods do not meet, so a rate matters to queues only; those begin at nine tenths of what they can do.
    arrivals: { kind: "poisson", rate: `${(servers * 0.9) / 0.0205}/s` },
    work,
    network,
    targets: { it: world.target },
  } as never);
  return { world, found: assumptionsFor(scenario, "it", world.free, world.claims.map(claim)) };
}
