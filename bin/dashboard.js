// The dashboard's own set-up: its packages, and a build that is not older than its sources.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const folder = fileURLToPath(new URL("../dashboard", import.meta.url));
const notSources = new Set(["node_modules", ".next", "next-env.d.ts", "tsconfig.tsbuildinfo"]);

/** Installs and builds what is missing or stale; throws where that fails. */
export function readyDashboard(env = process.env) {
  if (!existsSync(join(folder, "node_modules/next"))) step(["ci"], env);
  const built = join(folder, ".next/BUILD_ID");
  if (!existsSync(built) || statSync(built).mtimeMs < newest(folder)) step(["run", "build"], env);
}

function step(args, env) {
  process.stderr.write(`set-up: npm ${args.join(" ")} in dashboard\n`);
  const { status } = spawnSync("npm", args, {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...env, NEXT_TELEMETRY_DISABLED: "1" },
  });
  if (status !== 0) throw new Error(`npm ${args.join(" ")} in dashboard ended with ${status}`);
}

/** When any source was last written, in milliseconds. */
function newest(place) {
  let latest = 0;
  for (const entry of readdirSync(place, { withFileTypes: true })) {
    if (notSources.has(entry.name)) continue;
    const path = join(place, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) readyDashboard();
