// Sets up a clone: installs the packages of package-lock.json when they are not the ones in node_modules, and, when
// asked, builds dist/. Runs on Node 20 with nothing installed.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The oldest Node that runs TypeScript sources directly. */
export const neededNode = "22.19";

export function isRecentNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [neededMajor, neededMinor] = neededNode.split(".").map(Number);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

/** Installs and builds what is missing; does nothing, quickly, where nothing is. */
export async function setUp({ root, build = false }) {
  await install(root);
  if (build) await buildDist(root);
}

/** Runs the Node of node_modules, which is recent, and resolves to its exit code. */
export function runInNode({ root, args }) {
  return run(nodeOf(root), args);
}

/** The Node among the packages. */
const nodeOf = (root) => join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

async function install(root) {
  const stampFile = join(root, "node_modules", ".coldcast-setup");
  const stamp = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const isDone = () => existsSync(stampFile) && readFileSync(stampFile, "utf8").trim() === stamp;
  if (isDone()) return;
  const release = await lock(root);
  try {
    if (isDone()) return;
    if (matchesLock(root)) process.stderr.write("set-up: the packages are there\n");
    else {
      process.stderr.write("set-up: installing packages with npm ci (once; about a minute) …\n");
      const code = await run(npm(), ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root, stdout: 2 });
      if (code !== 0) fail(`npm ci failed with exit code ${code}; nothing was run`);
      process.stderr.write("set-up: packages installed\n");
    }
    writeFileSync(stampFile, `${stamp}\n`);
  } finally {
    release();
  }
}

/** Whether node_modules already holds exactly what the lock file names (npm keeps its own record of it). */
function matchesLock(root) {
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record) || !existsSync(nodeOf(root))) return false;
  const versions = (file) => {
    const { packages } = JSON.parse(readFileSync(file, "utf8"));
    return Object.entries(packages).filter(([path]) => path !== "");
  };
  const installed = new Map(versions(record).map(([path, { version }]) => [path, version]));
  return versions(join(root, "package-lock.json")).every(
    ([path, { version, optional }]) => optional || installed.get(path) === version,
  );
}

async function buildDist(root) {
  const stampFile = join(root, "dist", ".built");
  const sources = newest(join(root, "src"));
  if (existsSync(stampFile) && statSync(stampFile).mtimeMs >= sources) return;
  process.stderr.write("set-up: building …\n");
  rmSync(join(root, "dist"), { recursive: true, force: true });
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const code = await runInNode({ root, args: [tsc, "-p", join(root, "tsconfig.build.json")] });
  if (code !== 0) fail("the build failed");
  writeFileSync(stampFile, "");
}

function newest(folder) {
  let latest = statSync(folder).mtimeMs;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

/** Two commands started at once must not install at once; a lock left by a killed one is taken over after 10 minutes. */
async function lock(root) {
  const folder = join(root, ".setup-lock");
  let told = false;
  for (;;) {
    try {
      mkdirSync(folder);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (Date.now() - statSync(folder).mtimeMs > 600_000) rmSync(folder, { recursive: true, force: true });
      if (!told) process.stderr.write("set-up: waiting for another one to end …\n");
      told = true;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  const release = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", release);
  return release;
}

/** The npm that runs us, else the one beside this Node, else the one on the path. */
function npm() {
  if (process.env.npm_execpath?.endsWith("npm-cli.js")) return process.env.npm_execpath;
  const folder = dirname(process.execPath);
  // Windows has the packages beside Node, everything else in ../lib; npm itself is a batch file there, which needs a shell.
  const places = [join(folder, "..", "lib", "node_modules"), join(folder, "node_modules")];
  return places.map((place) => join(place, "npm", "bin", "npm-cli.js")).find((file) => existsSync(file)) ?? "npm";
}

/** Runs a child to its end: our streams, our signals, and its exit code (128 + n where signal n ended it). */
function run(command, args, { cwd, stdout = "inherit" } = {}) {
  const isScript = command.endsWith(".js");
  const path = dirname(process.execPath) + delimiter + (process.env.PATH ?? "");
  return new Promise((resolve) => {
    const child = spawn(isScript ? process.execPath : command, isScript ? [command, ...args] : args, {
      cwd,
      stdio: ["inherit", stdout, "inherit"],
      env: isScript ? { ...process.env, PATH: path } : process.env,
    });
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    const forward = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, forward);
    const end = (code) => {
      for (const signal of signals) process.off(signal, forward);
      resolve(code);
    };
    child.on("error", (error) => {
      process.stderr.write(`cannot run ${command}: ${error.message}\n`);
      end(3);
    });
    child.on("exit", (code, signal) => end(code ?? 128 + (constants.signals[signal] ?? 1)));
  });
}

function fail(message) {
  process.stderr.write(`set-up: ${message}\n`);
  process.exit(3);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await setUp({ root: fileURLToPath(new URL("..", import.meta.url)), build: process.argv.includes("--build") });
}
