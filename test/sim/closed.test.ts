import { describe, expect, it } from "vitest";
import { simulate } from "../../src/sim/simulate.ts";
import { answerOf, failures, scenario } from "./fixture.ts";

/** The machine repairman: N clients who think Exp(Z), one server of Exp(S); throughput and mean response. */
function repairman(clients: number, think: number, service: number, servers = 1) {
  let weight = 1;
  let sum = 1;
  let busy = 0;
  for (let n = 1; n <= clients; n++) {
    weight *= ((clients - n + 1) / think) * (service / Math.min(n, servers));
    sum += weight;
    busy += weight * Math.min(n, servers);
  }
  const throughput = busy / sum / service;
  return { throughput, response: clients / throughput - think };
}

const closed = (clients: number, thinkTime: string | { kind: "exponential"; mean: string }) => ({
  arrivals: { kind: "closed" as const, clients, thinkTime },
  duration: "160s",
  warmup: "10s",
});
const thinking = { kind: "exponential", mean: "200ms" } as const;

describe("clients that wait for their answers", () => {
  it.each([
    ["one server", { kind: "server" }, 1],
    ["two servers", { kind: "server", servers: 2 }, 2],
    ["a shared processor", { kind: "server", discipline: "processorSharing", concurrency: "unlimited" }, 1],
  ] as const)("are the machine repairman's machines: %s", (_, target, servers) => {
    const given = scenario({ one: target }, { ...closed(25, thinking), work: { kind: "exponential", mean: "10ms" } });
    const exact = repairman(25, 0.2, 0.01, servers);
    const { latency, instances } = answerOf(given, { replications: 10 });
    const reach = 4.8 / 2.26; // Student's 99.9 % over 95 % with nine degrees of freedom.
    const error = ((latency.mean.high - latency.mean.low) / 2) * reach;
    expect(Math.abs(latency.mean.value - exact.response)).toBeLessThan(error);
    if (servers === 1) expect(instances.busy!.value / 0.01).toBeCloseTo(exact.throughput, 0);
  });

  it("follow Little's law where nobody waits, and count exactly", () => {
    const given = scenario(
      { one: { kind: "spinkube", replicas: 1, network: "30ms", instanceStart: "1ms" } },
      closed(10, "60ms"),
    );
    const { counts, latency } = answerOf({ ...given, warmup: 0 }, { replications: 2 });
    expect(counts!.completed).toBe(counts!.scheduled);
    expect(counts!.scheduled / 320).toBeCloseTo(10 / (0.06 + latency.mean.value), 1);
  });

  it("end with a number of requests, each of them counted", () => {
    const { counts } = answerOf(scenario({ one: { kind: "server" } }, closed(7, "0s")), {
      requests: 1000,
      replications: 3,
    });
    expect(counts).toMatchObject({ scheduled: 3000, completed: 3000, sent: 3000 });
  });

  it("keep one request each in flight without thinking, as a load generator's connections do", () => {
    const { latency, counts } = answerOf(
      scenario({ one: { kind: "server" } }, { ...closed(20, 0 as never), work: "1ms" }),
      {
        replications: 1,
      },
    );
    expect(latency.quantiles[0]!.value.value).toBeCloseTo(0.02, 4);
    expect(counts!.scheduled).toBeCloseTo(160_000, -2);
  });

  it("go on where they are turned away at once, and where they give up", () => {
    const rejecting = { kind: "perRequest", coldStart: "1s", keepAlive: "1s", maxInstances: 1 } as const;
    const given = scenario(
      { rejecting, slow: { kind: "server", timeout: "15ms" } },
      { ...closed(3, "10ms"), duration: "20s", warmup: 0 },
    );
    for (const answer of simulate(given, { replications: 1 }).targets) {
      if (answer.status === "unavailable") throw new Error(answer.reason);
      expect(failures(answer)).toBeGreaterThan(0);
      expect(answer.counts!.completed + failures(answer)).toBe(answer.counts!.scheduled);
    }
  });

  it("refuse a loop in which time stands still", () => {
    const given = scenario({ one: { kind: "spinkube", replicas: 1 } }, { ...closed(3, 0 as never), work: 0 as never });
    expect(() => simulate(given, { replications: 1 })).toThrow(RangeError);
  });
});
