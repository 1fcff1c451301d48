import { describe, expect, it } from "vitest";
import type { ServerSpec } from "../../src/scenario/scenario.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { LindleyRun } from "../../src/sim/lindleyRun.ts";
import { playSchedule } from "../../src/sim/run.ts";
import { RunRecorder } from "../../src/sim/runRecorder.ts";
import { ServerRun } from "../../src/sim/serverRun.ts";
import { simulateReplication } from "../../src/sim/simulate.ts";
import { scenario } from "./fixture.ts";

describe("the recursion for a single slot", () => {
  const targets = {
    warm: { kind: "server" },
    offAtOnce: { kind: "server", coldStart: "50ms", keepAlive: "0s" },
    keepAlive: { kind: "server", coldStart: { kind: "lognormal", mean: "40ms", scv: 0.5 }, keepAlive: "30ms" },
    randomTimer: {
      kind: "server",
      coldStart: { kind: "exponential", mean: "40ms" },
      keepAlive: { kind: "exponential", mean: "50ms" },
    },
    closeDown: {
      kind: "server",
      coldStart: "20ms",
      keepAlive: "10ms",
      closeDown: { kind: "exponential", mean: "20ms" },
    },
    firstWork: {
      kind: "server",
      coldStart: "10ms",
      keepAlive: "20ms",
      firstWork: { kind: "uniform", low: "1ms", high: "90ms" },
    },
    network: { kind: "server", network: { kind: "exponential", mean: "3ms" }, requestOverhead: "1ms", workFactor: 1.2 },
  } as const;
  const batches = { kind: "poisson", rate: "20/s", batch: { kind: "geometric", mean: 2 } } as const;

  for (const name of Object.keys(targets)) {
    for (const fields of [{}, { arrivals: batches, warmup: "5s" as const }]) {
      for (const requests of [undefined, 2000]) {
        const given = scenario(targets, fields);
        const title = `${name}${"arrivals" in fields ? ", batches" : ""}${requests === undefined ? "" : ", by number"}`;

        it(`gives every request the event core's parts: ${title}`, () => {
          const partsBy = (Run: typeof LindleyRun | typeof ServerRun) => {
            const target = given.targets.find((one) => one.name === name) as ServerSpec;
            const parts: number[][] = [];
            const options = { report: given.report, warmup: 0, duration: 60, timeout: Infinity, batches: false };
            const recorder = new RunRecorder(options);
            recorder.completed = (...values) => parts.push(values);
            const cursor = schedule(given, { requests }).open();
            const input = {
              target,
              cursor,
              duration: requests === undefined ? 60 : Infinity,
              seed: 3,
              replication: 2,
              recorder,
            };
            if (Run === LindleyRun) new LindleyRun(input).run();
            else playSchedule(new ServerRun(input), input);
            return parts;
          };
          const fast = partsBy(LindleyRun);
          const slow = partsBy(ServerRun);
          expect(fast.length).toBeGreaterThan(1500);
          expect(fast.length).toBe(slow.length);
          const worst = fast.map((parts, i) => Math.max(...parts.map((part, k) => Math.abs(part - slow[i]![k]!))));
          expect(Math.max(...worst)).toBeLessThan(1e-11); // Both add the same instants up, in another order.
        });

        it(`spends the event core's time in every state: ${title}`, () => {
          const fast = simulateReplication(given, name, 3, { requests }).sections[0]!;
          const slow = simulateReplication(given, name, 3, { requests, eventByEvent: true }).sections[0]!;
          for (const key of ["cold", "triggered", "inTriggerBatch", "inColdBusyPeriod", "starts"] as const) {
            expect({ [key]: fast[key] }).toEqual({ [key]: slow[key] });
          }
          fast.integrals.forEach((value, i) => {
            expect(value).toBeCloseTo(slow.integrals[i]!, 8);
          });
          expect(fast.span).toBeCloseTo(slow.span, 8);
        });
      }
    }
  }
});
