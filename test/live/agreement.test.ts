import { describe, expect, it } from "vitest";
import { replay } from "../../src/live/replay.ts";
import { FakeTarget } from "../../src/live/targets/fake.ts";
import { virtualClock } from "../../src/live/virtualClock.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import type { ServerSpec } from "../../src/scenario/scenario.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { playSchedule } from "../../src/sim/run.ts";
import { RunRecorder } from "../../src/sim/runRecorder.ts";
import { ServerRun } from "../../src/sim/serverRun.ts";

const scenarioOf = (target: string) =>
  parseScenario(`
name: agreement
seed: 11
duration: 60s
arrivals: { kind: poisson, rate: 12/s, batch: { kind: geometric, mean: 1.5 } }
work: { kind: exponential, mean: 40ms }
targets:
  one: ${target}
`);

/** What the simulator says of each request, by its arrival. */
class Requests extends RunRecorder {
  readonly of = new Map<number, { latency: number; isCold: number }[]>();

  override completed(
    ...[at, network, cold, start, queue, work, isCold, flags, number]: Parameters<RunRecorder["completed"]>
  ) {
    const latency = network + cold + start + queue + work;
    this.of.set(at, [...(this.of.get(at) ?? []), { latency, isCold }]);
    super.completed(at, network, cold, start, queue, work, isCold, flags, number);
  }
}

describe.each([
  ["one slot, always on", "{ kind: server }", { slots: 1 }],
  ["three slots and a network", "{ kind: server, concurrency: 3, network: 5ms }", { slots: 3, networkSeconds: 0.005 }],
  [
    "a cold start and a keep-alive",
    "{ kind: server, coldStart: 300ms, keepAlive: 120ms }",
    { slots: 1, coldStartSeconds: 0.3, keepAliveSeconds: 0.12 },
  ],
])("a replay on the virtual clock against the simulator: %s", (_, target, fake) => {
  it("agrees request by request", async () => {
    const scenario = scenarioOf(target);
    const spec = scenario.targets[0] as ServerSpec;
    const clock = virtualClock();
    const measured = await replay(
      scenario,
      schedule(scenario),
      { target: () => new FakeTarget({ clock, ...fake }) },
      { clock },
    );
    const log = measured.outcomes.get("one")!;

    const { duration, report, seed } = scenario;
    const recorder = new Requests({ report, warmup: 0, duration, timeout: Infinity, batches: false });
    const cursor = schedule(scenario).open();
    const input = { target: spec, cursor, duration, seed, replication: 0, recorder };
    playSchedule(new ServerRun(input), input);

    expect(log.length).toBeGreaterThan(500);
    for (let i = 0; i < log.length; i++) {
      // Requests of one batch are told apart by their order only, which both keep.
      const simulated = recorder.of.get(log.at[i]!)!;
      const closest = simulated.reduce((a, b) =>
        Math.abs(a.latency - log.latency[i]!) < Math.abs(b.latency - log.latency[i]!) ? a : b,
      );
      expect(log.latency[i]!).toBeCloseTo(closest.latency, 9);
      expect(log.cold[i]).toBe(closest.isCold);
    }
  });
});
