/**
 * What a byte costs: bodies received, bodies sent and files read, by a native server and by a fresh WebAssembly instance for every
 * request; then scenarios/heavy-io.yaml with what was measured of single requests put in, as the simulator answers it and as it is
 * replayed with real bodies. About three minutes; wants the machine to itself.
 *
 *   npm run bench:transfer [-- --rounds 5 --requests 100 --seconds 60 --write]
 *
 * Bodies go to the host of functions/host; files to Wasmtime's own, as ours gives its guests none. `--write` puts what it finds into
 * docs/functions.md, and the times that it measured into the scenario. Needs `functions/build.sh transfer wasmtime host`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Client } from "undici";
import { type Document, parseDocument } from "yaml";
import type { Answer, AvailableAnswer } from "../../src/scenario/answer.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { built, startHost } from "../e2e/hostProcess.ts";
import { type Started, serveFlags, start, wasmtime } from "../functions/servers.ts";
import { markdownTable } from "../validation/page.ts";
import { findings, median, spread } from "./findings.ts";
import { replayBodies } from "./transfer/replayBodies.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    requests: { type: "string", default: "100" },
    seconds: { type: "string", default: "60" },
    write: { type: "boolean", default: false },
  },
});
const requests = Number(options.requests);
const mebibyte = 1024 * 1024;
const sizes = [1, 64, 1024, 16 * 1024].map((kib) => kib * 1024);
/** Of the scenario's works, in their order. */
const scenarioSizes = sizes.slice(1);
const ways = ["receive", "send", "read"] as const;
type Way = (typeof ways)[number];

if (![built("transfer"), built("transfer.wasm"), built("host"), wasmtime].every(existsSync)) {
  process.stderr.write("functions/build.sh transfer wasmtime host\n");
  process.exit(1);
}
const objects = mkdtempSync(join(tmpdir(), "coldcast-objects-"));
for (const size of sizes) writeFileSync(join(objects, String(size)), Buffer.alloc(size, 7));
mkdirSync("functions/target/bench", { recursive: true });
const compiled = "functions/target/bench/transfer.cwasm";
execFileSync(wasmtime, ["compile", "-o", compiled, built("transfer.wasm")]);

const native = (): Promise<Started> => start([built("transfer")], { COLDCAST_OBJECTS: objects });
const wasmFiles = (): Promise<Started> =>
  start([wasmtime, "serve", ...serveFlags, "--dir", `${objects}::/objects`, "--allow-precompiled", compiled]);
async function wasmBodies(): Promise<Started> {
  const { port, child, end } = await startHost(built("transfer.wasm"));
  return { url: `http://127.0.0.1:${port}`, pid: child.pid!, end: async () => void (await end()) };
}
const servers = {
  native: { receive: native, send: native, read: native },
  wasm: { receive: wasmBodies, send: wasmBodies, read: wasmFiles },
} as const;
type Platform = keyof typeof servers;

/** The medians of each round, ms, by platform, way and size. */
const found = new Map<string, number[]>();
const key = (platform: Platform, way: Way, size: number): string => `${platform} ${way} ${size}`;
const checksums = new Map<number, string>();
const levels = [0.5, 0.9, 0.99];

const { tell, end } = findings("transfer", options.write);
for (let round = 0; round < Number(options.rounds); round++)
  for (const way of ways) for (const platform of ["native", "wasm"] as const) await measure(platform, way);
tellTimes();
await tellScenario();
rmSync(objects, { recursive: true });
end();

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

/** One request after the other over one kept connection. */
async function measure(platform: Platform, way: Way): Promise<void> {
  const server = await servers[platform][way]();
  const client = new Client(server.url);
  for (const size of sizes) {
    const count = Math.max(10, Math.min(requests, Math.round((requests * mebibyte) / size)));
    const times: number[] = [];
    for (let n = 0; n < count; n++) times.push(await ask(client, way, size));
    const place = key(platform, way, size);
    found.set(place, [...(found.get(place) ?? []), median(times)]);
  }
  await client.close();
  await server.end();
}

/** Milliseconds per MiB between the smallest size and the largest, of the medians in each round. */
function slopes(platform: Platform, way: Way): number[] {
  const [least, most] = [sizes[0]!, sizes.at(-1)!];
  const small = found.get(key(platform, way, least))!;
  return found.get(key(platform, way, most))!.map((ms, n) => ((ms - small[n]!) / (most - least)) * mebibyte);
}

function tellTimes(): void {
  const names = { receive: "a body received", send: "a body sent", read: "a file read" };
  const header = ["p50 of a request, ms", "1 KiB", "64 KiB", "1 MiB", "16 MiB", "by the byte, ms per MiB"];
  const rows = ways.flatMap((way) =>
    (["native", "wasm"] as const).map((platform) => [
      `${names[way]}, ${platform === "native" ? "native" : "WebAssembly"}`,
      ...sizes.map((size) => spread(found.get(key(platform, way, size))!, 2)),
      spread(slopes(platform, way), 2),
    ]),
  );
  tell(markdownTable(header, rows));
  const times = ways.map((way) => [
    names[way],
    ...sizes.map((size) => ratio(found.get(key("wasm", way, size))!, found.get(key("native", way, size))!)),
    ratio(slopes("wasm", way), slopes("native", way)),
  ]);
  tell(markdownTable(["WebAssembly over native, times", ...header.slice(1, -1), "by the byte"], times));
}

/** Of values that were measured in turns. */
function ratio(above: readonly number[], below: readonly number[]): string {
  return spread(
    above.map((value, n) => value / below[n]!),
    2,
  );
}

/** Milliseconds of single requests become the scenario's work and work factor; the same scenario is then simulated and replayed. */
async function tellScenario(): Promise<void> {
  const file = new URL("../../scenarios/heavy-io.yaml", import.meta.url);
  const document = parseDocument(readFileSync(file, "utf8"));
  const overhead = median(found.get(key("native", "receive", sizes[0]!))!);
  const works = scenarioSizes.map((size) =>
    Math.max(median(found.get(key("native", "receive", size))!) - overhead, 0.001),
  );
  const factor = median(slopes("wasm", "receive")) / median(slopes("native", "receive"));
  putIn(document, works, overhead, factor);
  if (options.write) writeFileSync(file, document.toString({ lineWidth: 0, flowCollectionPadding: true }));
  const asked = document.clone() as Document;
  asked.set("duration", `${options.seconds}s`);
  asked.set("warmup", "2s");
  const scenario = parseScenario(asked.toString());
  const simulated = simulate(scenario);
  const replayed = {
    containers: await replayBodies(scenario, native, scenarioSizes),
    wasm: await replayBodies(scenario, wasmBodies, scenarioSizes),
  };
  const rows = Object.entries(replayed).flatMap(([name, measured]) => [
    [`${name}, simulated`, ...levels.map((q) => (quantileOf(simulated, name, q) * 1e3).toFixed(1))],
    [`${name}, replayed`, ...levels.map((q) => (measured.at(q) * 1e3).toFixed(1))],
  ]);
  tell(
    `\`scenarios/heavy-io.yaml\` with these times: work of ${works.map((ms) => `${ms.toFixed(2)} ms`).join(", ")}, work factor ${factor.toFixed(2)} for WebAssembly, overhead ${overhead.toFixed(2)} ms; ${replayed.wasm.count} bodies in ${options.seconds} s.`,
  );
  tell(markdownTable(["latency, ms", ...levels.map((q) => `p${q * 100}`)], rows));
}

function putIn(document: Document, works: readonly number[], overhead: number, factor: number): void {
  const ms = (value: number): string => `${Number(value.toPrecision(3))}ms`;
  for (const [n, value] of works.entries()) document.setIn(["work", "values", n], ms(value));
  for (const name of ["containers", "wasm"]) document.setIn(["targets", name, "requestOverhead"], ms(overhead));
  document.setIn(["targets", "wasm", "workFactor"], Number(factor.toPrecision(3)));
}

function quantileOf({ targets }: Answer, name: string, level: number): number {
  const target = targets.find((one) => one.name === name) as AvailableAnswer;
  return target.latency.quantiles.find(({ q }) => q === level)!.value.value;
}
