import { describe, expect, it } from "vitest";
import { answerOf, failures, scenario } from "./fixture.ts";

const one = { replications: 1 } as const;

describe("retries", () => {
  it("come after the backoff, and count from the scheduled instant", () => {
    // A request every second of half a second, beside which nobody may wait; the second of each pair is turned away.
    const given = scenario(
      { one: { kind: "server", queueLimit: 0, retries: { initialBackoff: "200ms", jitter: 0, maxAttempts: 4 } } },
      { arrivals: { kind: "trace", times: ["0s", "100ms"] }, work: "500ms" } as never,
    );
    const { counts, latency } = answerOf(given, one);
    // 100 ms rejected, 300 ms rejected, 700 ms served: 0.6 s of waiting and 0.5 s of work.
    expect(counts).toMatchObject({ scheduled: 2, completed: 2, attempts: 4 });
    expect(latency.mean.value).toBeCloseTo((0.5 + 1.1) / 2, 9);
  });

  it("end with the last attempt's failure", () => {
    const given = scenario(
      { one: { kind: "server", queueLimit: 0, retries: { initialBackoff: "10ms", jitter: 0, maxAttempts: 3 } } },
      { arrivals: { kind: "trace", times: ["0s", "100ms"] }, work: "500ms" } as never,
    );
    expect(answerOf(given, one).counts).toMatchObject({ completed: 1, failed: { rejected: 1 }, attempts: 4 });
  });

  it("leave alone what they are not for", () => {
    const given = scenario(
      { one: { kind: "server", queueLimit: 0, retries: { on: ["timeout"] } } },
      { arrivals: { kind: "burst", size: 5 } },
    );
    expect(answerOf(given, one).counts).toMatchObject({ completed: 1, failed: { rejected: 4 }, attempts: 5 });
  });

  it("load a slow server with attempts that nobody waits for any more", () => {
    const target = { kind: "server", servers: 1 } as const;
    const load = { arrivals: { kind: "poisson", rate: "80/s" }, duration: "100s" } as const;
    const calm = answerOf(scenario({ one: target }, load), one);
    const storm = answerOf(
      scenario({ one: { ...target, timeout: "10s", retries: { attemptTimeout: "60ms" } } }, load),
      one,
    );
    expect(failures(calm)).toBe(0);
    expect(storm.instances.busy!.value).toBeGreaterThan(calm.instances.busy!.value + 0.1);
    expect(storm.counts!.attempts!).toBeGreaterThan(1.5 * storm.counts!.scheduled);
    expect(failures(storm)).toBeGreaterThan(0);
  });

  it("never wait longer than the target's timeout", () => {
    const given = scenario({
      one: { kind: "server", queueLimit: 0, timeout: "50ms", retries: { maxAttempts: 100, initialBackoff: "5ms" } },
    });
    const { counts, latency } = answerOf(given, one);
    expect(counts!.failed.timeout).toBeGreaterThan(0);
    expect(latency.buckets.at(-1)!.value.value).toBe(0);
    expect(latency.quantiles.at(-1)!.value.value).toBeLessThanOrEqual(0.05);
  });
});

describe("hedges", () => {
  it("take the first of several answers: the smaller of two exponential round trips", () => {
    const network = { kind: "exponential", mean: "100ms" } as const;
    const fields = { duration: "10min", work: 0 as never, arrivals: { kind: "poisson", rate: "20/s" } } as const;
    const at = (hedge: object) =>
      answerOf(
        scenario({ one: { kind: "spinkube", replicas: 1, instanceStart: 0, network, ...hedge } } as never, fields),
        {
          replications: 4,
        },
      );
    const both = at({ hedge: { delay: 0 } });
    expect(both.latency.mean.value).toBeCloseTo(0.05, 2);
    expect(both.counts!.attempts).toBe(2 * both.counts!.scheduled);
    // After d: E = m (1 − e^{−d/m}) + e^{−d/m} m/2, and a second attempt with probability e^{−d/m}.
    const late = at({ hedge: { delay: "100ms" } });
    expect(late.latency.mean.value).toBeCloseTo(0.1 * (1 - Math.exp(-1) / 2), 2);
    expect(late.counts!.attempts! / late.counts!.scheduled).toBeCloseTo(1 + Math.exp(-1), 1);
    const tail = ({ latency }: typeof both) => latency.quantiles[3]!.value.value;
    expect(tail(late)).toBeLessThan(0.75 * tail(at({})));
  });

  it("go out at once when nobody is left to wait for", () => {
    const given = scenario(
      { one: { kind: "server", queueLimit: 0, hedge: { delay: "1s", maxAttempts: 3 } } },
      { arrivals: { kind: "burst", size: 2 }, work: "10ms" },
    );
    expect(answerOf(given, one).counts).toMatchObject({ completed: 1, failed: { rejected: 1 }, attempts: 4 });
  });
});
