import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/live/clock.ts";
import type { KafkaRecord } from "../../src/live/kafka/kafka.ts";
import { fillFromRecords } from "../../src/live/outcomeRecords.ts";
import { OutcomeLog } from "../../src/live/outcomes.ts";
import { startCollector } from "../../src/live/pipeline/collector.ts";
import { replay } from "../../src/live/replay.ts";
import type { Prepared, Reply, Target } from "../../src/live/targets/target.ts";
import { type VirtualClock, virtualClock } from "../../src/live/virtualClock.ts";
import { type AvailableAnswer, failureKinds } from "../../src/scenario/answer.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import type { Schedule } from "../../src/scenario/schedule.ts";
import { fakeKafka } from "../live/pipeline/fakeKafka.ts";

const base = parseScenario(`
name: faults
duration: 1s
arrivals: { kind: poisson, rate: 1/s }
work: 1ms
targets: { one: { kind: server } }
`);

/** What the server does to one request, after so many seconds: in the very send where that is 0, never where it is null. */
interface Deed {
  readonly outcome: Reply["outcome"];
  readonly after: number | null;
}

/** Times are multiples of 1/64 s: sums of them are exact, so that no event is missed by a rounding. */
const tick = 1 / 64;
const ticks = (min: number, max: number) => fc.integer({ min, max }).map((n) => n * tick);
const deed: fc.Arbitrary<Deed> = fc.record({
  outcome: fc.oneof(
    { weight: 3, arbitrary: fc.constant("completed" as const) },
    { weight: 4, arbitrary: fc.constantFrom(...failureKinds.filter((kind) => kind !== "timeout")) },
  ),
  after: fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant(0) },
    { weight: 5, arbitrary: ticks(1, 200) },
  ),
});
const story = fc.record({
  requests: fc.array(fc.tuple(ticks(0, 32), deed), { minLength: 1, maxLength: 60 }),
  /** The clock jumps: forward as a stalled event loop or a sleeping machine sees it, or back. */
  steps: fc.array(fc.record({ at: ticks(0, 1000), by: ticks(-200, 400) }), { maxLength: 3 }),
  timeout: fc.constantFrom(0.25, 1, 4, Infinity),
  inFlightMax: fc.constantFrom(1, 3, 1000),
  interruptAt: fc.option(ticks(0, 600), { nil: null }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

/** A clock that jumps at instants of another; who waits waits for an interval, as timers do, and then looks again. */
function steppedClock(inner: Clock, steps: Story["steps"]): Clock {
  const now = (): number => steps.reduce((time, { at, by }) => (inner.now() >= at ? time + by : time), inner.now());
  return {
    now,
    sleepUntil: async (instant, signal) => {
      do await inner.sleepUntil(inner.now() + Math.max(instant - now(), 0), signal);
      while (now() < instant && signal?.aborted !== true);
    },
  };
}

function scriptedTarget(clock: VirtualClock, deeds: readonly Deed[], sent: number[]): Target {
  return {
    open: () => Promise.resolve(),
    prepare: (request) => ({ request }),
    send: ({ request: { index } }: Prepared, done) => {
      sent.push(index);
      const { outcome, after } = deeds[index]!;
      let over = false;
      if (after === 0) done({ outcome });
      else if (after !== null) clock.at(clock.now() + after, () => over || done({ outcome }));
      return () => {
        over = true;
      };
    },
    close: () => Promise.resolve({}),
  };
}

function scheduleOf(at: readonly number[]): Schedule {
  return {
    name: "faults",
    seed: 1,
    duration: Infinity,
    open: () => {
      let i = -1;
      return {
        next: () => ++i < at.length,
        get atSeconds() {
          return at[i]!;
        },
        workSeconds: 0.001,
        origin: 0,
      };
    },
  };
}

async function play({ requests, steps, timeout, inFlightMax, interruptAt }: Story) {
  let at = 0;
  const instants = requests.map(([gap]) => (at += gap));
  const inner = virtualClock();
  const controller = new AbortController();
  if (interruptAt !== null) inner.at(interruptAt, () => controller.abort());
  const sent: number[] = [];
  const records: string[] = [];
  const target = scriptedTarget(
    inner,
    requests.map(([, each]) => each),
    sent,
  );
  const scenario = { ...base, targets: [{ ...base.targets[0]!, timeout }] };
  const { answer, outcomes } = await replay(
    scenario,
    scheduleOf(instants),
    { target: () => target },
    {
      clock: steppedClock(inner, steps),
      inFlightMax,
      signal: controller.signal,
      onRecord: (_, record) => records.push(record),
    },
  );
  return { answer: answer.targets[0] as AvailableAnswer, log: outcomes.get("one")!, sent, records };
}

function expectAccounted(told: Story, { answer, log, sent }: Awaited<ReturnType<typeof play>>): void {
  const { scheduled, completed, failed, dropped, unsent, ...counts } = answer.counts!;
  const failures = Object.values(failed).reduce((sum, n) => sum + n, 0);
  expect(scheduled).toBe(told.requests.length);
  expect(completed + failures + dropped + unsent).toBe(scheduled);
  expect(counts.sent).toBe(completed + failures);
  expect(new Set(sent).size, "sent twice").toBe(sent.length);
  if (told.interruptAt === null) expect(unsent).toBe(0);
  const wasSent = new Set(sent);
  for (const [i, [, { outcome, after }]] of told.requests.entries()) {
    const row = log.row(i);
    const own = after === null ? [] : [outcome];
    const possible = wasSent.has(i) ? [...own, "timeout", "unsent"] : ["dropped", "unsent"];
    expect(possible, `request ${i}`).toContain(row.outcome);
    const hasEnd = wasSent.has(i) && row.outcome !== "unsent";
    expect(row.latencySeconds === undefined, `latency of ${i}`).toBe(!hasEnd);
    expect(row.latencySeconds ?? 0).toBeGreaterThanOrEqual(0);
    expect(row.latenessSeconds === undefined, `lateness of ${i}`).toBe(!wasSent.has(i));
  }
}

describe("whatever the target and the clock do", () => {
  it("every scheduled request has one outcome, and a record of it", async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const played = await play(told);
        expectAccounted(told, played);
        const { log, records } = played;
        const again = new OutcomeLog(log);
        const known = fillFromRecords(again, records.map((record) => `${record}\n`).join(""), "records");
        expect(known).toBe(log.outcome.filter((_, i) => log.row(i).outcome !== "unsent").length);
        expect(again.outcome).toEqual(log.outcome);
        for (let i = 0; i < log.length; i++) {
          if (log.row(i).outcome !== "unsent") expect(again.row(i)).toEqual(log.row(i));
        }
      }),
      { seed: 11, numRuns: 40 },
    );
  });

  it("a loop that stalls for 2 s is in the latency of every request of those 2 s", async () => {
    const requests = Array.from({ length: 80 }, (): Story["requests"][number] => [
      8 * tick,
      { outcome: "completed", after: 0 },
    ]);
    // 0.5 s pass before the schedule's zero, so the stall is from 5 s to 7 s of the schedule.
    const { log, answer } = await play({
      requests,
      steps: [{ at: 5.5, by: 2 }],
      timeout: Infinity,
      inFlightMax: 1000,
      interruptAt: null,
    });
    const stalled = [...log.at.keys()].filter((i) => log.at[i]! > 5 && log.at[i]! < 7);
    expect(stalled).toHaveLength(15);
    for (const i of stalled) expect(log.latency[i]).toBeCloseTo(7 - log.at[i]!, 9);
    expect(answer.latency.quantiles.find(({ q }) => q === 0.99)!.value.value).toBeGreaterThan(1.8);
  });
});

describe("the pipeline's collector", () => {
  const at = Float64Array.from({ length: 8 }, (_, i) => i);
  const metric = fc.record({
    kind: fc.constantFrom("result", "duplicate", "gossip"),
    run: fc.constantFrom("mine", "mine", "mine", "other"),
    index: fc.integer({ min: -1, max: 9 }),
    target: fc.constantFrom("a", "b", "c"),
    outcome: fc.constantFrom("completed", ...failureKinds, "lost"),
    answered: fc.double({ min: -5, max: 5, noNaN: true }),
  });

  it("counts every event once, whatever it is told, how often and in which order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(metric, fc.constant(null)), { maxLength: 60 }), async (metrics) => {
        let tell: (records: readonly KafkaRecord[]) => Promise<void> = () => Promise.resolve();
        const { kafka } = fakeKafka({
          consumer: async (options) => {
            tell = (records) =>
              options.onBatch({ topic: "metrics", partition: 0, records, wanted: new AbortController().signal });
            options.onAssigned?.([]);
            return { group: options.group, commit: async () => {}, close: async () => {} };
          },
        });
        const collector = await startCollector(kafka, {
          run: "mine",
          names: ["a", "b"],
          arrivals: { at, work: at },
          onFailed: (error) => {
            throw error;
          },
        });
        await tell(metrics.map(recordOf));
        const valid = metrics.filter(
          (each) =>
            each?.kind === "result" &&
            each.run === "mine" &&
            each.index >= 0 &&
            each.index < at.length &&
            each.target !== "c" &&
            each.outcome !== "lost",
        );
        expect(collector.counted).toBe(new Set(valid.map((each) => `${each!.target} ${each!.index}`)).size);
        for (const { log, counted } of collector.targets.values()) {
          const rows = Array.from({ length: log.length }, (_, i) => log.row(i));
          expect(rows.filter(({ outcome }) => outcome !== "unsent")).toHaveLength(counted);
          for (const { latencySeconds } of rows) expect(latencySeconds ?? 0).toBeGreaterThanOrEqual(0);
        }
        await collector.close();
      }),
      { seed: 12, numRuns: 40 },
    );
  });

  const recordOf = (told: (typeof metric extends fc.Arbitrary<infer T> ? T : never) | null): KafkaRecord => {
    const stamps = { due: 0, sent: 0, appended: 0, enriched: 0, published: 0, read: 0, dispatched: 0 };
    const rest = { traceparent: "", status: 200, attempts: 1, instance: null, instanceStarted: null };
    const whole = told && {
      ...told,
      ...rest,
      startSeconds: null,
      workDoneSeconds: null,
      stamps: { ...stamps, answered: told.answered },
    };
    const value = Buffer.from(whole === null ? "{ no json" : JSON.stringify(whole));
    return { key: null, value, headers: {}, offset: 0n, timestampMs: 0 };
  };
});
