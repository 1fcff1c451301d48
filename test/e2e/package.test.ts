import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder = "";
let files: readonly string[] = [];
/** Why npm could not install it; null where it did. */
let whyNotInstalled: string | null = null;

/** Packs the package and installs it into an empty project; without a registry it is laid out by hand, its dependencies borrowed. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "coldcast-package-"));
  execFileSync("npm", ["pack", "--pack-destination", folder], { stdio: "pipe" });
  const archive = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  files = execFileSync("tar", ["tzf", archive], { cwd: folder, encoding: "utf8" }).trim().split("\n");
  writeFileSync(join(folder, "package.json"), '{ "name": "empty", "private": true }\n');
  const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", `./${archive}`];
  const { status, stderr } = spawnSync("npm", install, { cwd: folder, encoding: "utf8", timeout: 240_000 });
  if (status === 0) return;
  if (!/ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ENOTCACHED|network/i.test(stderr) && status !== null)
    throw new Error(stderr);
  whyNotInstalled = stderr.split("\n")[0] || "npm took too long";
  rmSync(join(folder, "node_modules"), { recursive: true, force: true });
  mkdirSync(join(folder, "node_modules"));
  execFileSync("tar", ["xzf", archive], { cwd: folder });
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

  it("installs into an empty project, with what it depends on and its command", (context) => {
    if (whyNotInstalled !== null) context.skip(`no registry: ${whyNotInstalled}`);
    const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    expect(Object.keys(dependencies)).toEqual(["coldcast"]);
    expect(existsSync(join(folder, "node_modules/vitest"))).toBe(false);
    const said = spawnSync("node_modules/.bin/coldcast", ["predict", "cold-start.yaml", "--json", "-"], {
      cwd: join(folder),
      encoding: "utf8",
      env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
      input: "",
    });
    expect(said.stderr).toContain("cold-start.yaml");
    const shipped = "node_modules/coldcast/scenarios/cold-start.yaml";
    const answer = JSON.parse(run(["node_modules/coldcast/bin/coldcast.js", "predict", shipped, "--json", "-"]));
    expect(answer).toMatchObject({ coldcast: 1, from: "model", scenario: "cold-start" });
  });

  it("is bundled for a browser from there, as its page of the documentation has it", async () => {
    const [snippet] = /(?<=```ts\n)[\s\S]*?(?=```)/.exec(readFileSync("docs/playground.md", "utf8"))!;
    writeFileSync(join(folder, "page.ts"), `${snippet}\nconsole.log(JSON.stringify(target));`);
    const bundle = await rolldown({ input: join(folder, "page.ts"), platform: "browser", logLevel: "silent" });
    await bundle.write({ file: join(folder, "page.js"), format: "iife", minify: true });
    await bundle.close();
    expect(readFileSync(join(folder, "page.js"), "utf8")).not.toMatch(/["'`]node:/);
    expect(JSON.parse(run(["page.js"]))).toMatchObject({ name: "function", status: "numeric" });
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
