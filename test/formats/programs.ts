import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

/** Where load tools are put, so that they are built once: `COLDCAST_TOOLS`, else a folder that git ignores. */
const prefix = resolve(process.env.COLDCAST_TOOLS ?? "out/tools");

/** A load tool and the package that it comes in. */
export interface Package {
  readonly program: string;
  readonly from: "apt" | "go" | "cargo" | "npm" | "pip";
  /** Its name there, with the version where the registry keeps several; of Go the module, which is the program's package too. */
  readonly package: string;
}

/** The tools whose formats are imported, as far as package registries have them. */
export const packages: readonly Package[] = [
  { program: "ab", from: "apt", package: "apache2-utils" },
  { program: "wrk", from: "apt", package: "wrk" },
  { program: "locust", from: "pip", package: "locust==2.47.0" },
  { program: "autocannon", from: "npm", package: "autocannon@9.0.0" },
  { program: "artillery", from: "npm", package: "artillery@2.0.34" },
  { program: "hey", from: "go", package: "github.com/rakyll/hey@v0.1.4" },
  { program: "vegeta", from: "go", package: "github.com/tsenart/vegeta/v12@v12.12.0" },
  // Newer ones need a module that Go's proxy does not give.
  { program: "fortio", from: "go", package: "fortio.org/fortio@v1.63.8" },
  // Of version 2 the proxy has no module.
  { program: "k6", from: "go", package: "go.k6.io/k6@v1.8.1" },
  { program: "oha", from: "cargo", package: "oha@1.16.0" },
];

/** A program's file; undefined where it is neither installed here nor on PATH. */
export function find(program: string): string | undefined {
  const folders = [
    join(prefix, "bin"),
    join(prefix, "node_modules", ".bin"),
    join(prefix, "python", "bin"),
    ...(process.env.PATH ?? "").split(delimiter),
    join(homedir(), "go", "bin"),
  ];
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
}

/** Gets a tool from its registry; false, with the end of what it said, where that fails. */
export function install({ from, package: name }: Package): true | string {
  mkdirSync(join(prefix, "bin"), { recursive: true });
  const cwd = mkdtempSync(join(tmpdir(), "coldcast-install-"));
  const commands: Readonly<Record<Package["from"], readonly (readonly string[])[]>> = {
    apt: [["apt-get", "install", "-qy", "--no-install-recommends", name]],
    // A module that requires it, and not `go install`: that asks for all of its versions, too.
    go: [
      ["go", "mod", "init", "tools"],
      ["go", "mod", "edit", `-require=${name}`],
      ["go", "build", "-mod=mod", "-o", join(prefix, "bin"), name.split("@")[0]!],
    ],
    cargo: [["cargo", "install", "--locked", "--root", prefix, name]],
    npm: [["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", prefix, name]],
    pip: [
      ["python3", "-m", "venv", join(prefix, "python")],
      [join(prefix, "python", "bin", "pip"), "install", "-q", name],
    ],
  };
  for (const [command, ...args] of commands[from]) {
    const { status, stdout, stderr, error } = spawnSync(command!, args, { cwd, encoding: "utf8" });
    if (status !== 0) return `${error?.message ?? ""}${stdout ?? ""}${stderr ?? ""}`.trim().slice(-500);
  }
  rmSync(cwd, { recursive: true });
  return true;
}

/** What a program printed. */
export interface Printed {
  readonly out: Buffer;
  readonly err: string;
}

/** Runs a program to its end; what it tests may live in this process, so nothing blocks. */
export function run(
  program: string,
  args: readonly string[],
  { cwd, input }: { readonly cwd: string; readonly input?: string },
): Promise<Printed> {
  return new Promise((done, reject) => {
    const child = spawn(program, args, { cwd, stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"] });
    const out: Buffer[] = [];
    let err = "";
    child.stdout!.on("data", (part: Buffer) => out.push(part));
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      err += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) done({ out: Buffer.concat(out), err });
      else
        reject(
          new Error(`${program} ended with ${code}: ${Buffer.concat(out).toString().slice(0, 500)}${err.slice(-500)}`),
        );
    });
    child.stdin?.end(input);
  });
}
