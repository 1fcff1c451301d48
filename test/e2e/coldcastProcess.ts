import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** The command line as a process, once it has said on stderr what it is waited for. */
export async function coldcastProcess(args: readonly string[], said: RegExp): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["bin/coldcast.js", ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let text = "";
  const heard = new Promise<void>((resolve) => {
    child.stderr.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (said.test(text)) resolve();
    });
  });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`coldcast ${args[0]} ended with ${code}: ${text}`);
  });
  // Its end is an error only as long as it is waited for.
  ended.catch(() => {});
  await Promise.race([heard, ended]);
  return child;
}

/** The exit code, once it has ended. */
export async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}
