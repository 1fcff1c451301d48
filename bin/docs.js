// Makes the documentation's site, out/docs: the pages of docs/ and the API. Installs docs/package.json's packages where they are missing.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../docs", import.meta.url));
const typedoc = join(folder, "node_modules/typedoc/bin/typedoc");

if (!existsSync(typedoc)) {
  process.stderr.write("set-up: npm ci in docs\n");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}
run(process.execPath, [typedoc, "--options", "typedoc.json", ...process.argv.slice(2)]);

/** Runs a command in docs/; ends this process where it fails, with its exit code. */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: folder, stdio: ["ignore", 2, "inherit"] });
  if (error !== undefined) process.stderr.write(`${error.message}\n`);
  if (status !== 0) process.exit(status ?? 3);
}
