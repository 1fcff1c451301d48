import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

/** Those of the Wasmtime host are tested where they are: functions/host/src, `functions/host/build.sh test`. */
it("guests of the rig's V8 host get no files, no network, no environment, no more memory than 16 MiB, and no endless time", () => {
  const said = JSON.parse(
    execFileSync(process.execPath, ["--no-warnings", "test/reliability/guest.ts"], { encoding: "utf8" }),
  );
  expect(said).toEqual({
    imports: ["host.sleep"],
    refused: ["TypeError", "TypeError", "TypeError", "TypeError"],
    // memory.grow answered −1.
    grown: "ffffffffffffffff",
    endless: true,
    after: "ffffffffffffffff",
  });
});
