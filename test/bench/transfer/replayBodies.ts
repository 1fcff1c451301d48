// A scenario whose works stand for bodies, sent at its instants.
import { setTimeout as wait } from "node:timers/promises";
import { Pool } from "undici";
import type { Scenario } from "../../../src/scenario/scenario.ts";
import { schedule } from "../../../src/scenario/schedule.ts";
import type { Started } from "../../functions/servers.ts";

/** What the senders saw. */
export interface Replayed {
  readonly count: number;
  /** A quantile of the latencies from the intended instants, seconds. */
  at(level: number): number;
}

/** Sends the schedule's requests at their instants, with a body of `sizes[i]` for the i-th value of the scenario's discrete work. */
export async function replayBodies(
  scenario: Scenario,
  serve: () => Promise<Started>,
  sizes: readonly number[],
): Promise<Replayed> {
  if (scenario.work.kind !== "discrete") throw new Error("works that stand for bodies are discrete");
  const bodies = new Map(scenario.work.values.map((seconds, i) => [seconds, Buffer.alloc(sizes[i]!, 7)]));
  const server = await serve();
  const pool = new Pool(server.url, { connections: 64, pipelining: 1 });
  const latencies: number[] = [];
  const post = async (body: Buffer, intended: number, counts: boolean): Promise<void> => {
    const { statusCode, body: answer } = await pool.request({ method: "POST", path: "/digest", body });
    await answer.dump();
    if (statusCode !== 200) throw new Error(`/digest: ${statusCode}`);
    if (counts) latencies.push((performance.now() - intended) / 1e3);
  };
  await post(Buffer.alloc(1), performance.now(), false);
  const underWay: Promise<void>[] = [];
  const zero = performance.now() + 10;
  for (const cursor = schedule(scenario).open(); cursor.next(); ) {
    const intended = zero + cursor.atSeconds * 1e3;
    const early = intended - performance.now();
    if (early > 0) await wait(early);
    underWay.push(post(bodies.get(cursor.workSeconds)!, intended, cursor.atSeconds >= scenario.warmup));
  }
  await Promise.all(underWay);
  await pool.close();
  await server.end();
  latencies.sort((a, b) => a - b);
  return { count: latencies.length, at: (level) => latencies[Math.ceil(level * latencies.length) - 1]! };
}
