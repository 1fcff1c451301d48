import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { isRunning } from "../isRunning.ts";

/** Where process ids are this process's own: the machine, and on Linux the namespace, as containers may share a host's name. */
const place = `${hostname()}${namespaceOfPids()}`;

/** What the Kafka clients of this process call themselves: the place and the process. */
export const clientName = `coldcast@${place}/${process.pid}`;

/** Whether a client of this name was a process of this place that has ended. */
export function isGone(name: string): boolean {
  const [, of, pid] = /^coldcast@([^/]*)\/(\d{1,10})$/.exec(name) ?? [];
  return of === place && !isRunning(Number(pid));
}

function namespaceOfPids(): string {
  try {
    return `:${/\d+/.exec(readlinkSync("/proc/self/ns/pid"))![0]}`;
  } catch {
    return "";
  }
}
