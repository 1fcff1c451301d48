import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { toScenario } from "../../src/scenario/parse.ts";
import { simulateReplication } from "../../src/sim/simulate.ts";
import { traceReplication } from "../../src/sim/traceReplication.ts";

const root = process.env.COLDCAST_ORACLES ?? new URL("../reference/oracles", import.meta.url).pathname;
const read = (name: string) => {
  const file = join(root, "tools", name);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { cases: [] };
};

interface Replications {
  readonly id: string;
  readonly class: string;
  readonly inputs: Readonly<Record<string, number>>;
  readonly max_time: number;
  readonly replications: number;
  readonly mean_and_se: Readonly<Record<string, readonly [number | null, number | null]>>;
}

/** Mean and standard error over replications. */
function meanAndError(values: readonly number[]): readonly [number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [mean, Math.sqrt(squares / (values.length - 1) / values.length)];
}

/**
 * SimFaaS with its ways configured: from empty and without a warm-up, the newest idle instance first, a cold request's service drawn from
 * the law of cold ones in place of its work, as many replications of as many seconds.
 */
describe("SimFaaS, each figure within three standard errors of the difference", () => {
  for (const one of read("simfaas-replications-with-se.json").cases as readonly Replications[]) {
    // Its ParServerlessSimulator binds requests to an instance that still starts, up to a concurrency; no target does.
    if (one.class !== "ServerlessSimulator") {
      it.skip(`${one.id}: ${one.class} has no counterpart`);
      continue;
    }
    it(one.id, () => {
      const { arrival_rate, warm_service_rate, cold_service_rate, expiration_threshold, maximum_concurrency } =
        one.inputs;
      const given = toScenario({
        name: one.id,
        seed: 1000,
        duration: `${one.max_time}s`,
        arrivals: { kind: "poisson", rate: `${arrival_rate}/s` },
        work: { kind: "exponential", mean: `${1 / warm_service_rate!}s` },
        targets: {
          lambda: {
            kind: "perRequest",
            selection: "newest",
            coldStart: 0,
            keepAlive: `${expiration_threshold}s`,
            firstWork: { kind: "exponential", mean: `${1 / cold_service_rate!}s` },
            ...(maximum_concurrency !== undefined && { maxInstances: maximum_concurrency }),
          },
        },
      });
      const runs = Array.from({ length: one.replications }, (_, replication) => {
        const { scheduled, failed, sections } = simulateReplication(given, "lambda", replication);
        const { cold, integrals, span } = sections[0]!;
        const rejected = failed.reduce((sum, count) => sum + count, 0);
        return {
          reqs_cold: cold,
          reqs_total: scheduled,
          reqs_warm: scheduled - cold - rejected,
          reqs_reject: rejected,
          prob_cold: cold / scheduled,
          prob_reject: rejected / scheduled,
          inst_count_avg: integrals[0]! / span,
          inst_running_count_avg: integrals[3]! / span,
          inst_idle_count_avg: (integrals[2]! - integrals[3]!) / span,
        };
      });
      for (const key of Object.keys(runs[0]!) as (keyof (typeof runs)[0])[]) {
        const [mean, error] = meanAndError(runs.map((run) => run[key]));
        const [theirs, theirError] = one.mean_and_se[key] as readonly [number, number];
        const combined = Math.hypot(error, theirError);
        const z = combined === 0 ? (mean === theirs ? 0 : Infinity) : (mean - theirs) / combined;
        expect(Math.abs(z), `${key}: ${mean} for ${theirs}, z = ${z.toFixed(2)}`).toBeLessThan(3);
      }
    });
  }
});

interface Contended {
  readonly label: string;
  readonly keepalive: number;
  readonly hosts: readonly { readonly mem: number; readonly cores: number }[];
  readonly apps: readonly {
    readonly id: string;
    readonly mem: number;
    readonly cold: number;
    readonly concurrency: number;
  }[];
  readonly invocations: readonly (readonly [app: string, duration: number, at: number])[];
  readonly expect: Readonly<Record<string, number>>;
}

/** DSLab: functions that share a host's cores, by request; each in turn is the measured one and the others are its neighbours. */
describe("DSLab, exactly", () => {
  for (const one of read("dslab-faas-tests.json").cases as readonly Contended[]) {
    it(one.label, () => {
      const [host] = one.hosts;
      const [{ mem, cold, concurrency }] = one.apps as readonly [(typeof one.apps)[0]];
      const of = (app: string) => one.invocations.filter(([name]) => name === app);
      // Nodes begin with an idle pod for each function; a hundred seconds later it is gone.
      const times = (app: string) => of(app).map(([, , at]) => `${100 + at}s`);
      const found = one.apps.map(({ id }) => {
        const others = one.apps.filter((other) => other.id !== id);
        const given = toScenario({
          name: "contended",
          duration: "160s",
          warmup: "50s",
          arrivals: { kind: "trace", times: times(id) },
          work: `${of(id)[0]![1]}s`,
          targets: {
            host: {
              kind: "node",
              nodes: one.hosts.length,
              cores: host!.cores,
              nodeMemory: `${host!.mem}GiB`,
              memory: `${mem}GiB`,
              concurrency,
              coldStart: `${cold}s`,
              keepAlive: `${one.keepalive}s`,
              neighbours: others.map((other) => ({
                arrivals: { kind: "trace" as const, times: times(other.id) },
                work: `${of(other.id)[0]![1]}s`,
              })),
            },
          },
        });
        const requests = traceReplication(given, "host").requests;
        const { sections } = simulateReplication(given, "host", 0);
        return {
          id,
          requests,
          starts: sections[0]!.starts,
          idle: sections[0]!.integrals[2]! - sections[0]!.integrals[3]!,
        };
      });
      const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const work = (app: string) => of(app)[0]![1];
      const slowdown = (id: string, request: (typeof found)[0]["requests"][0]) =>
        Object.values(request.parts!).reduce((sum, part) => sum + part, 0) / work(id) - 1;
      const all = found.flatMap(({ id, requests }) => requests.map((request) => ({ id, request })));
      const colds = all.filter(({ request }) => request.isCold).map(({ request }) => request.parts!.cold);
      const figures: Record<string, number> = {
        invocations: all.length,
        cold_starts: colds.length,
        cold_latency_min: Math.min(...colds),
        cold_latency_max: Math.max(...colds),
        abs_exec_slowdown_mean: mean(all.map(({ id, request }) => request.parts!.queue / work(id))),
        abs_total_slowdown_mean: mean(all.map(({ id, request }) => slowdown(id, request))),
        wasted_mem_time: mem * found[0]!.idle,
      };
      for (const { id, requests } of found) {
        figures[`${id}_abs_total_slowdown_mean`] = mean(requests.map((request) => slowdown(id, request)));
      }
      expect(Object.keys(figures).toSorted()).toEqual(Object.keys(one.expect).toSorted());
      for (const [key, wanted] of Object.entries(one.expect)) expect(figures[key], key).toBeCloseTo(wanted, 8);
    });
  }
});
