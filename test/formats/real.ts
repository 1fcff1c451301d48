import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { measurements, withoutAddress } from "./measurements.ts";
import { find, install, type Package, packages, run } from "./programs.ts";
import { openRig } from "./rig.ts";

// Runs the load tools that package registries have against the embedded rig, and keeps what they write as fixtures:
//   npm run formats:real [TOOL…]       the tools named, or all; what is missing is installed
//   npm run formats:real -- --here     only those that are installed
// test/report/importers/real.test.ts holds every import to the tool's own printout.

const folder = "test/report/importers/files/real";
const manifestFile = join(folder, "manifest.json");

/** One tool's run, as the manifest has it. */
interface Entry {
  readonly tool: string;
  readonly version: string;
  readonly from: string;
  readonly date: string;
  readonly command: string;
  readonly files: readonly string[];
  readonly printed: string | null;
}

const versionArgs: Readonly<Record<string, readonly string[]>> = {
  ab: ["-V"],
  wrk: ["-v"],
  artillery: ["version"],
};

/** The version that a program tells; what Go built is told by its module. */
async function versionOf({ program, from, package: name }: Package, file: string): Promise<string> {
  if (from === "go") return name.split("@v")[1]!;
  const said = await run(file, versionArgs[program] ?? ["--version"], { cwd: tmpdir() }).catch((error: Error) => ({
    out: Buffer.from(error.message),
    err: "",
  }));
  return /\d+\.\d+(?:\.\d+)?/.exec(`${said.out}${said.err}`)?.[0] ?? "unknown";
}

async function measure(tool: Package, file: string, url: string): Promise<Entry> {
  const work = mkdtempSync(join(tmpdir(), `coldcast-${tool.program}-`));
  try {
    const measured = await measurements[tool.program]!({
      url,
      folder: work,
      run: (args, input) => run(file, args, { cwd: work, ...(input === undefined ? {} : { input }) }),
    });
    for (const name of measured.files) keep(join(work, name), name);
    const printed = measured.printed === null ? null : `${tool.program}.printed.txt`;
    if (printed !== null) writeFileSync(join(folder, printed), scrubbed(measured.printed!));
    return {
      tool: tool.program,
      version: await versionOf(tool, file),
      from: `${tool.from}: ${tool.package}`,
      date: new Date().toISOString().slice(0, 10),
      command: measured.command,
      files: measured.files,
      printed,
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function keep(from: string, name: string): void {
  if (name.endsWith(".gob")) copyFileSync(from, join(folder, name));
  else writeFileSync(join(folder, name), scrubbed(readFileSync(from, "utf8")));
}

/** Neither this machine's name nor the port of the day. */
const scrubbed = (text: string): string => withoutAddress(text).replaceAll(hostname(), "host");

const wanted = process.argv.slice(2).filter((name) => !name.startsWith("-"));
const mayInstall = !process.argv.includes("--here");
mkdirSync(folder, { recursive: true });
const before: readonly Entry[] = existsSync(manifestFile) ? JSON.parse(readFileSync(manifestFile, "utf8")) : [];
const entries = new Map(before.map((entry) => [entry.tool, entry]));
const rig = await openRig();
for (const tool of packages) {
  if (wanted.length > 0 && !wanted.includes(tool.program)) continue;
  const problem = find(tool.program) !== undefined ? true : mayInstall ? install(tool) : "not installed";
  const file = find(tool.program);
  if (file === undefined) {
    process.stdout.write(`${tool.program}: could not be had: ${problem}\n`);
    continue;
  }
  try {
    const entry = await measure(tool, file, rig.url);
    entries.set(tool.program, entry);
    process.stdout.write(`${tool.program} ${entry.version}: ${entry.files.join(", ")}\n`);
  } catch (error) {
    process.stdout.write(`${tool.program}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
await rig.close();
const listed = [...entries.values()].sort((a, b) => a.tool.localeCompare(b.tool));
writeFileSync(manifestFile, `${JSON.stringify(listed, null, 2)}\n`);
