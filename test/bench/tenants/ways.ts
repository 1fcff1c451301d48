// The ways to keep tenants apart on one machine: each starts tenants that serve the work, and tells what one costs.
import { readFileSync } from "node:fs";
import { built, type Served, startHost, startServer } from "../../e2e/hostProcess.ts";
import { type Container, containersMissing, startContainer } from "./container.ts";

/** One tenant that serves. */
export interface Tenant {
  /** Where its requests go. */
  readonly url: string;
  readonly pid: number;
}

/** Several tenants of one way, side by side. */
export interface Tenants {
  readonly all: readonly Tenant[];
  end(): Promise<void>;
}

export interface Way {
  readonly name: string;
  /** Why it cannot be shown here; null where it can. */
  readonly missing: string | null;
  start(count: number, roundsPerSecond: number): Promise<Tenants>;
  /** Bytes that all of `tenants` hold, pages that they share counted once. */
  bytes(tenants: Tenants): number;
}

/** Proportional set size: a page that n processes share counts 1/n in each. */
function pss(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]) * 1024;
}

const inEach = ({ all }: Tenants): number => all.reduce((sum, { pid }) => sum + pss(pid), 0);

/** Many functions of one host; every request has an instance of its own. */
const hosted = (name: string, component: string, tenantsInOne: number): Way => ({
  name,
  missing: null,
  start: async (count, roundsPerSecond) => {
    const rounds = ["--env", `COLDCAST_ROUNDS_PER_SECOND=${roundsPerSecond}`];
    const named = Array.from({ length: count }, (_, n) => `t${n}=${built(component)}`);
    const host = await startHost("--each", "8", "--queue", "1000", ...rounds, ...named);
    const pid = host.child.pid!;
    const all = named.map((_, n) => ({ url: `http://127.0.0.1:${host.port}/t${n}`, pid }));
    return { all, end: async () => void (await host.end()) };
  },
  bytes: ({ all }) => pss(all[0]!.pid) / tenantsInOne,
});

const processes: Way = {
  name: "processes",
  missing: null,
  start: async (count, roundsPerSecond) => {
    const env = { PORT: "0", COLDCAST_ROUNDS_PER_SECOND: String(roundsPerSecond) };
    const servers: Served[] = await Promise.all(
      Array.from({ length: count }, () => startServer(built("work"), [], env)),
    );
    const all = servers.map(({ port, child }) => ({ url: `http://127.0.0.1:${port}/`, pid: child.pid! }));
    return { all, end: async () => void (await Promise.all(servers.map(({ end }) => end()))) };
  },
  bytes: inEach,
};

const containers: Way = {
  name: "containers",
  missing: containersMissing(),
  start: async (count, roundsPerSecond) => {
    const env = { PORT: "8080", COLDCAST_ROUNDS_PER_SECOND: String(roundsPerSecond) };
    const started: Container[] = [];
    for (let n = 0; n < count; n++) started.push(await startContainer(n, built("work"), ["/program"], env));
    const all = started.map(({ address, pid }) => ({ url: `http://${address}:8080/`, pid }));
    return {
      all,
      end: async () => {
        for (const { end } of started) await end();
      },
    };
  },
  bytes: inEach,
};

export const ways: readonly Way[] = [
  hosted("instances", "work.wasm", 1),
  hosted("composed", "composed.wasm", 3),
  processes,
  containers,
];
