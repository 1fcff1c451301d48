import { describe, expect, it } from "vitest";
import { parseScheduleCsv } from "../../src/scenario/schedule.ts";
import { answerOf, failures, scenario } from "./fixture.ts";

const at = (seconds: readonly number[], work = 0.1) =>
  parseScheduleCsv(["at_seconds,work_seconds", ...seconds.map((second) => `${second},${work}`)].join("\n"), "s.csv");
const burst = (size: number, second: number) => Array.from({ length: size }, () => second);

describe("the HPA on a simulated target", () => {
  const steady = { duration: "20min", warmup: "10min", arrivals: { kind: "poisson", rate: "20/s" } } as const;

  it("holds the CPU of SpinKube's pods at its target", () => {
    // 20 requests a second of 100 ms are 2 cores; at 50 % of one core each that is 4 pods.
    const autoscaler = { kind: "hpa", metric: "cpu", target: 0.5, max: 20 } as const;
    const waas = { kind: "spinkube", workIs: "cpu", podStart: "1s", autoscaler } as const;
    const answer = answerOf(scenario({ waas }, { ...steady, work: "100ms" }), { replications: 2 });
    expect(answer.instances.ready!.value).toBeGreaterThan(3.5);
    expect(answer.instances.ready!.value).toBeLessThan(6);
    expect(failures(answer)).toBe(0);
  });

  it("holds the requests in service per pod of a Knative revision", () => {
    const autoscaler = { kind: "hpa", metric: "concurrency", target: 1, max: 20 } as const;
    const faas = { kind: "knative", podStart: "1s", autoscaler } as const;
    const answer = answerOf(scenario({ faas }, { ...steady, work: "200ms" }), { replications: 2 });
    expect(answer.instances.ready!.value).toBeGreaterThan(3.5);
    expect(answer.instances.ready!.value).toBeLessThan(7);
  });

  it("does not scale down for five minutes, and then to what is asked for at once", () => {
    const autoscaler = { kind: "hpa", metric: "rps", target: 10, max: 8 } as const;
    const waas = { kind: "spinkube", podStart: "1s", autoscaler } as const;
    const minute = Array.from({ length: 3600 }, (_, i) => i / 60);
    const answer = answerOf(scenario({ waas }, { duration: "10min" }), { schedule: at(minute), replications: 1 });
    const { ready, everySeconds } = answer.timeline!;
    const readyAt = (second: number) => ready[Math.floor(second / everySeconds)]!;
    expect(readyAt(75)).toBeGreaterThanOrEqual(6);
    expect(readyAt(300)).toBeGreaterThanOrEqual(6);
    expect(readyAt(590)).toBe(1);
  });
});

describe("KEDA on a simulated target", () => {
  const keda = { kind: "keda", trigger: "kafka", partitions: 8, max: 10 } as const;

  it("keeps events in their partitions until there is a pod, and goes to zero a cooldown after the last poll with lag", () => {
    const waas = {
      kind: "spinkube",
      podStart: "2s",
      autoscaler: { ...keda, dispatch: { consumers: 1, inFlight: 8 } },
    } as const;
    const answer = answerOf(scenario({ waas }, { duration: "12min" }), { schedule: at([1]), replications: 40 });
    expect(failures(answer)).toBe(0);
    // Half a polling interval and the start.
    expect(answer.latency.mean.value).toBeGreaterThan(12);
    expect(answer.latency.mean.value).toBeLessThan(22);
    const { ready, everySeconds } = answer.timeline!;
    expect(ready[Math.floor(290 / everySeconds)]).toBe(1);
    expect(ready.at(-1)).toBe(0);
  });

  it("scales on the backlog, one pod beyond the partitions where the division lets it through", () => {
    const most = (messages: number) => {
      const dispatch = { consumers: "pods", inFlight: 1 } as const;
      const autoscaler = { ...keda, pollingInterval: "1s", syncPeriod: "1s", dispatch } as const;
      const waas = { kind: "spinkube", podStart: "1s", autoscaler, maxInstanceCount: 1, workFactor: 1000 } as const;
      const answer = answerOf(scenario({ waas }, { duration: "30s" }), {
        schedule: at(burst(messages, 1)),
        replications: 1,
      });
      return Math.max(...answer.timeline!.ready.map((count) => count ?? 0));
    };
    expect(most(25)).toBe(3);
    expect(most(85)).toBe(9);
    expect(most(200)).toBe(8);
  });

  it("sees the lag of what is done but not committed yet", () => {
    // Every request is over at once, but commits come every 50 s: the lag alone keeps the pods.
    const replicas = (autoCommitInterval: string) => {
      const autoscaler = { ...keda, min: 1, dispatch: { consumers: 1, inFlight: 50, autoCommitInterval } } as const;
      const waas = { kind: "spinkube", podStart: "1s", autoscaler } as const;
      const answer = answerOf(scenario({ waas }, { duration: "3min", warmup: "1min" }), { replications: 2 });
      return answer.instances.ready!.value;
    };
    expect(replicas("0s")).toBeCloseTo(1, 6);
    expect(replicas("50s")).toBeGreaterThan(6);
  });

  it("holds requests in the add-on's interceptor while there is no pod, and starts one at once", () => {
    const autoscaler = { kind: "keda", trigger: "http", target: 2, max: 5 } as const;
    const waas = { kind: "spinkube", podStart: "2s", autoscaler } as const;
    const answer = answerOf(scenario({ waas }, { duration: "1min" }), { schedule: at([1, 1.5]), replications: 20 });
    expect(failures(answer)).toBe(0);
    expect(answer.breakdown.cold.value).toBeGreaterThan(1.75);
    expect(answer.breakdown.cold.value).toBeLessThan(1.96);
  });

  it("gives up on a lag that never activates its trigger, instead of waiting for ever", () => {
    const autoscaler = { ...keda, activationLagThreshold: 5 } as const;
    for (const kind of ["spinkube", "knative"] as const) {
      const target = { kind, podStart: "1s", autoscaler } as const;
      const answer = answerOf(scenario({ target }, { duration: "1min" }), { schedule: at([1, 2]), replications: 1 });
      expect(answer.counts!.failed).toEqual({ timeout: 2 });
    }
  });

  it("polls and syncs in phases that replications draw", () => {
    const autoscaler = { ...keda, dispatch: { consumers: 2, inFlight: 1 } } as const;
    const faas = { kind: "knative", podStart: "1s", autoscaler } as const;
    const cold = (replications: number) =>
      answerOf(scenario({ faas }, { duration: "2min" }), { schedule: at([1]), replications }).breakdown.cold.value;
    expect(cold(1)).not.toBe(cold(2));
  });
});

describe("spinkube", () => {
  it("refuses connections between the container's start and the listener", () => {
    const autoscaler = { kind: "hpa", metric: "rps", target: 1, max: 4 } as const;
    const steps = { control: 0, schedule: 0, sandbox: "1s", containers: 0, process: "2s" } as const;
    const target = { kind: "spinkube", podStart: { steps }, autoscaler } as const;
    const refused = (fields: object) => {
      const answer = answerOf(scenario({ a: { ...target, ...fields } }, { duration: "2min" }), { replications: 2 });
      return answer.counts!.failed.connection ?? 0;
    };
    expect(refused({})).toBeGreaterThan(20);
    expect(refused({ checks: { readiness: { initialDelay: "1s", period: "1s" } } })).toBe(0);
  });

  it("sends nothing to a new pod over connections that stay where they are", () => {
    const autoscaler = { kind: "hpa", metric: "concurrency", target: 1, max: 8 } as const;
    const target = { kind: "spinkube", workIs: "cpu", podStart: "1s", autoscaler } as const;
    const latency = (fields: object) =>
      answerOf(
        scenario(
          { a: { ...target, ...fields } },
          { duration: "4min", warmup: "2min", arrivals: { kind: "poisson", rate: "90/s" } },
        ),
        { replications: 2 },
      ).latency.mean.value;
    expect(latency({ connections: 4 })).toBeGreaterThan(2 * latency({}));
  });
});
