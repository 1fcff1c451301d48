import { describe, expect, it } from "vitest";
import { type ArrivalsSpec, type arrivalProcesses, arrivals, multiplied } from "../../src/arrivals/index.ts";
import { distribution } from "../../src/distributions/index.ts";
import { binomialWithin } from "./binomial.ts";

const ramp = [
  { at: 0.2, rate: 0 },
  { at: 0.5, rate: 60 },
  { at: 0.5, rate: 30 },
  { at: 0.9, rate: 40 },
];

/** Examples of every kind; a kind without one fails the suite. */
const examples: { readonly [K in keyof typeof arrivalProcesses]: readonly (ArrivalsSpec & { readonly kind: K })[] } = {
  poisson: [
    { kind: "poisson", rate: 50 },
    { kind: "poisson", rate: 20, batch: { kind: "geometric", mean: 2.5 } },
    { kind: "poisson", rate: 20, batch: { kind: "fixed", size: 3 } },
    { kind: "poisson", rate: 20, batch: { kind: "pmf", sizes: [1, 4], probabilities: [0.5, 0.5] } },
  ],
  deterministic: [{ kind: "deterministic", interval: 0.02 }],
  renewal: [{ kind: "renewal", interval: { kind: "erlang", mean: 0.02, stages: 3 } }],
  mmpp: [
    {
      kind: "mmpp",
      rates: [0, 100],
      switching: [
        [0, 5],
        [5, 0],
      ],
    },
  ],
  onOff: [
    { kind: "onOff", on: { kind: "exponential", mean: 0.1 }, off: { kind: "exponential", mean: 0.3 }, rate: 200 },
    {
      kind: "onOff",
      on: { kind: "uniform", low: 0.1, high: 0.2 },
      off: { kind: "deterministic", value: 0.3 },
      rate: 90,
    },
  ],
  devices: [
    {
      kind: "devices",
      count: 50,
      each: {
        kind: "onOff",
        on: { kind: "exponential", mean: 0.2 },
        off: { kind: "exponential", mean: 1.8 },
        rate: 10,
      },
    },
  ],
  superposition: [
    {
      kind: "superposition",
      of: [
        { kind: "poisson", rate: 10 },
        { kind: "devices", count: 3, each: { kind: "poisson", rate: 10 } },
      ],
    },
  ],
  burst: [{ kind: "burst", size: 20, at: 1, every: 0.5 }],
  map: [
    {
      kind: "map",
      d0: [
        [-30, 30],
        [0, -30],
      ],
      d1: [
        [0, 0],
        [30, 0],
      ],
    },
    {
      kind: "map",
      d0: [
        [-50, 10, 0],
        [0, -9, 1],
        [2, 0, -2.5],
      ],
      d1: [
        [38, 0, 2],
        [0, 8, 0],
        [0.5, 0, 0],
      ],
      batch: { kind: "fixed", size: 2 },
    },
  ],
  hawkes: [
    { kind: "hawkes", rate: 20, branching: 0.6, decayTime: 0.2 },
    { kind: "hawkes", rate: 20, branching: 0, decayTime: 1 },
  ],
  profile: [
    { kind: "profile", points: ramp, step: false, spacing: "poisson" },
    { kind: "profile", points: ramp, step: true, spacing: "poisson" },
    { kind: "profile", points: ramp, spacing: "even" },
    { kind: "profile", points: [...ramp, { at: 3, rate: 0 }], spacing: "poisson" },
  ],
  closed: [{ kind: "closed", clients: 3, thinkTime: { kind: "exponential", mean: 1 } }],
  trace: [{ kind: "trace", times: [3, 1, 2, 2] }],
};

const cases = Object.entries({ ...examples, closed: [] }).flatMap(([kind, specs]) =>
  (specs as readonly ArrivalsSpec[]).map((spec, i) => [`${kind} ${i}`, spec] as const),
);

function countUntil(spec: ArrivalsSpec, seed: number, end: number): number {
  const cursor = arrivals(spec).instants([seed, "contract"]);
  let count = 0;
  while (cursor.next() < end) count++;
  return count;
}

describe.each(cases)("arrivals %s", (_, spec) => {
  const process = arrivals(spec);

  it("never goes back in time and stays at Infinity once exhausted", () => {
    const cursor = process.instants([1, "contract"]);
    let before = 0;
    for (let i = 0; i < 5000; i++) {
      const at = cursor.next();
      expect(at).toBeGreaterThanOrEqual(before);
      before = at;
      if (at === Infinity) continue;
      expect(cursor.origin).toBeGreaterThanOrEqual(0);
      expect(cursor.origin).toBeLessThan(process.origins);
    }
    if (process.finite) expect(before).toBe(Infinity);
  });

  it("arrives at its rate in the long run", () => {
    if (process.finite) return;
    const [runs, seconds] = [40, 100];
    const counts = Array.from({ length: runs }, (_, seed) => countUntil(spec, seed, seconds));
    const mean = counts.reduce((sum, count) => sum + count, 0) / runs;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (runs - 1);
    const standardError = Math.sqrt(variance / runs);
    // One interval of start-up at most separates a run from its long-run mean.
    expect(Math.abs(mean - process.rate * seconds)).toBeLessThanOrEqual(5.5 * standardError + process.rate * 1.5);
  });

  it("keeps its kind and gets its rate times the factor when multiplied", () => {
    const thrice = multiplied(spec, 3);
    expect(thrice.kind).toBe(spec.kind);
    expect(arrivals(thrice).rate).toBeCloseTo(3 * arrivals(spec).rate, 9);
    expect(arrivals(thrice).finite).toBe(arrivals(spec).finite);
  });

  it("repeats itself for the same name and not for another", () => {
    const [a, b, c] = [process.instants([5, "x"]), process.instants([5, "x"]), process.instants([6, "x"])];
    const take = (cursor: { next(): number }) => Array.from({ length: 50 }, () => cursor.next());
    const first = take(a);
    expect(take(b)).toEqual(first);
    const repeatable =
      ["deterministic", "burst", "trace"].includes(spec.kind) || (spec.kind === "profile" && spec.spacing === "even");
    if (!repeatable) expect(take(c)).not.toEqual(first);
  });

  it("has a generator D0 + D1 where it is Markovian, with the process's rate", () => {
    if (process.map === undefined) return;
    const { D0, D1, batch } = process.map;
    for (const [i, row] of D0.entries()) {
      const sum = row.reduce((total, value, j) => total + value + D1[i]![j]!, 0);
      expect(sum).toBeCloseTo(0, 9);
    }
    expect(batch.mean).toBeGreaterThanOrEqual(1);
  });
});

describe("devices", () => {
  it("are an occupancy chain whose mean rate is the devices' sum", () => {
    const { map, rate } = arrivals(examples.devices[0]!);
    expect(map!.D0.length).toBe(51);
    // Binomial occupancy: 50 devices, each on with probability 0.1.
    let weight = 0.9 ** 50;
    let mean = 0;
    for (let k = 0; k <= 50; k++) {
      mean += weight * map!.D1[k]![k]!;
      weight *= ((50 - k) / (k + 1)) * (0.1 / 0.9);
    }
    expect(mean).toBeCloseTo(rate, 9);
  });

  it("tell which device sent a request", () => {
    const cursor = arrivals({ kind: "devices", count: 7, each: { kind: "poisson", rate: 1 } }).instants([1, "a"]);
    const seen = new Set<number>();
    for (let i = 0; i < 200; i++) {
      cursor.next();
      seen.add(cursor.origin);
    }
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("merge in the order of each device's own run", () => {
    const process = arrivals({ kind: "devices", count: 3, each: { kind: "poisson", rate: 1 } });
    const alone = arrivals({ kind: "poisson", rate: 1 });
    const merged = process.instants([9, "m"]);
    const own = [0, 1, 2].map((i) => alone.instants([9, "m", i]));
    for (let i = 0; i < 300; i++) {
      const at = merged.next();
      expect(own[merged.origin]!.next()).toBe(at);
    }
  });
});

describe("map", () => {
  it("of two phases in series is an Erlang renewal process", () => {
    const cursor = arrivals(examples.map[0]!).instants([3, "erlang"]);
    cursor.next();
    const gaps = Float64Array.from(
      { length: 20_000 },
      (() => {
        let before = cursor.next();
        return () => {
          const at = cursor.next();
          const gap = at - before;
          before = at;
          return gap;
        };
      })(),
    );
    const law = distribution({ kind: "erlang", mean: 1 / 15, stages: 2 });
    for (const p of [0.05, 0.3, 0.5, 0.9, 0.99]) {
      const below = gaps.reduce((count, gap) => count + (gap <= law.quantile(p) ? 1 : 0), 0);
      expect(binomialWithin(below, gaps.length, p)).toBe(true);
    }
  });
});

describe("hawkes", () => {
  it("has the variance of its clusters: (1 − branching)⁻² of a Poisson process over long times", () => {
    const [runs, seconds] = [400, 50];
    const spec = { kind: "hawkes", rate: 20, branching: 0.5, decayTime: 0.1 } as const;
    const counts = Array.from({ length: runs }, (_, seed) => countUntil(spec, seed, seconds));
    const mean = counts.reduce((sum, count) => sum + count, 0) / runs;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (runs - 1);
    // A variance of 400 runs has a relative standard error of √(2/400) = 7 %.
    expect(Math.abs(variance / (20 * seconds * 4) - 1)).toBeLessThan(0.3);
  });

  it("starts empty: before its first request the rate is the background's", () => {
    const spec = { kind: "hawkes", rate: 20, branching: 0.8, decayTime: 1 } as const;
    const firsts = Array.from({ length: 2000 }, (_, seed) => arrivals(spec).instants([seed, "first"]).next());
    const below = firsts.filter((at) => at <= 0.25).length;
    expect(binomialWithin(below, firsts.length, 1 - Math.exp(-1))).toBe(true);
  });
});

describe("profile", () => {
  it("spaced evenly arrives whenever the integrated rate is a whole number", () => {
    const points = [
      { at: 0, rate: 0 },
      { at: 4, rate: 4 },
      { at: 6, rate: 0 },
    ];
    const cursor = arrivals({ kind: "profile", points, spacing: "even" }).instants([1, "even"]);
    const instants = Array.from({ length: 13 }, () => cursor.next());
    // Half of t² up to 4 s, then 12 − (6 − t)².
    const expected = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((n) =>
      n <= 8 ? Math.sqrt(2 * n) : 6 - Math.sqrt(12 - n),
    );
    for (const [i, at] of expected.entries()) expect(instants[i]).toBeCloseTo(at, 12);
    expect(instants[12]).toBe(Infinity);
  });

  it("is a Poisson process when its own time is taken by the integrated rate", () => {
    const points = [
      { at: 0, rate: 5 },
      { at: 100, rate: 45 },
    ];
    const integral = (t: number) => 5 * t + 0.2 * t * t;
    const cursor = arrivals({ kind: "profile", points }).instants([2, "poisson"]);
    const gaps: number[] = [];
    for (let before = 0, at = cursor.next(); at < 100; at = cursor.next()) {
      gaps.push(integral(at) - integral(before));
      before = at;
    }
    for (const p of [0.1, 0.5, 0.9, 0.99]) {
      const below = gaps.filter((gap) => gap <= -Math.log1p(-p)).length;
      expect(binomialWithin(below, gaps.length, p)).toBe(true);
    }
  });
});

describe("closed", () => {
  it("has no instants of its own and says so", () => {
    const process = arrivals(examples.closed[0]!);
    expect(process.origins).toBe(3);
    expect(() => process.instants([1, "closed"])).toThrow("follow the answers and have no schedule");
  });
});

const switching = [
  [-1, 1],
  [1, -1],
];
const zeros = [
  [0, 0],
  [0, 0],
];

describe("arrivals refuse", () => {
  it.each<[string, ArrivalsSpec]>([
    ["poisson: rate must be in (0, ∞), got 0", { kind: "poisson", rate: 0 }],
    ["deterministic arrivals: interval must be in (0, ∞), got 0", { kind: "deterministic", interval: 0 }],
    ["devices: count must be an integer ≥ 1, got 0", { kind: "devices", count: 0, each: { kind: "poisson", rate: 1 } }],
    ["mmpp: at least one rate must be positive, got 0", { kind: "mmpp", rates: [0], switching: [[0]] }],
    ["map: rows of d0 + d1 must sum to 0, got -1", { kind: "map", d0: [[-2]], d1: [[1]] }],
    ["map: d1 must have an event in a phase that lasts, got 0", { kind: "map", d0: switching, d1: zeros }],
    ["hawkes: branching must be in [0, 1), got 1", { kind: "hawkes", rate: 1, branching: 1, decayTime: 1 }],
    ["profile: at least one rate must be positive, got 0", { kind: "profile", points: [{ at: 0, rate: 0 }] }],
    [
      "closed: clients must be an integer ≥ 1, got 0",
      { kind: "closed", clients: 0, thinkTime: { kind: "exponential", mean: 1 } },
    ],
    ["burst: size must be an integer ≥ 1, got 0.5", { kind: "burst", size: 0.5 }],
    ["trace: times must be in [0, ∞), got -1", { kind: "trace", times: [-1] }],
    ["superposition: needs at least one process, got 0", { kind: "superposition", of: [] }],
  ])("%s", (message, spec) => {
    expect(() => arrivals(spec)).toThrow(new RangeError(message));
  });
});
