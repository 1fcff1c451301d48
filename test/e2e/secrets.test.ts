import { spawn } from "node:child_process";
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// What is secret, wherever coldcast is given it: it must show up in nothing that others read.

const secrets = [
  "s3cret-header-value",
  "s3cret-shard-token-0123",
  "s3cret-cluster-token",
  "s3cret-otlp-key",
  "s3cret-login",
];
const [header, token, cluster, otlp, login] = secrets as [string, string, string, string, string];
const folder = mkdtempSync(join(tmpdir(), "coldcast-secrets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

const seen = { processes: new Set<string>(), outputs: [] as string[] };

/** Runs the command line, and looks meanwhile at what the process list shows of it and of all that it starts. */
async function run(
  args: readonly string[],
  own: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, ["bin/coldcast.js", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, KUBECONFIG: at("kubeconfig.yaml"), OTEL_EXPORTER_OTLP_HEADERS: `x-key=${otlp}`, ...own },
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => void chunks.push(chunk));
  const watch = setInterval(() => {
    for (const pid of readdirSync("/proc")) if (/^\d+$/.test(pid) && Number(pid) !== process.pid) look(pid);
  }, 50);
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  clearInterval(watch);
  const said = Buffer.concat(chunks).toString();
  seen.outputs.push(said);
  return { code, said };
}

function look(pid: string): void {
  try {
    seen.processes.add(readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " "));
  } catch {
    // It ended while we looked.
  }
}

const scenario = `name: secret
duration: 2s
arrivals: { kind: poisson, rate: 20/s }
work: 2ms
targets:
  one: { kind: server, coldStart: 10ms, live: { headers: { authorization: "Bearer ${header}" } } }
`;

describe("secrets", () => {
  beforeAll(() => {
    writeFileSync(at("s.yaml"), scenario);
    const kubeconfig = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "c",
      clusters: [{ name: "c", cluster: { server: "http://127.0.0.1:9" } }],
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      users: [{ name: "u", user: { token: cluster } }],
    };
    writeFileSync(at("kubeconfig.yaml"), JSON.stringify(kubeconfig, null, 1));
    writeFileSync(at("broken.yaml"), `users:\n- name: u\n  user: { token: ${cluster}, : [\n`);
  });

  it("of headers and of shards are in no process's arguments, no output and no report of a replay on the rig", {}, async () => {
    const shards = ["--shard", "0/1", "--rendezvous", `0.0.0.0:${20_000 + (process.pid % 20_000)}`];
    const replayed = await run(["replay", at("s.yaml"), "--out", at("out"), "--json", "-", ...shards], {
      COLDCAST_TOKEN: token,
    });
    expect(replayed.code).toBe(0);
    await run(["simulate", at("s.yaml"), "--replications", "1", "--json", at("out/sim.json")]);
    const report = await run([
      "report",
      at("s.yaml"),
      at("out/sim.json"),
      at("out/live.json"),
      "--out",
      at("out/report.html"),
      "--no-outlook",
    ]);
    expect(report.code).toBe(0);
    expect([...seen.processes].some((line) => line.includes("/rig/front"))).toBe(true);
  });

  it("of a cluster are in no message, also where the kubeconfig is broken", async () => {
    const place = ["replay", at("s.yaml"), "--at", "one=deployment:ns/x", "--wait", "1s", "--out", at("out/no")];
    expect((await run(place)).code).toBe(3);
    const broken = await run(place, { KUBECONFIG: at("broken.yaml") });
    expect([broken.code, broken.said]).toEqual([3, expect.stringContaining("the kubeconfig cannot be read")]);
    await run(["doctor"]);
  });

  it("of an address are in no message and no answer", async () => {
    const server = createServer((_, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    for (const address of [`127.0.0.1:${port}`, "127.0.0.1:9"])
      await run([
        "replay",
        at("s.yaml"),
        "--at",
        `one=http://user:${login}@${address}/`,
        "--out",
        at(`out/url-${address.length}`),
        "--json",
        "-",
      ]);
    server.close();
  });

  it("are nowhere in the end", () => {
    const files = globSync(`${folder}/out/**/*`, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(3);
    for (const secret of secrets) {
      expect([secret, files.filter((file) => readFileSync(file, "latin1").includes(secret))]).toEqual([secret, []]);
      expect([secret, seen.outputs.filter((text) => text.includes(secret))]).toEqual([secret, []]);
      // An address with a login stands on the command line because whoever called put it there.
      if (secret !== login)
        expect([secret, [...seen.processes].filter((line) => line.includes(secret))]).toEqual([secret, []]);
    }
  });
});
