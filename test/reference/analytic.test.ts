import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { predict } from "../../src/model/predict.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { type AnalyticCase, levelOf, singleScenario } from "./analyticScenario.ts";
import { owed } from "./owed.ts";

const root = process.env.COLDCAST_ORACLES ?? new URL("oracles", import.meta.url).pathname;
const folder = join(root, "analytic");
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
const read = (name: string): AnalyticCase => JSON.parse(readFileSync(join(folder, name), "utf8"));

/** The first word of a file's name. */
const kindOf = (name: string): string => name.split("-")[0]!;

/** These have heavy tails or mixed slow parts: their stated tolerance is wider. */
const loose = ["A11", "E03", "E06", "F02", "F06", "F11"];
/** Kinds with a test file of their own. */
const elsewhere = ["burst", "lambda", "multi", "ps", "slots", "tandem"];
const lines: string[] = [];
const left = new Map<string, number>();

describe("analytic reference", () => {
  for (const name of files) {
    if ((owed.analytic as readonly string[]).includes(kindOf(name))) {
      left.set(kindOf(name), (left.get(kindOf(name)) ?? 0) + 1);
      continue;
    }
    if (elsewhere.includes(kindOf(name))) continue;
    it(name, () => {
      if (kindOf(name) !== "single") throw new Error(`no test for the kind ${kindOf(name)}`);
      lines.push(`${name}: ${checkSingle(read(name))} values`);
    });
  }

  afterAll(() => {
    const owing = [...left].map(([kind, count]) => `${kind} ${count}`);
    process.stdout.write(`${[...lines, `owed: ${owing.join(", ") || "none"}`].join("\n")}\n`);
  });
});

function checkSingle(oracle: AnalyticCase): number {
  const { outputs, id } = oracle;
  const target = predict(singleScenario(oracle)).targets[0]!;
  if (target.status === "unavailable") throw new Error(target.reason);
  const rough = hasJumps(oracle.inputs.service);
  const tolerance = loose.some((prefix) => id.startsWith(prefix)) ? 1e-6 : rough ? 1e-7 : 1e-8;

  let count = 0;
  const close = (what: string, actual: number, wanted: number, error: number): void => {
    expect(Math.abs(actual - wanted), `${what}: ${actual} for ${wanted}`).toBeLessThanOrEqual(error);
    count++;
  };
  for (const [i, point] of (outputs.cdf ?? outputs.cdf_wait ?? []).entries()) {
    const { value, low, high } = target.latency.cdf[i]!.value;
    close(`F(${point.t_ms} ms)`, value, point.cdf, tolerance);
    expect(point.cdf, `the interval at ${point.t_ms} ms`).toBeGreaterThanOrEqual(low - 1e-15);
    expect(point.cdf, `the interval at ${point.t_ms} ms`).toBeLessThanOrEqual(high + 1e-15);
    expect(high - low, `the interval at ${point.t_ms} ms is no wider than the tolerance asks`).toBeLessThan(
      tolerance * 10,
    );
  }
  const onAtom = oracle.accuracy.quantiles_on_atom ?? [];
  for (const [name, ms] of Object.entries(outputs.quantiles_ms)) {
    const found = target.latency.quantiles.find(({ q }) => q === levelOf(name))!.value;
    close(name, found.value * 1000, ms, ms * (onAtom.includes(name) ? 1e-13 : tolerance * 10));
  }
  const { mean, variance } = target.latency;
  close("mean", mean.value * 1000, outputs.mean, outputs.mean * 1e-10);
  if (outputs.variance === null) expect(variance.value).toBe(Infinity);
  else close("variance", variance.value * 1e6, outputs.variance, outputs.variance * 1e-10);
  return count + checkCold(target, oracle, close);
}

type Close = (what: string, actual: number, wanted: number, error: number) => void;

/** The probabilities and the fractions of time that the file states. */
function checkCold({ cold, states }: AvailableAnswer, { inputs, outputs }: AnalyticCase, close: Close): number {
  const closing = Object.keys(inputs).some((key) => /close|shut/.test(key));
  const { off, starting, idle, busy } = states!;
  const pairs: readonly [string, number | undefined, number | undefined][] = [
    ["triggered", cold.triggered?.value, outputs.p_cold_trigger_request],
    ["in a trigger batch", cold.inTriggerBatch?.value, outputs.p_in_trigger_batch],
    ["cold", cold.probability.value, outputs.p_direct_cold],
    ["cold busy period", cold.busyPeriod?.value, outputs.p_in_cold_busy_period],
    // The files count what is left of a close-down as set-up, we count it as off.
    ["off", closing ? undefined : off.value, outputs.frac_time_off],
    ["starting", closing ? undefined : starting.value, outputs.frac_time_setup],
    ["asleep", off.value + starting.value, (outputs.frac_time_off ?? 0) + (outputs.frac_time_setup ?? 0)],
    ["idle", idle.value, outputs.frac_time_warm_idle],
    ["busy", busy.value, outputs.frac_time_busy],
  ];
  let count = 0;
  for (const [name, value, wanted] of pairs) {
    if (typeof wanted !== "number" || value === undefined) continue;
    close(name, value, wanted, 1e-12 + 1e-10 * wanted);
    count++;
  }
  return count;
}

const hasJumps = (service: { readonly type: string }): boolean =>
  ["deterministic", "atoms", "uniform", "shifted"].includes(service.type);
