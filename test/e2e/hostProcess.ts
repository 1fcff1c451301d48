// The Wasm host of functions/host as tests and benchmarks run it.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const folder = new URL("../../functions/target/out/", import.meta.url);

/** What functions/build.sh and functions/host/build.sh built, by name. */
export const built = (name: string): string => fileURLToPath(new URL(name, folder));

export const isHostBuilt = ["host", "work.wasm", "tenant.wasm", "composed.wasm"].every((name) =>
  existsSync(built(name)),
);

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly tookMs: number;
}

export interface Served {
  readonly port: number;
  readonly child: ChildProcess;
  ask(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Asks it to end, and tells its exit code. */
  end(): Promise<number | null>;
}

/** A server that prints its port: the host with `options` and components, or any other program. */
export async function startServer(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], env });
  const gone = new Promise<number | null>((resolve, reject) => {
    child.once("exit", resolve);
    child.once("error", reject);
  });
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      const found = /listening on .*?(\d+)$/.exec(line)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    gone.then((code) => reject(new Error(`${program} ended with ${code}`)), reject);
  });
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  return {
    port,
    child,
    ask: (path, headers = {}) => ask(agent, port, path, headers),
    end: async () => {
      child.kill("SIGTERM");
      const code = await gone;
      agent.destroy();
      return code;
    },
  };
}

export const startHost = (...args: readonly string[]): Promise<Served> => startServer(built("host"), args);

function ask(agent: Agent, port: number, path: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method: "POST", headers, agent }, (response) => {
      let text = "";
      response.setEncoding("latin1").on("data", (piece: string) => {
        text += piece;
      });
      response.once("error", reject).once("end", () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          tookMs: performance.now() - began,
        });
      });
    });
    asked.once("error", reject);
    asked.end();
  });
}
