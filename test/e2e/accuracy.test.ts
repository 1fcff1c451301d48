import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { transcript } from "../cli/transcript.ts";

/** Every stored prediction, made anew by this version, against the measurement that it was made for. */
describe("accuracy has not become worse than it was", () => {
  for (const set of ["rig", "cluster"]) {
    const folder = `test/validation/answers/${set}`;
    it.skipIf(!existsSync(folder))(
      `when the ${set} was measured`,
      async () => {
        const { code, out, err } = await transcript(["compare", "--baseline", folder]);
        expect(`${out}${err}`).toContain("as accurate as the baseline");
        expect(code).toBe(0);
      },
      300_000,
    );
  }
});
