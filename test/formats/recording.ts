import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a server saw of one request, from its first on. */
export interface Arrival {
  readonly at: number;
  readonly method: string;
  readonly path: string;
}

/** A server that answers at once and remembers when each request came. */
export async function recordingServer() {
  const arrivals: Arrival[] = [];
  const server = createServer((request, response) => {
    arrivals.push({ at: performance.now() / 1e3, method: request.method ?? "", path: request.url ?? "" });
    request.resume();
    response.end("ok\n");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
