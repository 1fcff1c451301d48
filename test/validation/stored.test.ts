import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { parseScenario } from "../../src/scenario/parse.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { isStored, storedRuns, storeMeasurement, storePrediction } from "./stored.ts";

const scenario = `
name: stored
duration: 20s
arrivals: { kind: poisson, rate: 20/s }
work: { kind: exponential, mean: 10ms }
targets:
  single: { kind: server, coldStart: 50ms, keepAlive: 1s }
`;

const folder = mkdtempSync(join(tmpdir(), "coldcast-stored-"));
/** A set elsewhere: an address of its own stands for its name. */
const set = pathToFileURL(folder).href;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a stored run", () => {
  it("comes back as it was, but for digits, and is small", () => {
    const parsed = parseScenario(scenario);
    const simulated = simulate(parsed, { replications: 4 });
    const measured = { ...simulate(parsed, { replications: 1 }), from: "live" as const };
    storePrediction(set, "10", { scenario, predicted: null, simulated }, "2026-01-01T00:00:00Z");
    expect(isStored(set, "10")).toBe(false);
    const { comparison } = storeMeasurement(set, "10", measured);
    expect(isStored(set, "10")).toBe(true);
    const [run, ...others] = storedRuns(set);
    expect(others).toEqual([]);
    expect(run!.comparison).toEqual(comparison);
    const [was, is] = [simulated.targets[0]!, run!.simulated.targets[0]!];
    if (was.status === "unavailable" || is.status === "unavailable") throw new Error("not simulated");
    for (const [i, { value }] of was.latency.quantiles.entries()) {
      expect(is.latency.quantiles[i]!.value.value).toBeCloseTo(value.value, 6);
    }
    expect(JSON.stringify(run!.simulated).length).toBeLessThan(20_000);
  });
});
