import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

describe("a newcomer's path", () => {
  it("leads from a clone to an own measurement compared", { timeout: 240_000 }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["test/bench/newcomer.ts", "--short"], {
      encoding: "utf8",
    });
    expect(stdout + stderr).toMatch(/\| compared \| .* \| [\d.]+ s \|/);
    expect(status).toBe(0);
  });
});
