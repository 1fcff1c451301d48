import { hostname } from "node:os";
import { isRunning } from "../isRunning.ts";

/** What the Kafka clients of this process call themselves: the machine and the process. */
export const clientName = `coldcast@${hostname()}/${process.pid}`;

/** Whether a client of this name was a process of this machine that has ended. */
export function isGone(name: string): boolean {
  const [, host, pid] = /^coldcast@([^/]*)\/(\d{1,10})$/.exec(name) ?? [];
  return host === hostname() && !isRunning(Number(pid));
}
