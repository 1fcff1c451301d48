// Requests to a tenant: one after another while nothing else happens, and as a neighbour's noise.
import { setTimeout as wait } from "node:timers/promises";
import { Pool } from "undici";
import { parseDuration } from "../../../src/base/units.ts";
import { exponential } from "../../../src/distributions/exponential.ts";
import { source } from "../../../src/random/source.ts";
import { median } from "../findings.ts";

/** What one request tells of a way when nothing else happens; medians. */
export interface Idle {
  readonly workFactor: number;
  /** What is left of the latency. */
  readonly overheadSeconds: number;
  /** The request's own instance; 0 where there is none. */
  readonly startSeconds: number;
  /** Processor time of this process for one request, which the machine's cores do besides. */
  readonly senderSeconds: number;
}

interface Asked {
  readonly latencySeconds: number;
  readonly workSeconds: number;
  readonly startSeconds: number;
}

/** A client that keeps its connections; they end with the process. */
export function asker() {
  const pools = new Map<string, Pool>();
  const ask = async (url: string, workSeconds: number): Promise<Asked> => {
    const { origin, pathname } = new URL(url);
    const pool = pools.get(origin) ?? new Pool(origin, { connections: 64, pipelining: 1 });
    pools.set(origin, pool);
    const began = performance.now();
    const asked = { "ce-workseconds": String(workSeconds), "ce-workis": "cpu" };
    const { statusCode, headers, body } = await pool.request({ path: pathname, method: "POST", headers: asked });
    await body.dump();
    if (statusCode !== 200) throw new Error(`${url}: ${statusCode}`);
    return {
      latencySeconds: (performance.now() - began) / 1e3,
      workSeconds: Number(headers["coldcast-work"] ?? 0),
      startSeconds: Number(headers["coldcast-start"] ?? 0),
    };
  };
  const end = async (): Promise<void> => {
    await Promise.all([...pools.values()].map((pool) => pool.destroy()));
  };
  return { ask, end };
}

/** Three hundred requests one after another, after fifty to warm up. */
export async function idle(url: string, work: string): Promise<Idle> {
  const seconds = parseDuration(work) ?? 0;
  const { ask, end } = asker();
  for (let n = 0; n < 50; n++) await ask(url, seconds);
  const all: Asked[] = [];
  const before = process.cpuUsage();
  for (let n = 0; n < 300; n++) all.push(await ask(url, seconds));
  const { user, system } = process.cpuUsage(before);
  await end();
  const startSeconds = median(all.map((one) => one.startSeconds));
  const rest = all.map((one) => Math.max(one.latencySeconds - one.workSeconds - one.startSeconds, 0));
  const workFactor = seconds > 0 ? median(all.map(({ workSeconds }) => workSeconds)) / seconds : 1;
  return { workFactor, overheadSeconds: median(rest), startSeconds, senderSeconds: (user + system) / 1e6 / all.length };
}

/** What of a core a request gets beside a neighbour that always has eight in hand: its latency alone over that beside them. */
export async function coreShare(url: string, neighbour: string): Promise<number> {
  const { ask, end } = asker();
  const latency = async (): Promise<number> => {
    const all: number[] = [];
    for (let n = 0; n < 20; n++) all.push((await ask(url, 0.02)).latencySeconds);
    return median(all);
  };
  const alone = await latency();
  let isOver = false;
  const crowd = Array.from({ length: 8 }, async () => {
    while (!isOver) await ask(neighbour, 0.1);
  });
  const beside = await latency();
  isOver = true;
  await Promise.all(crowd);
  await end();
  return alone / beside;
}

/** Requests at Poisson instants until it is ended. */
export function noise(
  url: string,
  { ratePerSecond, workSeconds }: { readonly ratePerSecond: number; readonly workSeconds: number },
) {
  const next = exponential({ mean: 1 / ratePerSecond }).sampler(source(21, "noise"));
  const { ask, end } = asker();
  const stopped = new AbortController();
  const inHand = new Set<Promise<void>>();
  const going = (async () => {
    for (let at = performance.now() + next() * 1e3; !stopped.signal.aborted; at += next() * 1e3) {
      await wait(Math.max(at - performance.now(), 0), undefined, { signal: stopped.signal }).catch(() => {});
      const one: Promise<void> = ask(url, workSeconds).then(
        () => void inHand.delete(one),
        () => void inHand.delete(one),
      );
      inHand.add(one);
    }
  })();
  return {
    end: async (): Promise<void> => {
      stopped.abort();
      await going;
      await Promise.all(inHand);
      await end();
    },
  };
}
