import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { distribution } from "../../src/distributions/index.ts";
import type { Estimate } from "../../src/scenario/answer.ts";
import type { TargetSpec } from "../../src/scenario/scenario.ts";
import { studentQuantile } from "../../src/stats/studentQuantile.ts";
import { answerOf } from "./fixture.ts";
import { oracleScenario } from "./oracleScenario.ts";

const folder = join(import.meta.dirname, "../reference/oracles/analytic");
const replications = 16;
/** Per figure; some five hundred are looked at. */
const level = 1 - 1e-5;
const reach = studentQuantile((1 + level) / 2, replications - 1) / studentQuantile(0.975, replications - 1);

/** Simulated laws against values of high-precision theory, each inside its own interval widened to one in 10⁵. */
describe("the simulator against theory", () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".json"))) {
    const oracle = JSON.parse(readFileSync(join(folder, name), "utf8"));
    const given = oracleScenario(name, oracle);
    if (given === null) continue;

    it(name, () => {
      const finite = given.arrivals.kind === "burst";
      const rate = given.arrivals.kind === "poisson" ? given.arrivals.rate : 10;
      // From empty, a pool of kept instances fills for several keep-alives; what comes before is no steady state.
      const warmup = finite ? 0 : Math.max(600 / rate, 4 * keepAliveOf(given.targets[0]!));
      const requests = Math.ceil(5400 + warmup * rate);
      const answer = answerOf(
        { ...given, warmup, duration: finite ? Infinity : 60 },
        { replications, requests: finite ? undefined : requests },
      );
      const { outputs } = oracle;
      const check = (what: string, estimate: Estimate | null, wanted: number | undefined) => {
        if (wanted === undefined || estimate === null) return;
        const half = ((estimate.high - estimate.low) / 2) * reach + 1e-12;
        expect(Math.abs(estimate.value - wanted), `${what}: ${estimate.value} for ${wanted}`).toBeLessThanOrEqual(half);
      };
      if (outputs.cdf !== undefined) check("mean", answer.latency.mean, outputs.mean / 1000);
      for (const [i, point] of (outputs.cdf ?? []).entries()) {
        check(`F(${point.t_ms} ms)`, answer.latency.cdf[i]!.value, point.cdf);
      }
      check("p direct", answer.cold.probability, outputs.p_direct_cold ?? outputs.p_cold);
      check("p trigger", answer.cold.triggered, outputs.p_cold_trigger_request ?? outputs.p_arrival_starts_a_setup);
      check("p in batch", answer.cold.inTriggerBatch, outputs.p_in_trigger_batch);
      check("p busy period", answer.cold.busyPeriod, outputs.p_in_cold_busy_period);
      check("off", answer.states?.off ?? null, outputs.frac_time_off);
      check("setup", answer.states?.starting ?? null, outputs.frac_time_setup);
      check("warm idle", answer.states?.idle ?? null, outputs.frac_time_warm_idle);
      check("busy", answer.states?.busy ?? null, outputs.frac_time_busy);
      check("instances", answer.instances.total, outputs.mean_instances);
      check("on", answer.instances.ready, outputs.mean_servers_on);
      check("starting", answer.instances.starting, outputs.mean_servers_in_setup);
      check("idle", answer.instances.idle, outputs.mean_idle);
    });
  }
});

/** Mean keep-alive of a scale-per-request target, which decides how long its pool takes to fill. */
function keepAliveOf(target: TargetSpec): number {
  return target.kind === "perRequest" && target.keepAlive !== "forever" ? distribution(target.keepAlive).mean : 0;
}
