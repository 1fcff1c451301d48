import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { built, type Served, startServer } from "./hostProcess.ts";
import { redirectsHost, toolsFor } from "./redirectsHost.ts";

const run = promisify(execFile);
const tool = built("redirects");
const guest = built("redirects-guest.wasm");
const count = 10_000;
/** Of ten thousand rules of seed 1: the generator gives the same everywhere. */
const rulesSha256 = "c7b78c8fb2b8799a7a0612d3e0035ef03e358dff16b8edbfc4a565c1a35614cd";

const sha256 = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

describe.skipIf(!existsSync(tool) || toolsFor() === null)("redirects (functions/redirects/build.sh)", () => {
  const folder = mkdtempSync(join(tmpdir(), "coldcast-redirects-"));
  const rules = join(folder, "redirects.txt");
  const core = join(folder, "core.wasm");
  const component = join(folder, "redirects.wasm");
  const open: Served[] = [];
  let lines: readonly (readonly [source: string, target: string])[] = [];

  beforeAll(async () => {
    const { stdout } = await run(tool, ["generate", String(count)], { maxBuffer: 1 << 24 });
    writeFileSync(rules, stdout);
    lines = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" ") as [string, string]);
    await run(tool, ["build", rules, guest, core]);
    await run(toolsFor()!, ["component", "new", core, "-o", component]);
  });
  afterAll(async () => {
    await Promise.all(open.map(({ end }) => end()));
    rmSync(folder, { recursive: true });
  });

  const serving = async (start: () => Promise<Served>): Promise<Served> => {
    const served = await start();
    open.push(served);
    return served;
  };
  const native = () => startServer(tool, ["serve", join(folder, "core.index")]);

  it("generates the same rules everywhere", () => {
    expect(lines).toHaveLength(count);
    expect(new Set(lines.map(([source]) => source)).size).toBe(count);
    expect(sha256(rules)).toBe(rulesSha256);
  });

  it.each([
    ["natively", native],
    ["as a component", () => redirectsHost(component)],
    [
      "as a component that indexes its rules at the first request",
      async () => {
        await run(tool, ["build", "--text", rules, guest, join(folder, "text.core.wasm")]);
        await run(toolsFor()!, ["component", "new", join(folder, "text.core.wasm"), "-o", join(folder, "text.wasm")]);
        return redirectsHost(join(folder, "text.wasm"));
      },
    ],
  ])("answers 302 with the location, or 404, %s", async (_, start) => {
    const { ask } = await serving(start);
    const [source, target] = lines[4711]!;
    for (const path of [source, `${source}/`]) {
      const { status, headers, text } = await ask(path);
      expect([status, headers.location, text]).toEqual([302, target, ""]);
      expect(Number(headers["coldcast-work"])).toBeGreaterThan(0);
    }
    const joint = target.includes("?") ? "&" : "?";
    expect((await ask(`${source}?a=1&b`)).headers.location).toBe(`${target}${joint}a=1&b`);
    for (const path of ["/", `${source}//`, `${source}~`, source.toUpperCase()]) {
      const { status, headers } = await ask(path);
      expect([status, headers.location]).toEqual([404, undefined]);
    }
  });

  it.each([
    ["natively", native],
    ["as a component", () => redirectsHost(component)],
  ])("finds every source and nothing else, %s", async (_, start) => {
    const { port } = await serving(start);
    const { stdout } = await run(tool, ["check", rules, `127.0.0.1:${port}`]);
    expect(JSON.parse(stdout)).toMatchObject({ found: count, absent: count });
  });

  it("builds the same module from the same rules in any order", async () => {
    const again = join(folder, "again.txt");
    writeFileSync(
      again,
      `# turned round\n${lines
        .toReversed()
        .map((line) => line.join("\t"))
        .join("\n")}`,
    );
    await run(tool, ["build", again, guest, join(folder, "again.wasm")]);
    expect(sha256(join(folder, "again.wasm"))).toBe(sha256(core));
  });

  it("tells what is wrong with a list", async () => {
    writeFileSync(join(folder, "wrong.txt"), "/a /b\n/c\n/d e f\n");
    await expect(run(tool, ["build", join(folder, "wrong.txt"), guest, core])).rejects.toThrow(
      /wrong\.txt:2: a source without a target\n.*wrong\.txt:3: more than/,
    );
    writeFileSync(join(folder, "wrong.txt"), "/a /b\n/a/ /c\n");
    await expect(run(tool, ["build", join(folder, "wrong.txt"), guest, core])).rejects.toThrow("/a has two rules");
  });

  it("builds the same guest from a clean copy elsewhere", { timeout: 1_200_000 }, async () => {
    const copy = join(folder, "functions");
    for (const name of ["toolchain.sh", "redirects", "work"])
      cpSync(resolve("functions", name), join(copy, name), {
        recursive: true,
        filter: (path) => !path.endsWith("/target"),
      });
    expect(globSync("target", { cwd: copy })).toEqual([]);
    const { CARGO_TARGET_DIR: _, ...env } = process.env;
    await run(join(copy, "redirects/build.sh"), ["--guest"], { env });
    expect(sha256(join(copy, "target/out/redirects-guest.wasm"))).toBe(sha256(guest));
  });
});
