import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { OutcomeLog } from "./outcomes.ts";
import { realClock } from "./realClock.ts";
import { sendAll } from "./sendAll.ts";
import type { Endpoint } from "./targets/endpoint.ts";
import { httpTarget } from "./targets/http.ts";

/** After so many the compiler has seen enough. */
const requests = 600;
const gapSeconds = 0.25e-3;

/**
 * Runs this thread's sending code hot on a server of its own, so that the first real requests do not pay for it: without,
 * the first few hundred are late by milliseconds, and by as much too slow.
 */
export async function warmSending(like: Endpoint): Promise<void> {
  const server = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { ca: _, insecure: __, http: ___, ...live } = like.live ?? {};
  const target = httpTarget("warm", { ...like, url, via: undefined, live: like.live === null ? null : live });
  const at = Float64Array.from({ length: requests }, (_, i) => i * gapSeconds);
  const clock = realClock();
  await sendAll(target, new OutcomeLog({ at, work: new Float64Array(requests) }), {
    clock,
    zero: clock.now() + 0.01,
    workFactor: 1,
    timeoutSeconds: 5,
    inFlightMax: 64,
  });
  await target.close();
  server.closeAllConnections();
  server.close();
}
