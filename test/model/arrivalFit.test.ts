import { describe, expect, it } from "vitest";
import { type ArrivalsSpec, arrivals } from "../../src/arrivals/index.ts";
import { arrivalFit } from "../../src/model/arrivalFit.ts";
import { exactMap } from "../../src/model/exactMap.ts";
import { mapFigures } from "../../src/model/mapFigures.ts";
import { predict } from "../../src/model/predict.ts";
import { scenarioOf, serverTarget } from "./serverScenario.ts";

const rateOf = (map: Parameters<typeof mapFigures>[0] & { batch: { mean: number } }): number =>
  mapFigures(map).rate * map.batch.mean;

describe("arrivals as Markovian processes", () => {
  it("two phases: closed forms of dispersion, scv and correlation", () => {
    const { rate, dispersion } = mapFigures({
      D0: [
        [-3, 1],
        [2, -12],
      ],
      D1: [
        [2, 0],
        [0, 10],
      ],
    });
    // Heffes and Lucantoni: 1 + 2·variance of the rate/(mean·(r₁ + r₂)).
    expect(rate).toBeCloseTo(14 / 3, 12);
    expect(dispersion).toBeCloseTo(1 + (2 * (2 / 9) * 64) / ((14 / 3) * 3), 12);
  });

  it("what is Markovian as it stands keeps its rate, alone and together", () => {
    const onOff: ArrivalsSpec = {
      kind: "onOff",
      on: { kind: "erlang", mean: 1, stages: 2 },
      off: { kind: "hyperexponential", mean: 3, scv: 2 },
      rate: 5,
    };
    const specs: readonly ArrivalsSpec[] = [
      onOff,
      { kind: "devices", count: 4, each: onOff },
      { kind: "superposition", of: [onOff, { kind: "poisson", rate: 2 }] },
      { kind: "renewal", interval: { kind: "gamma", mean: 0.2, scv: 0.25 } },
    ];
    for (const spec of specs) expect(rateOf(exactMap(spec)!) / arrivals(spec).rate).toBeCloseTo(1, 10);
    // Independent sources: variances add, so the dispersion of alike ones is that of one.
    const [one, four] = [specs[0]!, specs[1]!].map((spec) => mapFigures(exactMap(spec)!).dispersion);
    expect(four! / one!).toBeCloseTo(1, 9);
  });

  it("a fit has the moments it was made for, and says how far it is off", () => {
    const hawkes = arrivalFit({ kind: "hawkes", rate: 10, branching: 0.6, decayTime: 0.5 })!;
    expect(mapFigures(hawkes.map).dispersion).toBeCloseTo(1 / 0.4 ** 2, 9);
    const interval = { kind: "lognormal", mean: 0.1, scv: 3 } as const;
    const renewal = arrivalFit({ kind: "renewal", interval })!;
    expect(rateOf(renewal.map)).toBeCloseTo(10, 9);
    expect(renewal.figures[1]!.fitted).toBeLessThan(0.02);
    const even = arrivalFit({ kind: "deterministic", interval: 0.1 })!;
    expect(even.figures[0]).toMatchObject({ wanted: 0 });
    expect(even.figures[0]!.fitted).toBeCloseTo(1 / 24, 12);
    expect(arrivalFit({ kind: "profile", points: [{ at: 0, rate: 1 }] })).toBeNull();
  });

  it("a trace of bursts becomes a modulated process of its dispersion", () => {
    const cursor = arrivals({
      kind: "mmpp",
      rates: [20, 2],
      switching: [
        [0, 0.5],
        [0.25, 0],
      ],
    }).instants(["trace"]);
    const times = Array.from({ length: 40_000 }, () => cursor.next());
    const fit = arrivalFit({ kind: "trace", times })!;
    expect(fit.kind).toBe("a two-phase MMPP");
    const [wanted, found] = [
      exactMap({
        kind: "mmpp",
        rates: [20, 2],
        switching: [
          [0, 0.5],
          [0.25, 0],
        ],
      })!,
      fit.map,
    ].map((map) => mapFigures(map));
    expect(found!.rate / wanted!.rate).toBeGreaterThan(0.9);
    expect(found!.rate / wanted!.rate).toBeLessThan(1.1);
    expect(found!.dispersion / wanted!.dispersion).toBeGreaterThan(0.6);
    expect(found!.dispersion / wanted!.dispersion).toBeLessThan(1.6);
    const scenario = scenarioOf({ kind: "trace", times }, { kind: "exponential", mean: 0.05 }, serverTarget());
    const target = predict(scenario).targets[0]!;
    expect(target.status).toBe("approximate");
    expect(target.reason).toContain("dispersion of counts");
  });
});
