// What a byte costs: bodies received, bodies sent and files read, by a native server and by a fresh WebAssembly instance
// for every request, over kept connections, one request at a time. Prints a table, and the fit time = overhead + bytes × slope
// whose slopes are the inputs of scenarios/heavy-io.yaml.
// node test/bench/transfer.ts [REQUESTS]; needs `functions/build.sh transfer wasmtime`.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "undici";
import { fitLine } from "../../src/stats/fit.ts";
import { type Started, serveFlags, start, wasmtime } from "../functions/servers.ts";

const requests = Number(process.argv[2] ?? 100);
const sizes = [1, 64, 1024, 16 * 1024].map((kib) => kib * 1024);
const out = "functions/target/out";
const ways = ["receive", "send", "read"] as const;
type Way = (typeof ways)[number];

if (!existsSync(`${out}/transfer.wasm`) || !existsSync(wasmtime))
  throw new Error("functions/build.sh transfer wasmtime first");
const objects = mkdtempSync(join(tmpdir(), "coldcast-objects-"));
for (const size of sizes) writeFileSync(join(objects, String(size)), Buffer.alloc(size, 7));
mkdirSync("functions/target/bench", { recursive: true });
const compiled = "functions/target/bench/transfer.cwasm";
execFileSync(wasmtime, ["compile", "-o", compiled, `${out}/transfer.wasm`]);

const checksums = new Map<number, string>();

/** Milliseconds of one request; the answer's checksum must be the one that was seen first. */
async function ask(client: Client, way: Way, size: number): Promise<number> {
  const path = { receive: "/digest", send: `/fill?bytes=${size}`, read: `/file/${size}` }[way];
  const body = way === "receive" ? Buffer.alloc(size, 7) : null;
  const began = performance.now();
  const answer = await client.request({ method: body === null ? "GET" : "POST", path, body });
  const received = await answer.body.arrayBuffer();
  const took = performance.now() - began;
  if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode}`);
  if (way === "send" && received.byteLength !== size) throw new Error(`${path}: ${received.byteLength} bytes`);
  if (way !== "send") {
    const checksum = String(answer.headers["coldcast-checksum"]);
    if (checksum !== (checksums.get(size) ?? checksum)) throw new Error(`${path}: checksum ${checksum}`);
    checksums.set(size, checksum);
  }
  return took;
}

async function measure(server: Started) {
  const client = new Client(server.url);
  const found = [];
  for (const way of ways)
    for (const size of sizes) {
      const times: number[] = [];
      const count = Math.max(10, Math.min(requests, Math.round((requests * 1024 * 1024) / size)));
      for (let n = 0; n < count; n++) times.push(await ask(client, way, size));
      times.sort((a, b) => a - b);
      found.push({ way, size, p50: times[Math.floor(count / 2)]!, p99: times[Math.ceil(0.99 * count) - 1]! });
    }
  await client.close();
  await server.end();
  return found;
}

const native = await measure(await start([`${out}/transfer`], { COLDCAST_OBJECTS: objects }));
const command = [wasmtime, "serve", ...serveFlags, "--dir", `${objects}::/objects`, "--allow-precompiled", compiled];
const wasm = await measure(await start(command));
rmSync(objects, { recursive: true });

process.stdout.write(
  "| | KiB | native p50 / p99, ms | WebAssembly p50 / p99, ms | times |\n| --- | --- | --- | --- | --- |\n",
);
for (const [i, { way, size, p50, p99 }] of native.entries()) {
  const other = wasm[i]!;
  process.stdout.write(
    `| ${way} | ${size / 1024} | ${p50.toFixed(3)} / ${p99.toFixed(3)} | ${other.p50.toFixed(3)} / ${other.p99.toFixed(3)} | ${(other.p50 / p50).toFixed(2)} |\n`,
  );
}
process.stdout.write("\n| | native, ms per MiB | WebAssembly, ms per MiB | times |\n| --- | --- | --- | --- |\n");
for (const way of ways) {
  const [own, other] = [native, wasm].map((rows) => {
    const of = rows.filter((row) => row.way === way);
    return fitLine(
      of.map(({ size }) => size / 1024 ** 2),
      of.map(({ p50 }) => p50),
    )!.slope;
  }) as [number, number];
  process.stdout.write(`| ${way} | ${own.toFixed(3)} | ${other.toFixed(3)} | ${(other / own).toFixed(2)} |\n`);
}
