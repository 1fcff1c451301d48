import { describe, expect, it } from "vitest";
import { predict } from "../../src/model/predict.ts";
import type { AvailableAnswer, ResourcesAnswer } from "../../src/scenario/answer.ts";
import { scenarioYaml, toDocument } from "../../src/scenario/document.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import { expectedResources, resourcesOf } from "../../src/scenario/resources.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { ratioInterval } from "../../src/stats/intervals.ts";
import { scenario } from "./issuesOf.ts";

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

describe("what usage comes to, per hour", () => {
  const gigabyte = 2 ** 30;
  const usage = { instances: 7200, starting: 100, busy: 3000, inService: 2000, requests: 500, span: 3600 };
  const idle = { instances: 3600, starting: 0, busy: 0, inService: 0, requests: 100, span: 3600 };
  const node = { cores: 4, memory: "4GiB" };
  const of = (one: object, ...usages: (typeof usage)[]) =>
    resourcesOf(scenario({ targets: { one } }).targets[0]!, usages)!;
  const costOf = (one: object) => of({ kind: "server", ...one }, usage).cost?.value;

  it("is memory that is held, or that of instances which start or serve, and of requests in pods", () => {
    const held = of({ kind: "server", memory: "1GiB" }, usage);
    expect(held.memoryBytes!.value).toBe(2 * gigabyte);
    expect(held.gigabyteSeconds!.value).toBe(7200);
    expect(held.instanceHours.value).toBe(2);
    expect(held).toMatchObject({ cost: null, costPerMillionRequests: null });
    const busy = of({ kind: "server", memory: "1GiB", prices: { billed: "busy", perGigabyteSecond: 2 } }, usage);
    expect(busy.memoryBytes!.value).toBe(2 * gigabyte);
    expect(busy.gigabyteSeconds!.value).toBe(3100);
    expect(busy.cost!.value).toBe(6200);
    const pods = of({ kind: "spinkube", replicas: 1, memory: "1GiB", instanceMemory: "512MiB" }, usage);
    expect(pods.gigabyteSeconds!.value).toBe(7200 + 1000);
  });

  it("is money by the second, the request, the instance and the share of a node", () => {
    expect(costOf({ memory: "1GiB", prices: { perGigabyteSecond: 2 } })).toBe(14_400);
    expect(costOf({ prices: { perRequest: 0.5 } })).toBe(250);
    expect(costOf({ prices: { perInstanceHour: 3 } })).toBe(6);
    expect(costOf({ prices: { perInstanceHour: 3, perRequest: 0.5 } })).toBe(256);
    expect(costOf({ memory: "1GiB", prices: { perNodeHour: 10, node } })).toBe(5);
    expect(costOf({ prices: { perNodeHour: 10, node } })).toBe(0);
    const pods = (rest: object) =>
      of({ kind: "spinkube", replicas: 1, prices: { perNodeHour: 10, node }, ...rest }, usage).cost!.value;
    expect(pods({ cores: 2, memory: "1GiB" })).toBe(10);
    expect(pods({ cores: 0.5, memory: "1GiB" })).toBe(5);
    expect(of({ kind: "server", prices: { perRequest: 0.5 } }, usage).costPerMillionRequests!.value).toBe(500_000);
    expect(of({ kind: "server", prices: { perInstanceHour: 3 } }, usage).costPerMillionRequests!.value).toBe(12_000);
  });

  it("is as uncertain as its parts differ, and never less than nothing", () => {
    const { instanceHours, costPerMillionRequests } = of(
      { kind: "server", prices: { perInstanceHour: 3 } },
      usage,
      idle,
    );
    const hours = ratioInterval([
      { sum: 7200, weight: 3600 },
      { sum: 3600, weight: 3600 },
    ]);
    expect(instanceHours).toEqual({ ...hours, low: 0 });
    expect(costPerMillionRequests!.value).toBe((9 / 600) * 1e6);
    expect(of({ kind: "server", memory: "1GiB" }, usage).memoryBytes!.low).toBeNaN();
    const [a, b] = [usage, { ...usage, instances: 7201 }];
    expect(of({ kind: "server", memory: "1GiB" }, a, b).instanceHours.low).toBeGreaterThan(1.9);
  });

  it("is expected from a steady state, what is not asked for being unknown for nobody", () => {
    const known = { value: 2, low: 2, high: 2 };
    const steady = { total: known, starting: null, ready: null, busy: null, idle: null };
    const part = (value: number) => ({ value, low: value, high: value });
    const breakdown = { network: part(9), cold: part(9), start: part(0.125), queue: part(0.25), work: part(0.125) };
    const expected = (one: object, instances: object = steady) =>
      expectedResources(scenario({ targets: { one } }).targets[0]!, { instances, breakdown } as never, 4);
    expect(expected({ kind: "server" })).toBeNull();
    expect(expected({ kind: "server", prices: { perInstanceHour: 3, perRequest: 1 } })).toMatchObject({
      memoryBytes: null,
      cost: { value: expect.closeTo(6 + 4 * 3600, 9) },
      instanceHours: known,
    });
    const pods = { kind: "spinkube", replicas: 2, memory: "1GiB", instanceMemory: "1GiB" };
    expect(expected(pods)!.memoryBytes!.value).toBe((2 + 4 * 0.5) * gigabyte);
    const busy = { ...pods, prices: { billed: "busy", perGigabyteSecond: 1 } };
    expect(expected(busy)!.cost!.value).toBeNaN();
    const told = { ...steady, starting: part(0.5), busy: part(1) };
    expect(expected(busy, told)!.cost!.value).toBe(3600 * (1.5 + 2));
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
