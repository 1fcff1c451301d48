import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { source } from "../../src/random/source.ts";
import { find } from "../formats/programs.ts";

// The path of docs/newcomer.md in a fresh clone, each step timed: npm run newcomer
//   --short: with the packages of this clone, and without the first report (two minutes)

const isShort = process.argv.includes("--short");
const folder = mkdtempSync(join(tmpdir(), "coldcast-newcomer-"));
const clone = join(folder, "coldcast");

/** What a newcomer may have: a service of 5 to 15 ms. */
const uniform = source(1, "service");
const service = createServer((_, response) => {
  setTimeout(() => response.end("ok\n"), 5 + 10 * uniform());
});
await new Promise<void>((listening) => {
  service.listen(0, "127.0.0.1", listening);
});
const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/`;
const hey = find("hey");

interface Step {
  readonly what: string;
  readonly command: string;
  /** What must be there afterwards. */
  readonly makes: string;
}

const steps: readonly Step[] = [
  { what: "clone", command: `git clone -q ${resolve(".git")} coldcast`, makes: "package.json" },
  ...(isShort ? [] : [{ what: "first report", command: "npm start", makes: "out/report.html" }]),
  {
    what: "own scenario",
    command: "node bin/coldcast.js init mine.yaml --template cold-start --rate 20/s --objective 100ms",
    makes: "mine.yaml",
  },
  {
    what: "its report",
    command: "node bin/coldcast.js run mine.yaml --live none --out mine",
    makes: "mine/report.html",
  },
  {
    what: "own measurement",
    command:
      hey === undefined || isShort
        ? "cp test/report/importers/files/hey.csv hey.csv"
        : `${hey} -z 10s -c 4 -q 5 -o csv ${url} > hey.csv`,
    makes: "hey.csv",
  },
  {
    what: "compared",
    command:
      "node bin/coldcast.js report mine.yaml mine/model.json mine/sim.json hey.csv --target always-on --out mine/compared.html",
    makes: "mine/compared.html",
  },
];

const run = (command: string, cwd: string): Promise<{ readonly code: number | null; readonly said: string }> =>
  new Promise((done) => {
    // Not the Node and the packages that this script runs with, but what a newcomer's shell finds.
    const PATH = (process.env.PATH ?? "")
      .split(":")
      .filter((part) => !part.includes("node_modules"))
      .join(":");
    const { npm_config_local_prefix: _, ...env } = process.env;
    const child = spawn("sh", ["-c", command], { cwd, env: { ...env, PATH }, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-2000);
      });
    }
    child.on("close", (code) => done({ code, said }));
  });

process.stdout.write("| step | command | took |\n| --- | --- | --- |\n");
for (const { what, command, makes } of steps) {
  const started = performance.now();
  const { code, said } = await run(command, what === "clone" ? folder : clone);
  const took = (performance.now() - started) / 1e3;
  const shown = command
    .replace(resolve(".git"), "URL")
    .replace(hey ?? "hey", "hey")
    .replace(url, "http://localhost:8080/");
  process.stdout.write(`| ${what} | \`${shown}\` | ${took.toFixed(took < 10 ? 1 : 0)} s |\n`);
  if (code !== 0 || !existsSync(join(clone, makes))) {
    process.stdout.write(
      `\n${what} ended with ${code}, ${makes} is ${existsSync(join(clone, makes)) ? "" : "not "}there:\n${said}\n`,
    );
    process.exitCode = 1;
    break;
  }
  if (what === "clone" && isShort) symlinkSync(resolve("node_modules"), join(clone, "node_modules"));
}
service.close();
service.closeAllConnections();
rmSync(folder, { recursive: true, force: true });
