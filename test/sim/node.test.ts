import { describe, expect, it } from "vitest";
import { density } from "../../src/sim/density.ts";
import { NodeCores } from "../../src/sim/nodeCores.ts";
import { SharedCores } from "../../src/sim/sharedCores.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { answerOf, failures, scenario } from "./fixture.ts";

/** So many threads of one second each. */
function podOf(threads: number, most = 4): SharedCores {
  const cores = new SharedCores(most);
  for (let i = 0; i < threads; i++) cores.add(0, i, 1);
  return cores;
}

describe("a node's cores", () => {
  it("are shared fairly by pod, what one cannot use going to the others", () => {
    const node = new NodeCores(3, 4, "pod");
    const pods = [podOf(1), podOf(4), podOf(9)];
    for (const [i, pod] of pods.entries()) node.setActive(i, pod, true);
    const next = node.share(0);
    // One thread takes its core; the other two pods share two, by four and by nine threads.
    expect(next).toEqual({ time: 1, pod: 0 });
    expect(pods.map((pod) => pod.nextEnd(0))).toEqual([1, 4, 9]);
    node.setActive(2, pods[2]!, false);
    node.share(0);
    expect(pods[1]!.nextEnd(0)).toBeCloseTo(2, 12); // Now two cores for four threads.
  });

  it("are shared by request where there are no groups, and what a pod may not use goes to the others", () => {
    const node = new NodeCores(2, 4, "request");
    const pods = [podOf(1), podOf(3)];
    for (const [i, pod] of pods.entries()) node.setActive(i, pod, true);
    node.share(0);
    expect(pods.map((pod) => pod.nextEnd(0))).toEqual([2, 2]); // Four threads on two cores.
    const limited = new NodeCores(2.5, 1, "request");
    const two = [podOf(8, 1), podOf(1, 1), podOf(1, 1)];
    for (const [i, pod] of two.entries()) limited.setActive(i, pod, true);
    limited.share(0);
    expect(two.map((pod) => pod.nextEnd(0))).toEqual([8, 4 / 3, 4 / 3]);
  });

  it("give every thread a whole core where there is enough", () => {
    const node = new NodeCores(8, 2, "pod");
    const pods = [podOf(2, 2), podOf(4, 2)];
    for (const [i, pod] of pods.entries()) node.setActive(i, pod, true);
    node.share(0);
    expect(pods.map((pod) => pod.nextEnd(0))).toEqual([1, 2]);
  });
});

describe("functions on a node", () => {
  it("are, where there is one with one core, processor sharing: s / (1 − ρ), whatever the law of the work", () => {
    const work = { kind: "hyperexponential", mean: "10ms", scv: 4 } as const;
    const given = scenario({ one: { kind: "node" } }, { work, duration: "3min" });
    const { mean } = answerOf(given, { replications: 10 }).latency;
    expect(Math.abs(mean.value - 0.02)).toBeLessThan(((mean.high - mean.low) / 2) * (4.8 / 2.26));
  });

  it("share one core by request: processor sharing again, however the requests are spread over functions", () => {
    const given = scenario(
      { one: { kind: "node", functions: 5, sharedBy: "request" } },
      { arrivals: { kind: "poisson", rate: "10/s" }, duration: "3min" },
    );
    const { mean } = answerOf(given, { replications: 10 }).latency;
    expect(Math.abs(mean.value - 0.02)).toBeLessThan(((mean.high - mean.low) / 2) * (4.8 / 2.26));
  });

  it("share its cores, so that many with little load are one with all of it", () => {
    const many = scenario(
      { one: { kind: "node", functions: 10 } },
      { arrivals: { kind: "poisson", rate: "6/s" }, duration: "3min" },
    );
    const { mean } = answerOf(many, { replications: 10 }).latency;
    // M/M/1 by pods instead of by requests: close to processor sharing at load 0.6, and far from being alone.
    expect(mean.value).toBeGreaterThan(0.022);
    expect(mean.value).toBeLessThan(0.026);
  });

  it("are kept from a noisy neighbour by their share, and not by more", () => {
    const target = { kind: "node", cores: 2, podCores: 1, functions: 2 } as const;
    const noise = [{ arrivals: { kind: "poisson", rate: "150/s" }, work: "20ms" }] as never;
    const given = scenario(
      { alone: target, beside: { ...target, neighbours: noise } },
      { arrivals: { kind: "poisson", rate: "20/s" } },
    );
    const [alone, beside] = simulate(given, { replications: 2 }).targets.map((answer) => {
      if (answer.status === "unavailable") throw new Error(answer.reason);
      return answer;
    });
    expect(beside!.latency.mean.value).toBeGreaterThan(alone!.latency.mean.value);
    expect(beside!.latency.mean.value).toBeLessThan(2 * alone!.latency.mean.value);
    expect(failures(beside!)).toBe(0);
    expect([alone!.stable, beside!.stable]).toEqual([true, false]); // The neighbour asks for more than there is; its share is all it gets.
  });

  it("are turned away where their pods have no room", () => {
    const room = { kind: "node", memory: "100MiB", nodeMemory: "400MiB", cores: 8 } as const;
    const fits = answerOf(scenario({ one: { ...room, functions: 4 } }), { replications: 1 });
    expect(failures(fits)).toBe(0);
    expect(fits.instances.total.value).toBe(4);
    const cold = { coldStart: "100ms", keepAlive: "5ms", concurrency: 1 } as const;
    const full = answerOf(scenario({ one: { ...room, ...cold, functions: 9 } }), { replications: 1 });
    expect(full.counts!.failed.rejected).toBeGreaterThan(0);
    expect(full.instances.total.value).toBeLessThanOrEqual(4 + 1e-9);
  });

  it("start with the cores that others use, too", () => {
    const starting = { kind: "node", coldStart: "100ms", startWork: "200ms", keepAlive: "50ms" } as const;
    const rare = { arrivals: { kind: "deterministic", interval: "2s" }, work: "10ms" } as const;
    const alone = answerOf(scenario({ one: starting }, rare), { replications: 1 });
    expect(alone.latency.mean.value).toBeCloseTo(0.31, 9);
    expect(alone.breakdown.cold.value).toBeCloseTo(0.3, 9);
    const noise = [{ count: 2, arrivals: { kind: "poisson", rate: "40/s" }, work: "10ms" }] as never;
    const beside = answerOf(scenario({ one: { ...starting, neighbours: noise } }, rare), { replications: 1 });
    expect(beside.latency.mean.value).toBeGreaterThan(0.4);
  });

  it("cannot be many where clients wait for their answers", () => {
    const closed = { arrivals: { kind: "closed", clients: 2, thinkTime: "1s" } } as const;
    expect(() => answerOf(scenario({ one: { kind: "node", functions: 2 } }, closed))).toThrow(RangeError);
  });
});

describe("density", () => {
  it("finds how many functions fit, and shows what it tried", () => {
    const given = scenario(
      { one: { kind: "node", cores: 1, podsPerNode: 60 } },
      { arrivals: { kind: "poisson", rate: "5/s" }, work: "20ms", duration: "30s" },
    );
    const goal = { objectiveSeconds: 0.1, quantile: 0.95 };
    const found = density(given, "one", goal, { replications: 2 });
    expect(found.functions).toBeGreaterThanOrEqual(4);
    expect(found.functions).toBeLessThan(10); // Ten use the core up.
    const at = (functions: number) => found.points.find((point) => point.functions === functions)!;
    expect(at(found.functions).within.value).toBeGreaterThanOrEqual(0.95);
    expect(at(found.functions + 1).within.value).toBeLessThan(0.95);
    expect(density(given, "one", goal, { replications: 2, most: 3 }).functions).toBe(3);
    expect(density(given, "one", { ...goal, objectiveSeconds: 0.01 }, { replications: 1 }).functions).toBe(0);
  });

  it("is a question to nodes only", () => {
    const given = scenario({ one: { kind: "server" } });
    expect(() => density(given, "one", { objectiveSeconds: 1, quantile: 0.9 })).toThrow(RangeError);
  });
});
