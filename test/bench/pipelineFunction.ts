// A function that answers at once and counts whom it was called for: prints its address; GET tells what it has counted.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const calls = new Map<string, number>();
const server = createServer((request, response) => {
  if (request.method === "GET") {
    const all = [...calls.values()];
    response.end(JSON.stringify({ events: all.length, calls: all.reduce((sum, n) => sum + n, 0) }));
    return;
  }
  const id = String(request.headers["ce-id"]);
  calls.set(id, (calls.get(id) ?? 0) + 1);
  request.resume();
  response.writeHead(200, { "coldcast-instance": "f-0", "coldcast-instance-age": "100", "coldcast-work": "0" });
  response.end();
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/\n`);
});
