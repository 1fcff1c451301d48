import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { built, isHostBuilt } from "./hostProcess.ts";
import { toolsFor } from "./redirectsHost.ts";

const run = promisify(execFile);
const sha256 = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");
/** What the two scripts make; the redirects' guest has a test of its own. */
const modules = [
  ...["work", "work-spin", "detector", "detector-filter", "detector-c", "detector-go", "transfer", "gpu"],
  ...["tenant", "composed"],
].map((name) => `${name}.wasm`);
const isBuilt = isHostBuilt && modules.every((name) => existsSync(built(name))) && toolsFor() !== null;

describe.skipIf(!isBuilt)("the modules (functions/build.sh)", () => {
  const folder = mkdtempSync(join(tmpdir(), "coldcast-modules-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("are the same bytes from a clean copy elsewhere", { timeout: 1_200_000 }, async () => {
    const copy = join(folder, "functions");
    cpSync(resolve("functions"), copy, { recursive: true, filter: (path) => !path.endsWith("/target") });
    // Fetched once: what is compared is what compilers make.
    mkdirSync(join(copy, "target"));
    for (const name of ["wasm-tools", "go"])
      if (existsSync(`functions/target/${name}`))
        symlinkSync(resolve("functions/target", name), join(copy, "target", name));
    const { CARGO_TARGET_DIR: _, ...env } = process.env;
    await run(join(copy, "build.sh"), ["component", "detector", "transfer", "gpu"], { env });
    await run(join(copy, "host/build.sh"), ["tenant"], { env });
    for (const name of modules)
      expect([name, sha256(join(copy, "target/out", name))]).toEqual([name, sha256(built(name))]);
  });
});
