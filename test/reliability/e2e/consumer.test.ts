import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// What a user does in an empty project: installs the packed package, imports it, and runs its command, each by a Node of
// its own from the registry. The package's rig and threads run from dist in test/e2e/package.test.ts.

const npm = (cwd: string, ...args: string[]) =>
  spawnSync("npm", [...args, "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd,
    encoding: "utf8",
    timeout: 240_000,
  });

const folder = mkdtempSync(join(tmpdir(), "coldcast-consumer-"));
const project = join(folder, "project");

/** The binary of a Node's newest release of a line, or why it cannot be had. */
function nodeOf(major: number): string | null {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const place = join(folder, `node${major}`);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), "{}");
  npm(place, "install", "--ignore-scripts", `${name}@${major}`);
  const file = join(place, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  return existsSync(file) ? file : null;
}

const nodes = new Map([20, 22, 24].map((major) => [major, nodeOf(major)]));
const installed = (() => {
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), `{ "type": "module", "private": true }`);
  execFileSync("npm", ["pack", "--pack-destination", folder], { stdio: "pipe" });
  const archive = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  return npm(project, "install", join(folder, archive)).status === 0;
})();

beforeAll(() => {
  writeFileSync(
    join(project, "small.yaml"),
    `name: small
duration: 4s
arrivals: { kind: poisson, rate: 20/s }
work: 5ms
targets: { single: { kind: server, coldStart: 100ms, keepAlive: 1s } }
`,
  );
  writeFileSync(
    join(project, "use.mjs"),
    `import { readFileSync } from "node:fs";
import { parseScenario, predict, simulate } from "coldcast";
const scenario = parseScenario(readFileSync("small.yaml", "utf8"));
const answers = [predict(scenario), simulate(scenario, { replications: 2 })];
console.log(JSON.stringify(answers.map(({ from, targets }) => [from, targets[0].latency.mean.value > 0.005])));`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const by = (major: number, ...args: string[]) => spawnSync(nodes.get(major)!, args, { cwd: project, encoding: "utf8" });
const bin = join("node_modules", "coldcast", "bin", "coldcast.js");

for (const major of [22, 24]) {
  const why = !installed ? "the package cannot be installed here" : nodes.get(major) === null ? "cannot be had" : null;
  describe.skipIf(why !== null)(`the package under Node ${major}${why === null ? "" : ` (skipped: ${why})`}`, () => {
    it("is imported and answers", () => {
      const { stdout, stderr } = by(major, "use.mjs");
      expect(stdout.trim(), stderr).toBe('[["model",true],["sim",true]]');
    });

    it("runs as a command, threads included", () => {
      expect(by(major, "--version").stdout).toMatch(new RegExp(`^v${major}\\.`));
      const { status, stderr, stdout } = by(major, bin, "simulate", "small.yaml", "--replications", "4", "--json", "-");
      expect(status, stderr).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ from: "sim", scenario: "small" });
    });

    it("replays against its rig", () => {
      const { status, stderr } = by(major, bin, "replay", "small.yaml", "--out", `out${major}`, "--seed", "3");
      expect(status, stderr).toBe(0);
      expect(existsSync(join(project, `out${major}`, "live.json"))).toBe(true);
    });
  });
}

const whyNot20 = !installed ? "the package cannot be installed here" : nodes.get(20) === null ? "cannot be had" : null;
describe.skipIf(whyNot20 !== null)(
  `the package under Node 20${whyNot20 === null ? "" : ` (skipped: ${whyNot20})`}`,
  () => {
    it("says which Node it needs instead of failing somewhere", () => {
      const { status, stderr } = by(20, bin, "predict", "small.yaml");
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: expect.stringMatching(/^coldcast needs Node 22\.19 or newer; this is 20\.\d+\.\d+\n$/),
      });
    });

    it("runs from a clone, by the Node among its packages", () => {
      const { status, stdout, stderr } = spawnSync(nodes.get(20)!, ["bin/coldcast.js", "--version"], {
        encoding: "utf8",
      });
      expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    });
  },
);
