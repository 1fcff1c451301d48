import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readScenario } from "../../src/cli/files.ts";
import { keptReplications } from "../../src/cli/keptReplications.ts";
import { simulateParallel } from "../../src/cli/simulateParallel.ts";
import { simulate, simulateReplication } from "../../src/sim/simulate.ts";

const folder = mkdtempSync(join(tmpdir(), "coldcast-kept-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("replications that are kept", () => {
  it("are taken up, but not one that is damaged or another simulation's, and give the same answer", async () => {
    const scenario = readScenario("test/golden/cli/small.yaml");
    const place = join(folder, "kept");
    const names = scenario.targets.map(({ name }) => name);
    for (const seed of [5, 6]) {
      const kept = keptReplications(place);
      kept.open({ scenario, seed, scheduleSeed: undefined, requests: undefined, batches: false });
      for (const name of names) {
        for (const replication of [0, 1, 2]) kept.keep(simulateReplication(scenario, name, replication, { seed }));
      }
    }
    expect(readdirSync(place)).toHaveLength(2 * 3 * names.length);
    const damaged = readdirSync(place).filter((name) => name.endsWith(`${names[0]}-1.replication`));
    for (const name of damaged) truncateSync(join(place, name), 100);
    const kept = keptReplications(place);
    const played: string[] = [];
    const keep: typeof kept.keep = (result) => {
      played.push(`${result.target} ${result.replication}`);
      kept.keep(result);
    };
    const answer = await simulateParallel(scenario, { seed: 5, replications: 3, workers: 1, kept: { ...kept, keep } });
    expect(answer).toEqual(simulate(scenario, { seed: 5, replications: 3 }));
    expect(played).toEqual([`${names[0]} 1`]);
    kept.remove();
    expect(readdirSync(place)).toHaveLength(3 * names.length);
  });
});
