import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { transcript } from "../cli/transcript.ts";
import { storedRuns } from "./stored.ts";

/** One run on each test run; test/e2e/accuracy.test.ts does them all. */
describe("accuracy", () => {
  const [run] = storedRuns("rig");

  it.skipIf(run === undefined)("has not become worse than it was when the rig was measured", async () => {
    const { code, out, err } = await transcript(["compare", "--baseline", `test/validation/answers/rig/${run!.name}`]);
    expect(`${out}${err}`).toContain("as accurate as the baseline");
    expect(code).toBe(0);
  });

  it.skipIf(run === undefined)("is stored with everything that makes it", () => {
    for (const name of ["scenario.yaml", "prediction.json", "comparison.json"]) {
      expect(existsSync(new URL(name, run!.folder)), name).toBe(true);
    }
    expect(run!.simulated.provenance.scheduleSha256).toBe(run!.measured.provenance.scheduleSha256);
    expect(run!.simulated.provenance.calibration?.seed).not.toBe(run!.measured.seed);
  });
});
