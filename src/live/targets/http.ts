import { connect, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import { TargetError } from "../../base/check.ts";
import type { LiveSpec } from "../../scenario/scenario.ts";
import type { Endpoint } from "./endpoint.ts";
import { isTlsError } from "./failure.ts";
import { requestBuilder } from "./requestBuilder.ts";
import { type HttpRequest, sender } from "./sender.ts";
import type { Target } from "./target.ts";

/**
 * Any HTTP endpoint: by default a binary CloudEvent by POST; `live` shapes the request for servers that know no CloudEvents.
 *
 * Opening sends nothing that could wake a function: it only looks whether the port takes a connection.
 *
 * @throws {TargetError} from `open`, if nobody listens there
 */
export function httpTarget(name: string, endpoint: Endpoint): Target {
  const origin = originOf(endpoint);
  const { send, close } = sender(origin, { sharedClock: false, ...endpoint.live });
  return {
    open: async () => {
      try {
        await connectOnce(new URL(origin), { ...endpoint.live, servername: new URL(endpoint.url).hostname });
      } catch (cause) {
        await close();
        const why = isTlsError(cause)
          ? `${origin} is not trusted (${(cause as Error).message.split(";")[0]}); name its authority by live.ca, or write live.insecure: true`
          : `nobody listens at ${origin}`;
        throw new TargetError(name, why, { retriable: !isTlsError(cause), cause });
      }
    },
    prepare: requestBuilder(endpoint),
    send: (prepared, done) => send(prepared as HttpRequest, done),
    endpoint: () => endpoint,
    close: async () => {
      await close();
      return {};
    },
  };
}

/** Where connections go. */
export const originOf = ({ url, via }: Endpoint): string => via ?? new URL(url).origin;

/**
 * Resolves once a connection is taken (over TLS: and trusted), and closes it.
 *
 * @throws the connection's error, or one that says that none came in time
 */
export function connectOnce(
  url: URL,
  { timeoutMs = 10_000, ca, insecure, servername }: ConnectOptions = {},
): Promise<void> {
  const isSecure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port) || (isSecure ? 443 : 80);
  const name = servername ?? host;
  return new Promise((resolve, reject) => {
    const socket = isSecure
      ? connectTls({
          host,
          port,
          ...(isIP(name) ? {} : { servername: name }),
          ...(ca === undefined ? {} : { ca }),
          rejectUnauthorized: insecure !== true,
        })
      : connect({ host, port });
    socket.setTimeout(timeoutMs);
    socket.once(isSecure ? "secureConnect" : "connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
    socket.once("timeout", () => socket.destroy(new Error(`no connection within ${timeoutMs / 1e3} s`)));
  });
}

interface ConnectOptions extends Pick<LiveSpec, "ca" | "insecure"> {
  readonly timeoutMs?: number;
  /** The host that the certificate must be of, where it is not the URL's. */
  readonly servername?: string;
}
