/** Every load that the cluster is asked for, as scenario documents; docs/validation.md says what each is for. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";

export type Document = Readonly<Record<string, unknown>>;
export type TargetName = "faas" | "waas";
export const targetNames: readonly TargetName[] = ["faas", "waas"];

/** What stands in the cluster, and what its fits come from. */
export type Setup = "slots" | "pods" | "lag";

export interface Case {
  /** What the runs of it are called, before the seed. */
  readonly name: string;
  readonly setup: Setup;
  /** In words, for the page. */
  readonly load: string;
  /** Which of the setup's fits the predictions are made with. */
  readonly fit: "warm" | "zero" | "starts" | "lag";
  readonly seeds: readonly number[];
  /** Largest distance of the two distribution functions. */
  readonly ks: number;
  /** Among the twenty runs that the tolerances are held against. */
  readonly counts: boolean;
  /** What is judged: requests, or how long pods took to start. */
  readonly judges: "latency" | "starts";
  /** Replayed one target after the other, because starts of one would slow the other. */
  readonly alone: boolean;
  /** What follows the place of a Deployment, such as `@zero`. */
  readonly from: string;
  /** The scenario beside its targets. */
  readonly document: Document;
  /** Changes to the fitted targets. */
  readonly targets?: (target: Document) => Document;
}

export const namespace = "coldcast-validation";
const containerImage = process.env.COLDCAST_CLUSTER_IMAGE ?? "dev.local/coldcast-work:0.1.0";
const wasmImage = process.env.COLDCAST_CLUSTER_WASM_IMAGE ?? "dev.local/coldcast-work-wasm:0.1.0";

const work = { kind: "exponential", mean: "4ms" };
const poisson = (rate: number): Document => ({ kind: "poisson", rate: `${rate}/s` });
const steady = { setup: "slots", fit: "warm", counts: true, judges: "latency", alone: false, from: "" } as const;

/** A scenario that is shipped, in this validation's namespace and under a name of its own. */
function shipped(name: string): Document {
  const text = readFileSync(new URL(`../../../scenarios/${name}.yaml`, import.meta.url), "utf8");
  const here = text
    .replaceAll("deploy: {", `deploy: { namespace: ${namespace},`)
    .replace(/dev\.local\/coldcast-work:[\w.]+/, containerImage)
    .replace(/dev\.local\/coldcast-work-wasm:[\w.]+/, wasmImage);
  return { ...(parse(here) as Document), name: `cluster-${name}` };
}

/** One slot of 4 ms in the container: its utilisation is the rate times 4 ms; the Wasm pod has an instance per request. */
const warm = (percent: number, seeds: readonly number[]): Case => ({
  ...steady,
  name: `warm${percent}`,
  load: `Poisson, utilisation ${percent / 100}`,
  seeds,
  ks: 0.05,
  document: { duration: `${Math.ceil(10_300 / (2.5 * percent))}s`, arrivals: poisson(2.5 * percent), work },
});

export const cases: readonly Case[] = [
  warm(30, [21, 22]),
  warm(50, [23, 24]),
  warm(70, [25, 26]),
  {
    ...steady,
    name: "mmpp",
    load: "bursts (MMPP of 75/s and 200/s, 2 s each)",
    seeds: [27, 28],
    ks: 0.05,
    document: {
      duration: "90s",
      arrivals: {
        kind: "mmpp",
        rates: ["75/s", "200/s"],
        switching: [
          [0, "0.5/s"],
          ["0.5/s", 0],
        ],
      },
      work,
    },
  },
  {
    ...steady,
    name: "zero",
    load: "Poisson from no pod, utilisation 0.45",
    fit: "zero",
    seeds: [29, 30],
    ks: 0.1,
    alone: true,
    from: "@zero",
    document: { duration: "34.5s", arrivals: poisson(300), work: { kind: "exponential", mean: "1.5ms" } },
  },
  {
    name: "hpa",
    setup: "pods",
    load: "ramp from 10/s to 80/s in two minutes, scaled by the HPA on CPU",
    fit: "starts",
    seeds: [11],
    ks: 0.1,
    counts: false,
    judges: "latency",
    alone: true,
    from: "",
    document: {
      duration: "170s",
      arrivals: {
        kind: "profile",
        points: [
          { at: "0s", rate: "10/s" },
          { at: "120s", rate: "80/s" },
        ],
      },
      work: { kind: "exponential", mean: "5ms" },
    },
    targets: ({ replicas: _, ...target }) => ({
      ...target,
      // Of what a pod requests: a tenth of a core.
      autoscaler: { kind: "hpa", metric: "cpu", target: 2, min: 1, max: 4 },
    }),
  },
  {
    name: "starts",
    setup: "pods",
    load: "20 cold starts at once",
    fit: "starts",
    seeds: [12],
    ks: 0.1,
    counts: false,
    judges: "starts",
    alone: true,
    from: "@zero=20",
    document: {
      duration: "30s",
      arrivals: poisson(2),
      work: { kind: "exponential", mean: "5ms" },
      // How a simulation says it: all twenty are lost, and their Deployment orders others at that instant.
      faults: [{ kind: "podCrash", at: 0, pods: 20 }],
    },
    targets: (target) => ({ ...target, replicas: 20 }),
  },
  {
    name: "lag",
    setup: "lag",
    load: "events through Kafka from no pod, scaled by KEDA on the lag",
    fit: "lag",
    seeds: [13],
    ks: 0.1,
    counts: false,
    judges: "latency",
    alone: true,
    from: "",
    document: shipped("lag"),
  },
];

const deployed = (target: TargetName, cpu: number): Document => ({
  deploy: {
    as: "deployment",
    namespace,
    cpu,
    image: target === "faas" ? containerImage : wasmImage,
    ...(target === "waas" ? { runtimeClass: "wasmtime" } : {}),
  },
});
const memory = "64MiB";
/** Cores; twenty pods of both functions have room on a node with two. */
const podRequest = 0.05;

/** What is deployed, as it is before anything is known of it. */
export const setups: Readonly<Record<Exclude<Setup, "lag">, Document>> = {
  slots: {
    faas: { kind: "server", concurrency: 1, memory, live: deployed("faas", 0.5) },
    waas: { kind: "spinkube", replicas: 1, memory, live: deployed("waas", 0.5) },
  },
  // A container without a limit on its requests is, to its pods, what a Wasm host is: nobody queues.
  pods: Object.fromEntries(
    targetNames.map((name) => [
      name,
      {
        kind: "spinkube",
        replicas: 1,
        memory,
        workIs: "cpu",
        nodes: { count: 1, cores: 2, podCpu: podRequest },
        ...(name === "faas" ? { instanceStart: 0 } : {}),
        // A connection that is kept stays with its pod, and a pod that comes later would get nothing.
        live: { ...deployed(name, podRequest), connections: "perRequest" },
      },
    ]),
  ),
};

/** What starts from nothing is a server that is off; the Wasm pod's has no limit on its slots. */
export const fromZero = (target: Document, name: TargetName): Document => ({
  kind: "server",
  concurrency: name === "faas" ? 1 : "unlimited",
  coldStart: "1s",
  keepAlive: "1h",
  memory: target.memory,
  live: target.live,
});
