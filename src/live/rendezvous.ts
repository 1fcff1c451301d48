import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { request as ask } from "undici";
import { check, TargetError } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { bearer, isAuthorized, isLoopback } from "./bearer.ts";
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
/** Bytes of one shard's log: what can still be read as one text. */
const bodyMax = 1 << 28;

/**
 * Opens the place where the shards of one replay meet: shard 0 listens there, the others come to it.
 *
 * Each shard judges the difference of its clock to shard 0's by the quickest of 40 exchanges (Cristian's method), before each
 * target anew, so that drift does not add up; the error is at most half that exchange's time.
 *
 * @param address `host:port`, as the others reach it: where the host is loopback, shard 0 listens there alone, else at that port on
 * all addresses
 * @param token that all shards know; without one only loopback will do
 * @see Cristian, Probabilistic clock synchronization, Distributed Computing 3 (1989)
 */
export async function openRendezvous(address: string, shard: Shard, token: string | null = null): Promise<Rendezvous> {
  const { hostname, port } = parsed(address);
  const isLocal = isLoopback(hostname);
  check(isLocal || token !== null, "openRendezvous", "an address beyond loopback needs a token", address);
  if (shard.index > 0) return guest({ origin: `http://${hostname}:${port}`, token }, shard);
  return host({ port, token, ...(isLocal && { address: "127.0.0.1" }) }, shard);
}

function parsed(address: string): { readonly hostname: string; readonly port: number } {
  const found = /^([^/:@?#]+):(\d{1,5})$/.exec(address);
  check(found !== null && Number(found[2]) < 65_536, "openRendezvous", "address must be HOST:PORT", address);
  return { hostname: found[1]!, port: Number(found[2]) };
}

/** Where shard 0 listens: on all addresses where none is named. */
interface Place {
  readonly port: number;
  readonly address?: string;
  readonly token: string | null;
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

async function host(place: Place, shard: Shard): Promise<Rendezvous> {
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
    if (isAuthorized(request.headers.authorization, place.token))
      serve(request, response, { of: shard.of, tableOf, arrive }).catch(() => response.destroy());
    else response.writeHead(401, { "www-authenticate": "Bearer", connection: "close" }).end("another token, or none\n");
  });
  server.requestTimeout = 0;
  await listen(server, place);

  return {
    shard,
    meet: async (target, scheduleSha256, signal) => {
      const zero = await within(
        new Promise<Seconds>((answer) => arrive(target, { shard: 0, scheduleSha256, answer })),
        `the other ${shard.of - 1} shards did not come to port ${place.port}`,
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
      fillFromShards(whole, new Map([[0, own]]), shard.of);
      const broken = [...table.logs].flatMap(([index, text]) => fill(whole, text, { index, of: shard.of }) ?? []);
      return [...missing.map((index) => `shard ${index} handed over no log: its requests count as unsent`), ...broken];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Who still waits for a start in vain would otherwise hold the end up.
        setTimeout(() => server.closeAllConnections(), closingMs).unref();
      }),
  };
}

/** Takes over a shard's log; what keeps it from that, in a sentence, and then its requests stay unsent. */
function fill(whole: OutcomeLog, text: string, { index, of }: Shard): string | undefined {
  try {
    fillFromShards(whole, new Map([[index, parseOutcomes(text, `shard ${index}`)]]), of);
    return undefined;
  } catch (error) {
    const [why] = String(error instanceof Error ? error.message : error).split("\n");
    return `shard ${index} handed over a log that cannot be used, its requests count as unsent: ${why}`;
  }
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
    let length = 0;
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length <= bodyMax) continue;
      response.writeHead(413, { connection: "close" }).end(`a log may have ${bodyMax} bytes\n`);
      return;
    }
    const table = tableOf(target);
    table.logs.set(index, Buffer.concat(chunks).toString());
    response.end();
    table.onLog();
  } else {
    response.writeHead(404).end();
  }
}

/** Shard 0, as the others see it. */
interface Origin {
  readonly origin: string;
  readonly token: string | null;
}

function guest(place: Origin, shard: Shard): Rendezvous {
  const { origin } = place;
  const query = (target: string, schedule = ""): string =>
    `?${new URLSearchParams({ target, shard: String(shard.index), schedule })}`;
  return {
    shard,
    meet: async (target, scheduleSha256, signal) => {
      const { ahead, errorSeconds } = await within(clockOf(place), `no shard 0 at ${origin}`, signal);
      const path = `/ready${query(target, scheduleSha256)}`;
      const ready = post(place, path);
      const zero = Number(await within(ready, `shard 0 at ${origin} gave no sign to start`, signal));
      if (Number.isNaN(zero)) {
        const why = "shard 0 has another schedule: start all shards with the same scenario and seed";
        throw new TargetError("rendezvous", why, { retriable: false });
      }
      return { zero: zero - ahead, clockErrorSeconds: errorSeconds };
    },
    gather: async (target, own) => {
      const body = `${[...outcomeCsvLines(own)].join("\n")}\n`;
      await post(place, `/outcomes${query(target)}`, body);
      return [];
    },
    close: () => Promise.resolve(),
  };
}

/** What shard 0 answers, however long it takes. */
async function post({ origin, token }: Origin, path: string, sent: string | null = null): Promise<string> {
  const options = { method: "POST", headers: bearer(token), body: sent, headersTimeout: 0, bodyTimeout: 0 } as const;
  const { statusCode, body } = await ask(origin + path, options);
  const text = await body.text();
  if (statusCode !== 200) throw refused(origin, statusCode, text);
  return text;
}

function refused(origin: string, status: number, text: string): TargetError {
  const why = status === 401 ? "has another token" : `answers ${status}: ${text.trim().slice(0, 200)}`;
  return new TargetError("rendezvous", `shard 0 at ${origin} ${why}`, { retriable: false });
}

/** How far shard 0's clock is ahead of ours; tried again until shard 0 is there, which takes what its start takes. */
async function clockOf({
  origin,
  token,
}: Origin): Promise<{ readonly ahead: Seconds; readonly errorSeconds: Seconds }> {
  const until = monotonicSeconds() + patienceSeconds;
  let best = { ahead: 0, errorSeconds: Infinity };
  for (let done = 0; done < exchanges; ) {
    const asked = monotonicSeconds();
    const answer = await ask(`${origin}/clock`, { headers: bearer(token) }).catch(() => null);
    const told = (await answer?.body.text().catch(() => null)) ?? null;
    if (answer !== null && answer.statusCode !== 200) throw refused(origin, answer.statusCode, told ?? "");
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
    promise
      .then(resolve, (error: unknown) =>
        error instanceof TargetError ? reject(error) : give(`${why}: ${String(error)}`),
      )
      .finally(() => clearTimeout(timer));
  });
}

function listen(server: Server, { port, address }: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new TargetError("rendezvous", `port ${port} cannot be listened at`, { retriable: false, cause })),
    );
    server.listen(port, address, resolve);
  });
}
