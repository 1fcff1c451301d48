import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { request as ask } from "undici";
import { check, TargetError } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { monotonicSeconds } from "./monotonic.ts";
import { type OutcomeLog, outcomeCsvLines, parseOutcomes } from "./outcomes.ts";
import { fillFromShards, type Shard } from "./shard.ts";

/** Senders on several machines that replay one schedule together. */
export interface Rendezvous {
  readonly shard: Shard;
  /**
   * Waits until every shard is ready for a target; the schedule's zero on this machine's clock.
   *
   * @throws {TargetError} if the others do not come, or hold another schedule
   */
  meet(target: string, scheduleSha256: string, signal?: AbortSignal): Promise<Meeting>;
  /** Hands a shard's log over. Shard 0 fills the whole schedule's log with all of them; for the others it stays as it is. */
  gather(target: string, own: OutcomeLog, whole: OutcomeLog): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface Meeting {
  readonly zero: Seconds;
  /** By how much this machine's clock may be misjudged; 0 for shard 0, whose clock counts. */
  readonly clockErrorSeconds: Seconds;
}

/** From the moment the last shard is ready to the schedule's zero: more than the news of it takes to travel. */
const leadSeconds = 1;
/** How long shards wait for each other. */
const patienceSeconds = 300;
/** At the end, what was just answered is let through for so long. */
const closingMs = 500;
/** Of so many exchanges of the time, the quickest is believed. */
const exchanges = 40;

/**
 * Opens the place where the shards of one replay meet: shard 0 listens there, the others come to it.
 *
 * Each shard judges the difference of its clock to shard 0's by the quickest of 40 exchanges (Cristian's method), before each
 * target anew, so that drift does not add up; the error is at most half that exchange's time.
 *
 * @param address `host:port`; shard 0 listens at that port on all addresses
 * @see Cristian, Probabilistic clock synchronization, Distributed Computing 3 (1989)
 */
export async function openRendezvous(address: string, shard: Shard): Promise<Rendezvous> {
  const { hostname, port } = new URL(`http://${address}`);
  check(port !== "", "openRendezvous", "address must be HOST:PORT", address);
  return shard.index === 0 ? host(Number(port), shard) : guest(`http://${hostname}:${port}`, shard);
}

interface Arrival {
  readonly shard: number;
  readonly scheduleSha256: string;
  readonly answer: (zero: Seconds) => void;
}

interface Table {
  readonly waiting: Arrival[];
  readonly logs: Map<number, string>;
  onLog: () => void;
}

async function host(port: number, shard: Shard): Promise<Rendezvous> {
  const tables = new Map<string, Table>();
  const tableOf = (target: string): Table => {
    const known = tables.get(target) ?? { waiting: [], logs: new Map(), onLog: () => {} };
    tables.set(target, known);
    return known;
  };
  const arrive = (target: string, arrival: Arrival): void => {
    const { waiting } = tableOf(target);
    waiting.push(arrival);
    if (new Set(waiting.map((each) => each.shard)).size < shard.of) return;
    const zero = monotonicSeconds() + leadSeconds;
    const { scheduleSha256 } = waiting.find((each) => each.shard === 0)!;
    for (const each of waiting.splice(0)) each.answer(each.scheduleSha256 === scheduleSha256 ? zero : Number.NaN);
  };
  const server = createServer((request, response) => {
    // Whatever a stranger or a broken connection does must not end shard 0.
    serve(request, response, { of: shard.of, tableOf, arrive }).catch(() => response.destroy());
  });
  server.requestTimeout = 0;
  await listen(server, port);

  return {
    shard,
    meet: async (target, scheduleSha256, signal) => {
      const zero = await within(
        new Promise<Seconds>((answer) => arrive(target, { shard: 0, scheduleSha256, answer })),
        `the other ${shard.of - 1} shards did not come to port ${port}`,
        signal,
      );
      return { zero, clockErrorSeconds: 0 };
    },
    gather: async (target, own, whole) => {
      const table = tableOf(target);
      const complete = new Promise<void>((resolve) => {
        table.onLog = () => table.logs.size === shard.of - 1 && resolve();
        table.onLog();
      });
      const missing = await within(complete, "").then(
        () => [],
        () => Array.from({ length: shard.of - 1 }, (_, k) => k + 1).filter((index) => !table.logs.has(index)),
      );
      const parts = new Map([[0, own]]);
      for (const [index, text] of table.logs) parts.set(index, parseOutcomes(text, `shard ${index}`));
      fillFromShards(whole, parts, shard.of);
      return missing.map((index) => `shard ${index} handed over no log: its requests count as unsent`);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Who still waits for a start in vain would otherwise hold the end up.
        setTimeout(() => server.closeAllConnections(), closingMs).unref();
      }),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  {
    of,
    tableOf,
    arrive,
  }: { of: number; tableOf(target: string): Table; arrive(target: string, arrival: Arrival): void },
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://shard");
  const target = searchParams.get("target") ?? "";
  const index = Number(searchParams.get("shard"));
  if (pathname === "/clock") {
    response.end(String(monotonicSeconds()));
  } else if (!(Number.isInteger(index) && index >= 1 && index < of)) {
    response.writeHead(400).end(`shard must be from 1 to ${of - 1}\n`);
  } else if (pathname === "/ready") {
    const scheduleSha256 = searchParams.get("schedule") ?? "";
    arrive(target, { shard: index, scheduleSha256, answer: (zero) => response.end(String(zero)) });
  } else if (pathname === "/outcomes") {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const table = tableOf(target);
    table.logs.set(index, Buffer.concat(chunks).toString());
    response.end();
    table.onLog();
  } else {
    response.writeHead(404).end();
  }
}

function guest(origin: string, shard: Shard): Rendezvous {
  const query = (target: string, schedule = ""): string =>
    `?${new URLSearchParams({ target, shard: String(shard.index), schedule })}`;
  const options = { headersTimeout: 0, bodyTimeout: 0 };
  return {
    shard,
    meet: async (target, scheduleSha256, signal) => {
      const { ahead, errorSeconds } = await within(clockOf(origin), `no shard 0 at ${origin}`, signal);
      const path = `/ready${query(target, scheduleSha256)}`;
      const ready = ask(origin + path, { method: "POST", ...options }).then(({ body }) => body.text());
      const zero = Number(await within(ready, `shard 0 at ${origin} gave no sign to start`, signal));
      if (Number.isNaN(zero)) {
        const why = "shard 0 has another schedule: start all shards with the same scenario and seed";
        throw new TargetError("rendezvous", why, { retriable: false });
      }
      return { zero: zero - ahead, clockErrorSeconds: errorSeconds };
    },
    gather: async (target, own) => {
      const body = `${[...outcomeCsvLines(own)].join("\n")}\n`;
      const { body: answer } = await ask(`${origin}/outcomes${query(target)}`, { method: "POST", body, ...options });
      await answer.dump();
      return [];
    },
    close: () => Promise.resolve(),
  };
}

/** How far shard 0's clock is ahead of ours; tried again until shard 0 is there, which takes what its start takes. */
async function clockOf(origin: string): Promise<{ readonly ahead: Seconds; readonly errorSeconds: Seconds }> {
  const until = monotonicSeconds() + patienceSeconds;
  let best = { ahead: 0, errorSeconds: Infinity };
  for (let done = 0; done < exchanges; ) {
    const asked = monotonicSeconds();
    const told = await ask(`${origin}/clock`).then(
      ({ body }) => body.text(),
      () => null,
    );
    if (told === null) {
      check(monotonicSeconds() < until, "clockOf", "shard 0 must answer", origin);
      await new Promise((resolve) => void setTimeout(resolve, 200));
      continue;
    }
    const errorSeconds = (monotonicSeconds() - asked) / 2;
    if (errorSeconds < best.errorSeconds) best = { ahead: Number(told) - asked - errorSeconds, errorSeconds };
    done++;
  }
  return best;
}

/** The promise's value; TargetError with the reason when it takes too long, or the signal's end. */
function within<T>(promise: Promise<T>, why: string, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = (reason: string): void => reject(new TargetError("rendezvous", reason, { retriable: true }));
    const timer = setTimeout(give, patienceSeconds * 1e3, `${why} within ${patienceSeconds} s`);
    if (signal?.aborted) give("interrupted");
    signal?.addEventListener("abort", () => give("interrupted"), { once: true });
    promise.then(resolve, (error: unknown) => give(`${why}: ${String(error)}`)).finally(() => clearTimeout(timer));
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new TargetError("rendezvous", `port ${port} cannot be listened at`, { retriable: false, cause })),
    );
    server.listen(port, resolve);
  });
}
