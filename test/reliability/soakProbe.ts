// Loaded into the process that soaks (node --import): it writes what it holds, every few seconds, a line each.
import { appendFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

/** One look, in bytes and numbers. */
export interface SoakLook {
  readonly seconds: number;
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  /** What keeps the event loop busy: sockets, timers, servers. */
  readonly resources: number;
}

const file = process.env.SOAK_FILE;
const everyMs = 5000;

if (isMainThread && file !== undefined) {
  const look = (): void => {
    const { rss, heapUsed, external } = process.memoryUsage();
    const seconds = performance.now() / 1e3;
    const resources = process.getActiveResourcesInfo().length;
    appendFileSync(file, `${JSON.stringify({ seconds, rss, heapUsed, external, resources } satisfies SoakLook)}\n`);
  };
  setInterval(look, everyMs).unref();
}
