import { type Dispatcher, Pool } from "undici";
import type { Seconds } from "../../base/units.ts";
import type { LiveSpec } from "../../scenario/scenario.ts";
import { monotonicSeconds } from "../monotonic.ts";
import { protocol } from "../protocol.ts";
import { computeTimeOf } from "./computeTime.ts";
import { failureOfError, outcomeOfStatus } from "./failure.ts";
import type { Prepared, Reply, Request } from "./target.ts";

/** A request in HTTP's terms. */
export interface HttpRequest extends Prepared {
  readonly request: Request;
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
  /** Closes the connection after the answer. */
  readonly reset?: boolean;
}

export interface SenderOptions extends Pick<LiveSpec, "http" | "ca" | "insecure"> {
  /** The answers' monotonic instants are of this machine (the rig's); otherwise the age is used. */
  readonly sharedClock: boolean;
}

/** Sends over connections to one origin: with HTTP/1.1 one request at a time on each, with HTTP/2 many. */
export interface Sender {
  send(request: HttpRequest, done: (reply: Reply) => void): () => void;
  /** Opens connections and runs the code of a request hot, so that the first real ones do not pay for either. */
  warm(request: HttpRequest, connections: number): Promise<void>;
  close(): Promise<void>;
}

/** What servers allow by default at least. */
const streamsMax = 100;
/** After so many the compiler has seen enough. */
const warmRequests = 400;

export function sender(origin: string, options: SenderOptions): Sender {
  const pool = new Pool(origin, poolOptions(origin, options));
  const { sharedClock } = options;

  const send = (request: HttpRequest, done: (reply: Reply) => void): (() => void) => {
    let controller: Dispatcher.DispatchController | undefined;
    let over = false;
    let status = 0;
    let headers: Readonly<Record<string, string | string[] | undefined>> = {};
    pool.dispatch(request, {
      onRequestStart: (started) => {
        controller = started;
        if (over) started.abort(new Error("given up"));
      },
      onResponseStart: (_, code, received) => {
        status = code;
        headers = received;
      },
      onResponseData: () => {},
      onResponseEnd: () => {
        if (over) return;
        over = true;
        done(readReply(status, headers, sharedClock));
      },
      onResponseError: (_, error) => {
        if (over) return;
        over = true;
        done({ outcome: failureOfError(error), status: status || undefined });
      },
    });
    return () => {
      over = true;
      controller?.abort(new Error("given up"));
    };
  };

  return {
    send,
    warm: async (request, connections) => {
      const once = (): Promise<Reply> => new Promise((resolve) => void send(request, resolve));
      for (let sent = 0; sent < warmRequests; sent += connections) {
        await Promise.all(Array.from({ length: connections }, once));
      }
    },
    close: () => pool.destroy(),
  };
}

function poolOptions(origin: string, { http = "1.1", ca, insecure }: SenderOptions): Pool.Options {
  const isTwo = http === "2";
  return {
    // One answer at a time on a connection of HTTP/1.1; on one of HTTP/2 as many streams as the server allows.
    pipelining: isTwo ? streamsMax : 1,
    allowH2: isTwo,
    ...(isTwo ? { maxConcurrentStreams: streamsMax } : {}),
    ...(isTwo && origin.startsWith("http:") ? { useH2c: true } : {}),
    // The replayer keeps its own deadlines, from the scheduled instant; undici's would run from the send.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 600e3,
    keepAliveMaxTimeout: 3600e3,
    connect: {
      ...(ca === undefined ? {} : { ca }),
      ...(insecure === true ? { rejectUnauthorized: false } : {}),
    },
  };
}

function readReply(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  sharedClock: boolean,
): Reply {
  const text = (name: string): string | undefined => headers[name]?.toString();
  const number = (name: string): Seconds | undefined => {
    const value = headers[name] === undefined ? Number.NaN : Number(headers[name]);
    return Number.isFinite(value) ? value : undefined;
  };
  const age = number(protocol.age);
  return {
    outcome: outcomeOfStatus(status, text(protocol.outcome)),
    status,
    instance: text(protocol.instance),
    instanceStarted: sharedClock ? number(protocol.started) : age === undefined ? undefined : monotonicSeconds() - age,
    workDoneSeconds: number(protocol.workDone),
    startSeconds: number(protocol.start),
    compute: computeTimeOf(headers),
  };
}
