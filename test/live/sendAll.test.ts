import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OutcomeLog } from "../../src/live/outcomes.ts";
import { type SendOptions, sendAll } from "../../src/live/sendAll.ts";
import { type FakeOptions, FakeTarget } from "../../src/live/targets/fake.ts";
import type { Target } from "../../src/live/targets/target.ts";
import { virtualClock } from "../../src/live/virtualClock.ts";

const arrivals = (at: readonly number[], work: readonly number[]) => ({
  at: Float64Array.from(at),
  work: Float64Array.from(work),
});

async function run(
  { at, work }: { at: Float64Array; work: Float64Array },
  fake: Omit<FakeOptions, "clock"> = {},
  options: Partial<SendOptions> = {},
  wrap: (target: Target) => Target = (target) => target,
) {
  const clock = virtualClock(100);
  const log = new OutcomeLog({ at, work });
  const target = wrap(new FakeTarget({ clock, ...fake }));
  await sendAll(target, log, {
    clock,
    zero: 101,
    workFactor: 1,
    timeoutSeconds: Infinity,
    inFlightMax: 1000,
    ...options,
  });
  return log;
}

/** A target whose methods are the other's, to replace some of them. */
const passingTo = (target: Target): Target => ({
  open: () => target.open(),
  prepare: (request) => target.prepare(request),
  send: (prepared, done) => target.send(prepared, done),
  close: () => target.close(),
});

const kinds = (log: OutcomeLog) => Array.from({ length: log.length }, (_, i) => log.row(i).outcome);

describe("sendAll", () => {
  it("counts latency from the scheduled instant, through the queue of the target", async () => {
    const log = await run(arrivals([0, 0.1, 0.2], [1, 1, 1]));
    expect([...log.latency].map((x) => x.toFixed(9))).toEqual(["1.000000000", "1.900000000", "2.800000000"]);
    expect([...log.lateness].map((x) => x.toFixed(9))).toEqual(["0.000000000", "0.000000000", "0.000000000"]);
  });

  it("gives a late send its lateness and leaves it in the latency", async () => {
    const clock = virtualClock();
    const log = new OutcomeLog(arrivals([0], [1]));
    await sendAll(new FakeTarget({ clock }), log, {
      clock,
      zero: -0.25,
      workFactor: 1,
      timeoutSeconds: Infinity,
      inFlightMax: 10,
    });
    expect(log.row(0)).toMatchObject({ latenessSeconds: 0.25, latencySeconds: 1.25 });
  });

  it("does not wait for answers (open loop)", async () => {
    const log = await run(arrivals([0, 0, 0, 0], [5, 5, 5, 5]), { slots: 4 });
    expect([...log.latency]).toEqual([5, 5, 5, 5]);
  });

  it("asks the target for the scheduled work times the work factor", async () => {
    const log = await run(arrivals([0], [2]), {}, { workFactor: 1.5 });
    expect(log.row(0)).toMatchObject({ workSeconds: 2, workDoneSeconds: 3, latencySeconds: 3 });
  });

  it("drops and counts what exceeds the cap on requests in flight", async () => {
    const log = await run(arrivals([0, 0.1, 0.2, 3], [1, 1, 1, 1]), { slots: 9 }, { inFlightMax: 2 });
    expect(kinds(log)).toEqual(["completed", "completed", "dropped", "completed"]);
    expect(log.row(2).latenessSeconds).toBeUndefined();
  });

  it("gives up at the timeout, counted from the scheduled instant, and forgets a late answer", async () => {
    const log = await run(arrivals([0, 0.5, 4], [3, 1, 1]), {}, { timeoutSeconds: 2 });
    expect(kinds(log)).toEqual(["timeout", "timeout", "completed"]);
    expect([...log.latency]).toEqual([2, 2, 1]);
  });

  it("logs every kind of failure under its name", async () => {
    const log = await run(arrivals([0, 1, 2], [1, 1, 1]), {
      instead: (index) => (index === 1 ? { outcome: "http5xx", status: 500 } : undefined),
      networkSeconds: 0.25,
    });
    expect(kinds(log)).toEqual(["completed", "http5xx", "completed"]);
    expect(log.row(1)).toMatchObject({ status: 500, latencySeconds: 0.25 });
  });

  it("marks as cold what an instance served that was not ready at the arrival", async () => {
    const log = await run(arrivals([0, 0.5, 1.5, 9], [1, 0.1, 0.1, 0.1]), { coldStartSeconds: 1, keepAliveSeconds: 3 });
    expect([...log.cold]).toEqual([1, 1, 0, 1]);
    expect(log.row(3)).toMatchObject({ instance: "fake-2", startSeconds: 1 });
    expect(log.latency[3]).toBeCloseTo(1.1, 9);
    expect(log.instanceStarted[0]).toBeCloseTo(1, 12);
  });

  it("keeps what was measured when interrupted and calls the rest unsent", async () => {
    const controller = new AbortController();
    const log = await run(arrivals([0, 1, 2, 3], [0.5, 5, 0.5, 0.5]), {}, { signal: controller.signal }, (target) => ({
      ...passingTo(target),
      send: (prepared, done) => {
        if (prepared.request.index === 2) queueMicrotask(() => controller.abort());
        return target.send(prepared, done);
      },
    }));
    expect(kinds(log)).toEqual(["completed", "unsent", "unsent", "unsent"]);
    expect(log.row(1).latenessSeconds).toBe(0); // sent, but its outcome is not known
    expect(log.row(3).latenessSeconds).toBeUndefined();
  });

  it("builds requests ahead of their instants, once each and in order", async () => {
    const built: number[] = [];
    await run(arrivals([0, 1, 1, 1, 2], [0, 0, 0, 0, 0]), {}, {}, (target) => ({
      ...passingTo(target),
      prepare: (request) => {
        built.push(request.index);
        return target.prepare(request);
      },
      send: (prepared, done) => {
        expect(built.length).toBeGreaterThan(prepared.request.index);
        return target.send(prepared, done);
      },
    }));
    expect(built).toEqual([0, 1, 2, 3, 4]);
  });

  it("follows Lindley's recursion for a single server, request by request", async () => {
    const gap = fc.double({ min: 0, max: 2, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(gap, gap), { minLength: 1, maxLength: 60 }), async (requests) => {
        let clock = 0;
        const at = requests.map(([interval]) => (clock += interval));
        const work = requests.map(([, seconds]) => seconds);
        const log = await run(arrivals(at, work));
        let free = 0;
        for (let i = 0; i < at.length; i++) {
          free = Math.max(free, at[i]!) + work[i]!;
          expect(log.latency[i]!).toBeCloseTo(free - at[i]!, 9);
        }
      }),
      { seed: 3, numRuns: 30 },
    );
  });
});
