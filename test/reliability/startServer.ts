import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A script of this folder that prints its port as its first line, as a process of its own. */
export async function startServer(
  script: string,
  ...args: readonly string[]
): Promise<{ readonly url: string; readonly port: number; readonly process: ChildProcess }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`${script} ended with ${code}`);
  });
  ended.catch(() => {});
  const [line] = (await Promise.race([once(child.stdout, "data"), ended])) as [Buffer];
  const port = Number(line.toString());
  return { url: `http://127.0.0.1:${port}/`, port, process: child };
}
