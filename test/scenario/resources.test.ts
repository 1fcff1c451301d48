import { describe, expect, it } from "vitest";
import { predict } from "../../src/model/predict.ts";
import type { AvailableAnswer, ResourcesAnswer } from "../../src/scenario/answer.ts";
import { scenarioYaml, toDocument } from "../../src/scenario/document.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import { simulate } from "../../src/sim/simulate.ts";

const lambdaPrices = { perGigabyteSecond: 0.0000166667, perRequest: 2e-7, billed: "busy" } as const;
const given = toScenario({
  name: "costs",
  duration: "20min",
  warmup: "4min",
  arrivals: { kind: "poisson", rate: "20/s" },
  work: { kind: "exponential", mean: "100ms" },
  prices: { perInstanceHour: 0.01 },
  targets: {
    lambda: { kind: "perRequest", coldStart: 0, keepAlive: "10s", memory: "512MiB", prices: lambdaPrices },
    pods: {
      kind: "spinkube",
      replicas: 3,
      memory: "32MiB",
      instanceMemory: "4MiB",
      instanceStart: "25ms",
      cores: 0.5,
      prices: { perNodeHour: 0.2, node: { cores: 4, memory: "16GiB" } },
    },
    server: { kind: "server", servers: 4, keepAlive: "forever" },
    free: { kind: "server", concurrency: "unlimited", prices: {} },
  },
});

const resourcesBy = (answer: { readonly targets: readonly unknown[] }): Record<string, ResourcesAnswer | null> =>
  Object.fromEntries((answer.targets as AvailableAnswer[]).map(({ name, resources }) => [name, resources]));

describe("resources", () => {
  const simulated = resourcesBy(simulate(given, { replications: 4 }));
  const expected = resourcesBy(predict(given));

  it("bills a function by the time it is busy and by request", () => {
    // 20 requests of 0.1 s in 0.5 GB a second: 1 GB-second a second.
    const hourly = 3600 * (1 * lambdaPrices.perGigabyteSecond + 20 * lambdaPrices.perRequest);
    const { gigabyteSeconds, cost, costPerMillionRequests } = expected.lambda!;
    expect(gigabyteSeconds!.value).toBeCloseTo(3600, 6);
    expect(cost!.value).toBeCloseTo(hourly, 9);
    expect(costPerMillionRequests!.value).toBeCloseTo((hourly / 3600 / 20) * 1e6, 9);
    const measured = simulated.lambda!;
    expect(measured.cost!.low).toBeLessThan(hourly);
    expect(measured.cost!.high).toBeGreaterThan(hourly);
    // What idles is held, but not billed.
    expect(measured.memoryBytes!.value).toBeGreaterThan((1.2 * 3600 * 2 ** 30) / 3600);
  });

  it("counts a pod's memory and that of the requests' own instances, and the share of a node", () => {
    const bytes = 3 * 32 * 2 ** 20 + 20 * 0.125 * 4 * 2 ** 20;
    expect(expected.pods!.memoryBytes!.value).toBeCloseTo(bytes, 3);
    expect(simulated.pods!.memoryBytes!.low).toBeLessThan(bytes);
    expect(simulated.pods!.memoryBytes!.high).toBeGreaterThan(bytes);
    // Half a core of four each: an eighth of a node.
    expect(simulated.pods!.cost!.value).toBeCloseTo((3 * 0.2) / 8, 12);
    expect(expected.pods!.cost!.value).toBeCloseTo((3 * 0.2) / 8, 12);
  });

  it("takes the scenario's prices where a target has none of its own", () => {
    expect(simulated.server).toMatchObject({ memoryBytes: null, gigabyteSeconds: null });
    expect(simulated.server!.instanceHours.value).toBeCloseTo(4, 12);
    expect(simulated.server!.cost!.value).toBeCloseTo(0.04, 12);
    expect(simulated.free!.cost!.value).toBe(0);
  });

  it("is null where nothing is said", () => {
    const { prices: _, ...document } = toDocument(given);
    const plain = toScenario({ ...document, targets: { a: { kind: "server" } } });
    expect(resourcesBy(simulate(plain, { requests: 100, replications: 2 })).a).toBeNull();
  });
});

describe("memory and prices in a document", () => {
  it("are written back as they were", () => {
    expect(toScenario(toDocument(given))).toEqual(given);
    expect(scenarioYaml(given)).toContain("memory: 512MiB");
  });

  it("need their units, and a node where one is paid", () => {
    const parse = (target: object) => () =>
      toScenario({ ...toDocument(given), targets: { a: { kind: "server", ...target } } } as never);
    expect(parse({ memory: 64 })).toThrow('64 has no unit; if you mean "64MiB" write that');
    expect(parse({ memory: "64m" })).toThrow("is not an amount of memory");
    expect(parse({ prices: { perNodeHour: 1 } })).toThrow("perNodeHour needs it");
    expect(parse({ prices: { perRequst: 1 } })).toThrow('did you mean "perRequest"?');
  });
});
