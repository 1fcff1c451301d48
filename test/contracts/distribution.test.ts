import { describe, expect, it } from "vitest";
import type { Distribution } from "../../src/distributions/distribution.ts";
import {
  type DistributionSpec,
  distribution,
  type distributions,
  scaled,
  scaledSpec,
} from "../../src/distributions/index.ts";
import { add, complex, exp, scale, zero } from "../../src/numerics/complex.ts";
import { source } from "../../src/random/source.ts";
import { binomialWithin } from "./binomial.ts";

/** Examples of every kind, gentle and wild; a kind without one fails the suite. */
const examples: { readonly [K in keyof typeof distributions]: readonly (DistributionSpec & { readonly kind: K })[] } = {
  deterministic: [
    { kind: "deterministic", value: 0.002 },
    { kind: "deterministic", value: 0 },
  ],
  exponential: [{ kind: "exponential", mean: 0.01 }],
  erlang: [
    { kind: "erlang", mean: 0.05, stages: 4 },
    { kind: "erlang", mean: 3, stages: 1 },
  ],
  gamma: [
    { kind: "gamma", mean: 0.02, scv: 0.3 },
    { kind: "gamma", mean: 0.02, scv: 5 },
  ],
  hyperexponential: [
    { kind: "hyperexponential", mean: 0.01, scv: 4 },
    { kind: "hyperexponential", probabilities: [0.2, 0.5, 0.3], means: [0.1, 0.01, 1] },
  ],
  lognormal: [
    { kind: "lognormal", mean: 0.012, scv: 0.4 },
    { kind: "lognormal", mean: 1.8, scv: 4 },
  ],
  weibull: [
    { kind: "weibull", mean: 0.02, shape: 0.6 },
    { kind: "weibull", mean: 0.5, shape: 3 },
    { kind: "weibull", mean: 1, shape: 150 },
  ],
  lomax: [
    { kind: "lomax", mean: 0.01, shape: 6 },
    { kind: "lomax", mean: 0.01, shape: 2.5 },
    { kind: "lomax", mean: 0.01, shape: 1.8 },
  ],
  pareto: [
    { kind: "pareto", minimum: 0.01, shape: 6 },
    { kind: "pareto", minimum: 0.01, shape: 1.8 },
  ],
  phaseType: [
    { kind: "phaseType", initial: [1], generator: [[-40]] },
    {
      kind: "phaseType",
      initial: [0.5, 0.3, 0.2],
      generator: [
        [-50, 20, 0],
        [5, -10, 5],
        [0, 0, -400],
      ],
    },
    {
      kind: "phaseType",
      initial: [1, 0],
      generator: [
        [-1e5, 9e4],
        [0, -3],
      ],
    },
  ],
  uniform: [{ kind: "uniform", low: 0.1, high: 0.3 }],
  discrete: [{ kind: "discrete", values: [0.03, 0.01, 0.02], probabilities: [0.5, 0.2, 0.3] }],
  shifted: [{ kind: "shifted", by: 0.005, of: { kind: "exponential", mean: 0.01 } }],
  mixture: [
    {
      kind: "mixture",
      of: [
        { weight: 3, of: { kind: "exponential", mean: 0.01 } },
        { weight: 1, of: { kind: "deterministic", value: 0.05 } },
      ],
    },
  ],
  empirical: [{ kind: "empirical", values: [0.3, 0.1, 0.2, 0.2, 0.9] }],
};

const cases = Object.entries(examples).flatMap(([kind, specs]) =>
  specs.map((spec, i) => [`${kind} ${i}`, spec] as const),
);

/** E[f(X)] by the quantile function at the middle of equal shares; exact but for the tail beyond 1/(2n). */
const strata = 6_000;
const expectation = (law: Distribution, value: (x: number) => number): number =>
  middles(law).reduce((sum, x) => sum + value(x), 0) / strata;

const kept = new WeakMap<Distribution, Float64Array>();
function middles(law: Distribution): Float64Array {
  const found = kept.get(law) ?? Float64Array.from({ length: strata }, (_, i) => law.quantile((i + 0.5) / strata));
  kept.set(law, found);
  return found;
}

describe.each(cases)("distribution %s", (_, spec) => {
  const law = distribution(spec);

  it("has a cdf that rises from 0 to 1", () => {
    expect(law.cdf(-1)).toBe(0);
    const points = Array.from({ length: 200 }, (_, i) => (law.mean + 0.001) * 10 ** (-4 + (i * 7) / 200));
    const values = points.map((x) => law.cdf(x));
    for (const [i, value] of values.entries()) {
      expect(value).toBeGreaterThanOrEqual(i === 0 ? 0 : values[i - 1]!);
      expect(value).toBeLessThanOrEqual(1);
    }
    expect(law.cdf((law.mean + 1) * 1e6)).toBeGreaterThan(1 - 1e-9);
  });

  it("has a quantile that is the inverse of its cdf", () => {
    for (const p of [1e-6, 0.01, 0.3, 0.5, 0.9, 0.99, 0.99999]) {
      const x = law.quantile(p);
      expect(law.cdf(x * (1 + 1e-12))).toBeGreaterThanOrEqual(p - 1e-9);
      if (x > 0) expect(law.cdf(x * (1 - 1e-9))).toBeLessThanOrEqual(p + 1e-9);
    }
  });

  it("has the mean, variance and moments of its quantiles", () => {
    const edge = law.quantile(0.999);
    const body = expectation(law, (x) => Math.min(x, edge));
    const tailFree = law.mean - tailBeyond(law, 0.999);
    expect(body).toBeCloseTo(tailFree, 3 - Math.floor(Math.log10(law.mean + 1e-3)));
    expect(law.moment(1)).toBeCloseTo(law.mean, 12);
    expect(law.moment(2)).toBeCloseTo(law.mean ** 2 * (1 + law.scv), 12);
    expect(law.moment(4)).toBeGreaterThanOrEqual(law.moment(2) ** 2 * (1 - 1e-12));
  });

  it("has the transform of its quantiles", () => {
    if (law.transform === undefined) return;
    for (const s of [complex(0.5 / (law.mean + 0.01)), complex(1 / (law.mean + 0.01), 2 / (law.mean + 0.01))]) {
      const whole = law.transform
        .map((part) => {
          const shift = exp(scale(s, -part.delay));
          const smooth = part.smooth(s);
          return complex(shift.re * smooth.re - shift.im * smooth.im, shift.re * smooth.im + shift.im * smooth.re);
        })
        .reduce(add, zero);
      expect(whole.re).toBeCloseTo(
        expectation(law, (x) => Math.exp(-s.re * x) * Math.cos(s.im * x)),
        3,
      );
      expect(whole.im).toBeCloseTo(
        expectation(law, (x) => -Math.exp(-s.re * x) * Math.sin(s.im * x)),
        3,
      );
    }
  });

  it("draws samples that follow its cdf", () => {
    const sample = law.sampler(source(11, "contract"));
    const n = 20_000;
    const values = Float64Array.from({ length: n }, sample);
    for (const p of [0.05, 0.25, 0.5, 0.75, 0.95]) {
      const x = law.quantile(p);
      const below = values.reduce((count, value) => count + (value <= x * (1 + 1e-12) ? 1 : 0), 0);
      expect(binomialWithin(below, n, law.cdf(x * (1 + 1e-12)))).toBe(true);
    }
  });

  it("gives the same samples for the same stream", () => {
    const [a, b] = [law.sampler(source(3, "a")), law.sampler(source(3, "a"))];
    for (let i = 0; i < 100; i++) expect(a()).toBe(b());
  });

  it("scales", () => {
    const twice = scaled(law, 2);
    expect(twice.mean).toBe(2 * law.mean);
    expect(twice.cdf(0.02)).toBe(law.cdf(0.01));
    expect(twice.moment(3)).toBeCloseTo(8 * law.moment(3), 10);
  });

  it("is scaled as plain data as it is as a law", () => {
    const [asData, asLaw] = [distribution(scaledSpec(spec, 2.5)), scaled(law, 2.5)];
    expect(asData.mean).toBeCloseTo(asLaw.mean, 12);
    for (const p of [0.1, 0.5, 0.99]) expect(asData.quantile(p)).toBeCloseTo(asLaw.quantile(p), 9);
  });
});

const trapped = [
  [-1, 1],
  [1, -1],
];

describe("distributions refuse", () => {
  it.each<[string, DistributionSpec]>([
    ["deterministic: value must be in [0, ∞), got -1", { kind: "deterministic", value: -1 }],
    ["exponential: mean must be in (0, ∞), got 0", { kind: "exponential", mean: 0 }],
    ["erlang: stages must be an integer ≥ 1, got 1.5", { kind: "erlang", mean: 1, stages: 1.5 }],
    ["gamma: scv must be in (0, ∞), got NaN", { kind: "gamma", mean: 1, scv: Number.NaN }],
    ["hyperexponential: scv must be in [1, ∞), got 0.5", { kind: "hyperexponential", mean: 1, scv: 0.5 }],
    ["lognormal: mean must be in (0, ∞), got Infinity", { kind: "lognormal", mean: Infinity, scv: 1 }],
    ["weibull: shape must be in [0.05, ∞), got 0", { kind: "weibull", mean: 1, shape: 0 }],
    ["lomax: shape must be in (1, ∞), got 1", { kind: "lomax", mean: 1, shape: 1 }],
    ["pareto: minimum must be in (0, ∞), got 0", { kind: "pareto", minimum: 0, shape: 2 }],
    ["phaseType: initial must sum to 1, got 0.5", { kind: "phaseType", initial: [0.5], generator: [[-1]] }],
    ["phaseType: every phase must lead out, got 1", { kind: "phaseType", initial: [1, 0], generator: trapped }],
    [
      "phaseType: generator rows must sum to at most 0, got 1",
      { kind: "phaseType", initial: [1, 0], generator: [[-1, 2], trapped[1]!] },
    ],
    ["uniform: high must be in (low, ∞), got 1", { kind: "uniform", low: 2, high: 1 }],
    ["discrete: probabilities must sum to 1, got 0.5", { kind: "discrete", values: [1], probabilities: [0.5] }],
    ["shifted: by must be in [0, ∞), got -1", { kind: "shifted", by: -1, of: { kind: "exponential", mean: 1 } }],
    ["mixture: needs at least one component, got 0", { kind: "mixture", of: [] }],
    ["empirical: needs at least one value, got 0", { kind: "empirical", values: [] }],
  ])("%s", (message, spec) => {
    expect(() => distribution(spec)).toThrow(new RangeError(message));
  });
});

/** Each stratum of a tail holds this much less than what lies beyond the one before. */
const shrink = 0.99;

/** E[(X − quantile(p))⁺], by strata that shrink towards the end of the tail, so that a power law's has its share too. */
function tailBeyond(law: Distribution, p: number): number {
  const edge = law.quantile(p);
  let sum = 0;
  for (let left = 1 - p; left > 1e-15; left *= shrink) {
    sum += (law.quantile(1 - left * Math.sqrt(shrink)) - edge) * left * (1 - shrink);
  }
  return sum;
}
