import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder = "";
let files: readonly string[] = [];

/** Packs the package and lays it out as an install would, its dependencies borrowed from here. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "coldcast-package-"));
  execFileSync("npm", ["pack", "--pack-destination", folder], { stdio: "pipe" });
  const archive = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  execFileSync("tar", ["xzf", archive], { cwd: folder });
  files = execFileSync("tar", ["tzf", archive], { cwd: folder, encoding: "utf8" }).trim().split("\n");
  mkdirSync(join(folder, "node_modules"));
  for (const name of readdirSync("node_modules")) {
    if (!name.startsWith(".")) symlinkSync(resolve("node_modules", name), join(folder, "node_modules", name));
  }
  execFileSync("mv", ["package", "node_modules/coldcast"], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What it prints, whatever the verdict: a disagreement is exit code 1. */
const run = (args: readonly string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" }).stdout;

describe("the packed package", () => {
  it("holds the built library, the function's module and no sources", () => {
    const outside = files.filter((name) => !/^package\/dist\/.*\.(js|d\.ts)$/.test(name)).sort();
    expect(outside.filter((name) => !/^package\/scenarios\/[\w-]+\.(yaml|schema\.json)$/.test(name))).toEqual([
      "package/CHANGELOG.md",
      "package/LICENSE",
      "package/README.md",
      "package/bin/coldcast.js",
      "package/bin/setup.js",
      "package/functions/wasm/work.wasm",
      "package/package.json",
    ]);
  });

  it("exports the public names, to programs and to browsers", () => {
    writeFileSync(
      join(folder, "names.mjs"),
      `import * as all from "coldcast"; import * as browser from "coldcast/browser";
       console.log(JSON.stringify([Object.keys(all), Object.keys(browser)]));`,
    );
    const [all, browser] = JSON.parse(run(["names.mjs"]));
    expect(all).toEqual(expect.arrayContaining(["predict", "simulate", "schedule", "replay", "compare", "calibrate"]));
    expect(browser).not.toContain("replay");
    expect(all).toEqual(expect.arrayContaining(browser));
  });

  it("runs from dist, rig and worker threads included", () => {
    writeFileSync(
      join(folder, "small.yaml"),
      `name: small
duration: 2s
arrivals: { kind: poisson, rate: 20/s }
work: 5ms
targets:
  wasm: { kind: spinkube, replicas: 1 }
  pods: { kind: knative, podStart: 100ms, stableWindow: 6s }
  single: { kind: server, coldStart: 100ms, keepAlive: 1s }
`,
    );
    const bin = "node_modules/coldcast/bin/coldcast.js";
    const { answers } = JSON.parse(run([bin, "run", "small.yaml", "--out", "out", "--json", "-"]));
    expect(answers.map((answer: { from: string }) => answer.from)).toEqual(["model", "sim", "live"]);
    for (const target of answers[2].targets) expect(target.counts.completed, target.name).toBeGreaterThan(10);
  });
});
