import { describe, expect, it } from "vitest";
import { issuesOf } from "./issuesOf.ts";

const target = (one: object) => ({ targets: { one } });
const pmf = { kind: "pmf", sizes: [1, 2], probabilities: [0.5, 0.5] };
const mmpp = {
  kind: "mmpp",
  rates: ["1/s", 0],
  switching: [
    [0, "1/s"],
    ["1/s", 0],
  ],
};
const profile = (...points: readonly (readonly [unknown, unknown])[]) => ({
  arrivals: { kind: "profile", points: points.map(([at, rate]) => ({ at, rate })) },
});
const generator = [
  [-2, 1],
  [0, -1],
];
const hyper = (rest: object) => ({ work: { kind: "hyperexponential", ...rest } });
const pop = (name: string, share: number) => ({ name, share, roundTrip: 0 });
const edge = (...pops: readonly object[]) => target({ kind: "edge", instanceStart: 0, pops });
const perRequest = { kind: "perRequest", coldStart: 0, keepAlive: 0 };
const live = (rest: object) => target({ kind: "server", live: rest });
const image = (text: string) => live({ deploy: { image: text } });
const prices = (rest: object) => ({ prices: rest });

/** What stands at the very edge of a rule. */
const accepted: Readonly<Record<string, object>> = {
  "warm-up of nearly all": { warmup: "59s" },
  "a batch of two sizes": { arrivals: { kind: "poisson", rate: "1/s", batch: pmf } },
  "a chain with a silent phase": { arrivals: mmpp },
  "a jump of a rate": profile([0, 0], ["1s", 0], ["1s", "5/s"]),
  "two instants at once": { arrivals: { kind: "trace", times: ["1s", "1s"] } },
  "hyperexponential by its mean": hyper({ mean: "1s", scv: 1 }),
  "hyperexponential by its phases": hyper({ probabilities: [0.5, 0.5], means: ["1s", "2s"] }),
  "a phase type": { work: { kind: "phaseType", initial: [1, 0], generator } },
  "probabilities that sum to 1 but for rounding": {
    work: { kind: "discrete", values: ["1s", "2s"], probabilities: [0.5, 0.5 + 1e-10] },
  },
  "the longest name": { name: `a${"b".repeat(62)}` },
  "shares that sum to 1 but for rounding": edge(pop("a", 0.1), pop("b", 0.2), pop("c", 0.7)),
  "a range of pods that is one number": target({ kind: "knative", minScale: 3, maxScale: 3 }),
  "a minimum of pods without a maximum": target({ kind: "knative", minScale: 3, maxScale: 0 }),
  "a range of instances that is one number": target({ ...perRequest, minInstances: 3, maxInstances: 3 }),
  "a minimum of instances without a maximum": target({ ...perRequest, minInstances: 3 }),
  "the shortest window": target({ kind: "knative", stableWindow: "1s" }),
  "the longest window": target({ kind: "knative", stableWindow: "1h" }),
  "HTTP/2 whose connections are shared": live({ http: "2", connections: "pooled" }),
  "a connection for each request": live({ http: "1.1", connections: "perRequest" }),
  "an image by its tag": image("work:1"),
  "an image by its digest, from a registry with a port": image(`localhost:5000/me/work@sha256:${"0".repeat(64)}`),
  "a price of nodes, with the node": prices({ perNodeHour: 1, node: { cores: 1, memory: "1GiB" } }),
  "no price of nodes": prices({ perNodeHour: 0 }),
  "values that increase": { report: { quantiles: [0.1, 0.2], cdfAt: [0, "1s"], buckets: ["1s", "2s"] } },
};

const write = 'write one with its unit, such as "5ms" (ns us µs ms s min h d)';
const either = "write either mean and scv, or probabilities and means";
const refused: readonly (readonly [object, ...(string | RegExp)[]])[] = [
  [{ warmup: "60s" }, "warmup: must be shorter than duration"],
  [{ warmup: "2min", duration: 5 }, 'duration: 5 has no unit; if you mean "5s" write that'],
  [{ seed: 1.5 }, "seed: write a whole number, 0 or more"],
  [{ seed: -1 }, "seed: must be 0 or more"],
  [{ name: "" }, /^name: use up to 63 letters/],
  [{ duration: "5 parsecs" }, `duration: "5 parsecs" is not a duration; ${write}`],
  [{ duration: [] }, `duration: ${write.replace("one", "a duration")}`],
  [{ arrivals: { kind: "poisson", rate: "5" } }, /^arrivals\.rate: "5" is not a rate; write one with its unit/],
  [{ arrivals: { kind: "poisson", rate: 0 } }, "arrivals.rate: must be more than 0"],
  [{ arrivals: { rate: "1/s" } }, /^arrivals\.kind: is missing; write one of poisson, deterministic, /],
  [{ arrivals: 5 }, "arrivals: write arrivals, such as { kind: poisson, … }"],
  [
    { arrivals: { kind: "poisson", rate: "1/s", batch: { ...pmf, sizes: [1] } } },
    "arrivals.batch: sizes and probabilities must be equally long",
  ],
  [{ arrivals: { ...mmpp, rates: [0, 0] } }, "arrivals.rates: at least one rate must be more than 0"],
  [{ arrivals: { ...mmpp, rates: ["1/s"] } }, "arrivals.switching: must have one row per rate: 1, has 2"],
  [{ arrivals: { ...mmpp, switching: [[0, "1/s"], [0]] } }, "arrivals.switching[1]: must be square: 2 entries, has 1"],
  [
    {
      arrivals: {
        ...mmpp,
        switching: [
          [0, "1/s"],
          ["1/s", "1/s"],
        ],
      },
    },
    "arrivals.switching[1][1]: must be 0 on the diagonal",
  ],
  [profile(["1s", "5/s"], [0, "5/s"]), "arrivals.points: at must not decrease"],
  [profile([0, 0], ["1s", 0]), "arrivals.points: at least one rate must be more than 0"],
  [{ arrivals: { kind: "trace" } }, "arrivals: write either times, or file, column and unit"],
  [
    { arrivals: { kind: "trace", times: [0], file: "a.csv" } },
    "arrivals: write either times, or file, column and unit",
    "arrivals.file: files cannot be read here; write the numbers into the scenario",
  ],
  [{ arrivals: { kind: "trace", times: ["2s", "1s"] } }, "arrivals.times: times must not decrease"],
  [hyper({}), `work: ${either}`],
  [hyper({ mean: "1s" }), `work: ${either}`],
  [hyper({ scv: 2 }), `work: ${either}`],
  [hyper({ probabilities: [1] }), `work: ${either}`],
  [hyper({ means: ["1s"] }), `work: ${either}`],
  [hyper({ probabilities: [1], means: ["1s"], mean: "1s" }), `work: ${either}`],
  [hyper({ probabilities: [1], means: ["1s"], scv: 2 }), `work: ${either}`],
  [hyper({ mean: "1s", scv: 2, means: ["1s"] }), `work: ${either}`],
  [hyper({ probabilities: [1], means: ["1s", "2s"] }), "work: probabilities and means must be equally long"],
  [{ work: { kind: "phaseType", initial: [1, 1], generator } }, "work.initial: must sum to 1, they sum to 2"],
  [{ work: { kind: "phaseType", initial: [1], generator } }, "work.generator: generator must have 1 rows, got 2"],
  [{ work: { kind: "uniform", low: "1s", high: "1s" } }, "work.high: high must be more than low"],
  [
    { work: { kind: "discrete", values: ["1s"], probabilities: [0.5, 0.5] } },
    "work: values and probabilities must be equally long",
  ],
  [
    { work: { kind: "discrete", values: ["1s", "2s"], probabilities: [0.5, 0.5 + 1e-8] } },
    "work.probabilities: must sum to 1, they sum to 1.00000001",
  ],
  [{ work: { kind: "empirical" } }, "work: write either values, or file, column and unit"],
  [{ work: { kind: "mixture", of: [] } }, "work.of: must have at least one entry"],
  [{ work: { kind: "mixture", of: [5] } }, "work.of[0]: write a weight and a distribution"],
  [{ report: { quantiles: [0.5, 0.5] } }, "report.quantiles: must increase"],
  [{ report: { quantiles: [1] } }, "report.quantiles[0]: must be more than 0 and less than 1"],
  [{ report: { cdfAt: ["1s", "1s"] } }, "report.cdfAt: must increase"],
  [{ report: { buckets: ["2s", "1s"] } }, "report.buckets: must increase"],
  [{ report: { tolerance: { ks: 1.5 } } }, "report.tolerance.ks: must be from 0 to 1"],
  [{ calibration: { seed: 1, answerSha256: "abc" } }, "calibration.answerSha256: write a SHA-256 in hex"],
  [target({ kind: "knative", minScale: 4, maxScale: 3 }), "targets.one.minScale: must not be more than maxScale"],
  [target({ kind: "knative", stableWindow: "0.9s" }), "targets.one.stableWindow: must be from 1s to 1h"],
  [target({ kind: "knative", stableWindow: "61min" }), "targets.one.stableWindow: must be from 1s to 1h"],
  [
    target({ ...perRequest, minInstances: 4, maxInstances: 3 }),
    "targets.one.minInstances: must not be more than maxInstances",
  ],
  [
    target({ kind: "spinkube", replicas: 1, autoscaler: { kind: "fixed", replicas: 1 } }),
    "targets.one.autoscaler: cannot stand beside replicas: either the number of pods is fixed or something sets it",
  ],
  [target({ kind: "spinkube" }), "targets.one.replicas: is missing; write how many pods there are, or an autoscaler"],
  [edge(pop("a", 0.5), pop("b", 0.4)), "targets.one.pops: shares must sum to 1, they sum to 0.9"],
  [edge(pop("a", 0.5), pop("a", 0.5)), "targets.one.pops: names must differ"],
  [edge(pop("a", 0.5), pop("a", 0)), "targets.one.pops[1].share: must be more than 0"],
  [edge(), "targets.one.pops: must have at least one entry"],
  [
    live({ http: "2", connections: "perRequest" }),
    "targets.one.live.connections: HTTP/2 shares connections between requests; leave one of the two out",
  ],
  [live({ method: "get" }), 'targets.one.live.method: write an HTTP method in capitals, such as "GET"'],
  [live({ path: "work" }), 'targets.one.live.path: must begin with "/"'],
  [live({ ca: "abc" }), "targets.one.live.ca: write a certificate in PEM form"],
  [
    image("localhost:5000/work"),
    'targets.one.live.deploy.image: name a tag or a digest: without one, "latest" is meant',
  ],
  [image("work"), 'targets.one.live.deploy.image: name a tag or a digest: without one, "latest" is meant'],
  [image("work:latest"), /^targets\.one\.live\.deploy\.image: write an image with a tag other than "latest"/],
  [live({ query: { a: 5 } }), "targets.one.live.query.a: write a string"],
  [
    target({ kind: "server", keepAlive: "for ever" }),
    'targets.one.keepAlive: "for ever" is not a duration; write one with its unit, such as "5ms" (ns us µs ms s min h d)',
  ],
  [
    target({ kind: "server", keepAlive: true }),
    'targets.one.keepAlive: write "forever", a duration such as "30s", or a distribution',
  ],
  [target({ kind: "server", keepAlive: 30 }), 'targets.one.keepAlive: 30 has no unit; if you mean "30s" write that'],
  [target({ kind: "server", memory: "0MiB" }), "targets.one.memory: must be more than 0"],
  [prices({ perNodeHour: 1 }), "prices.node: is missing; perNodeHour needs it: write { cores: 4, memory: 16GiB }"],
  [prices({ billed: "never" }), 'prices.billed: write one of "held", "busy"'],
  [{ faults: [{ kind: "podCrash", at: 0, pods: 0 }] }, "faults[0].pods: must be 1 or more"],
  [{ targets: { "a b": { kind: "server" } } }, /^targets: target "a b": use up to 63 letters/],
  [{ targets: [] }, "targets: write targets as name: { kind: …, … }"],
  [{ targets: {} }, "targets: must name at least one target"],
  [{ targets: { one: 5 } }, /^targets\.one: write a target, such as \{ kind: /],
  [{ network: null }, /^network: is empty; write a duration with its unit, /],
  [{ "a\nb": 1 }, ': unknown key "a\nb"'],
  [{ aa: 1, workk: 2 }, /^: unknown key "aa"; known are name, seed, /, ': unknown key "workk"; did you mean "work"?'],
  [
    target({ kind: "server", concurrency: 0.5 }),
    'targets.one.concurrency: write a whole number, 1 or more, or "unlimited"',
  ],
  [target({ kind: "server", concurrency: 0 }), "targets.one.concurrency: must be 1 or more"],
  [
    target({ kind: "knative", podStart: { steps: { pull: 5 } } }),
    'targets.one.podStart.steps.pull: 5 has no unit; if you mean "5s" write that',
  ],
  [
    target({ kind: "knative", podStart: { kind: "gamma", mean: "1s" } }),
    "targets.one.podStart.scv: is missing; write a number without a unit",
  ],
  [{ arrivals: { kind: "replay" } }, /^arrivals\.kind: unknown kind "replay"; known are poisson, /],
  [{ duration: undefined }, 'duration: is missing; these arrivals never end: write one, such as "10min"'],
];

describe("a scenario", () => {
  it.each(Object.entries(accepted))("may have %s", (_, rest) => {
    expect(issuesOf(rest)).toEqual([]);
  });

  it.each(refused.map(([rest, ...issues]) => [issues.join("; "), rest, issues] as const))(
    "is refused: %s",
    (...all) => {
      const [, rest, issues] = all;
      expect(issuesOf(rest)).toEqual(
        issues.map((issue) => (typeof issue === "string" ? issue : expect.stringMatching(issue))),
      );
    },
  );
});
