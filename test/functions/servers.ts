import { spawn } from "node:child_process";

/** A server on this machine, for as long as it is wanted. */
export interface Started {
  readonly url: string;
  readonly pid: number;
  end(): Promise<void>;
}

export const wasmtime = "functions/target/wasmtime/wasmtime_cli/wasmtime";

/** Flags of `wasmtime serve` for the functions' components: a fresh instance per request, from a pool. */
export const serveFlags = ["-S", "cli", "-O", "pooling-allocator=y", "-C", "cache=n", "--addr", "127.0.0.1:0"];

/**
 * Starts a server that prints where it listens, and waits for that.
 *
 * @throws where it ends before
 */
export function start(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Started> {
  const [program, ...args] = command;
  const child = spawn(program!, args, { env: { PORT: "0", ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const end = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
  };
  return new Promise((resolve, reject) => {
    let said = "";
    const onText = (chunk: Buffer): void => {
      said += String(chunk);
      const port = /(?:port |127\.0\.0\.1:)(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve({ url: `http://127.0.0.1:${port}`, pid: child.pid!, end });
    };
    child.stdout.on("data", onText);
    child.stderr.on("data", onText);
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`${program} ended: ${said}`)));
  });
}
