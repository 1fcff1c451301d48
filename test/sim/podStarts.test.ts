import { describe, expect, it } from "vitest";
import { activatorProbe } from "../../src/policies/dispatch/activatorProbe.ts";
import { parseScheduleCsv } from "../../src/scenario/schedule.ts";
import { SharedCores } from "../../src/sim/sharedCores.ts";
import { answerOf, failures, scenario } from "./fixture.ts";

const at = (...seconds: number[]) =>
  parseScheduleCsv(["at_seconds,work_seconds", ...seconds.map((second) => `${second},0.1`)].join("\n"), "schedule.csv");

const none = { control: 0, schedule: 0, sandbox: 0, pull: 0, unpack: 0, containers: 0, process: 0 } as const;
const knative = { kind: "knative", containerConcurrency: 1, targetUtilization: 1 } as const;

describe("activatorProbe", () => {
  it("finds a process that listens as soon as it sees the address", () => {
    expect(activatorProbe({ visibleAt: 2, proxyAt: 1, listensAt: 1.7 })).toBe(2);
  });

  it("looks every 50 ms while the process starts, and every 200 ms while the queue-proxy does", () => {
    expect(activatorProbe({ visibleAt: 1, proxyAt: 0.5, listensAt: 1.51 })).toBeCloseTo(1.55, 12);
    expect(activatorProbe({ visibleAt: 1, proxyAt: 1.25, listensAt: 0.9 })).toBeCloseTo(1.4, 12);
    expect(activatorProbe({ visibleAt: 1, proxyAt: 1.25, listensAt: 1.41 })).toBeCloseTo(1.45, 12);
  });
});

describe("SharedCores", () => {
  it("goes on with the others when one is taken out", () => {
    const cores = new SharedCores(1);
    for (let id = 0; id < 4; id++) cores.add(0, id, 1 + id);
    cores.remove(2, 1); // Each has attained 0.5.
    expect(cores.nextEnd(2)).toBeCloseTo(2 + 3 * 0.5, 12);
    expect([cores.pop(3.5), cores.size]).toEqual([0, 2]);
    expect(cores.nextEnd(3.5)).toBeCloseTo(3.5 + 2 * 2, 12);
    cores.remove(3.5, 3);
    expect(cores.nextEnd(3.5)).toBeCloseTo(3.5 + 2, 12);
  });
});

describe("starts on nodes", () => {
  const start = (fields: object, times: number[]) =>
    answerOf(scenario({ a: { ...knative, ...fields } }, { duration: "20s" }), {
      schedule: at(...times),
      replications: 1,
    });

  it("take what their steps sum to where nothing limits them", () => {
    const steps = {
      ...none,
      control: "100ms",
      schedule: "10ms",
      sandbox: "300ms",
      containers: "200ms",
      process: "50ms",
    };
    const answer = start({ podStart: { steps } }, [3]);
    expect(answer.breakdown.cold.value).toBeCloseTo(0.66, 9);
  });

  it("share the cores with their CPU work, and take no longer alone", () => {
    const fields = { podStart: "1s", startWork: "400ms", nodes: { count: 1, cores: 2 }, initialScale: 1 };
    const one = start({ ...fields, maxScale: 1 }, [3]);
    expect(one.breakdown.cold.value).toBeCloseTo(1, 9);
    // The operator orders one and the autoscaler three more: 0.6 s, then at least 3 × 0.4 s of work on two cores.
    const spin = answerOf(
      scenario({
        a: { kind: "spinkube", podStart: "1s", startWork: "400ms", nodes: { count: 1, cores: 2 }, ...kafka(8) },
      }),
      { schedule: at(...Array.from({ length: 8 }, () => 3)), replications: 1 },
    );
    expect(spin.cold.duration!.quantiles.at(-1)!.value.value).toBeGreaterThan(1.19);
  });

  it("start no more at once than the kubelet may", () => {
    const fields = { kind: "spinkube", podStart: "1s", startsAtOnce: 1, ...kafka(4) } as const;
    const schedule = at(...Array.from({ length: 40 }, () => 1));
    const answer = answerOf(scenario({ a: fields }), { schedule, replications: 1 });
    // One pod by the operator, then four in all by the autoscaler: the last waits for two others, and perhaps for the first.
    const last = answer.cold.duration!.quantiles.at(-1)!.value.value;
    expect(last).toBeGreaterThan(2.99);
    expect(last).toBeLessThan(4);
  });

  it("wait where every node is full, until a pod has left", () => {
    const fields = { podStart: "1s", nodes: { count: 1, cores: 4, podsMax: 2 }, stableWindow: "6s" };
    const answer = start(fields, [1, 1, 1, 1]);
    expect(answer.timeline!.ready.every((count) => (count ?? 0) <= 2)).toBe(true);
    expect(failures(answer)).toBe(0);
  });

  it("pull an image once for all pods of a node", () => {
    const steps = { ...none, pull: "2s", unpack: "500ms", containers: "500ms" };
    const nodes = { count: 1, cores: 4, imageCached: false };
    const answer = answerOf(
      scenario({ a: { kind: "spinkube", podStart: { steps }, nodes, ...kafka(4) } }, { duration: "20s" }),
      { schedule: at(...Array.from({ length: 40 }, () => 1)), replications: 1 },
    );
    const [first, ...rest] = [
      answer.cold.duration!.quantiles.at(-1)!.value.value,
      answer.cold.duration!.quantiles[0]!.value.value,
    ];
    expect(first).toBeGreaterThan(3);
    expect(rest[0]).toBeLessThan(first);
  });

  it("are told of once a second, which hides a slow process", () => {
    const nodes = { count: 1, cores: 2 };
    const cold = (process: string) =>
      answerOf(
        scenario(
          { a: { ...knative, podStart: { steps: { ...none, sandbox: "500ms", process } }, nodes } },
          { duration: "20s" },
        ),
        { schedule: at(3), replications: 40 },
      ).breakdown.cold.value;
    const quick = cold("0s");
    expect(quick).toBeGreaterThan(0.85); // 0.5 s, half a period on average, and the way of the news.
    expect(quick).toBeLessThan(1.2);
    // Listens 0.8 s later: max(U, 0.8) instead of U on average, and half a step of the probe.
    expect(cold("800ms") - quick).toBeGreaterThan(0.2);
    expect(cold("800ms") - quick).toBeLessThan(0.5);
  });
});

/** A count that follows a backlog: KEDA that polls every second. */
function kafka(max: number) {
  return {
    autoscaler: {
      kind: "keda",
      trigger: "kafka",
      partitions: 64,
      lagThreshold: 1,
      max,
      pollingInterval: "1s",
      syncPeriod: "1s",
      dispatch: { consumers: 1, inFlight: 64 },
    },
  } as const;
}
