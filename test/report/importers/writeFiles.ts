import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { source } from "../../../src/random/source.ts";

// Runs every load tool that PATH has against one server of 5 to 15 ms, and keeps what they write as the importers' test files:
//   node test/report/importers/writeFiles.ts [FOLDER]
// Files of one tool come from one run, so that they can be held against each other. Versions are listed on stdout.

const folder = process.argv[2] ?? "test/report/importers/files";
mkdirSync(folder, { recursive: true });
const work = mkdtempSync(join(tmpdir(), "coldcast-tools-"));

const uniform = source(1, "server");
const server = createServer((_, response) => {
  setTimeout(() => response.end(Math.floor(1e6 * uniform()) % 50 === 0 ? "slow\n" : "ok\n"), 5 + 10 * uniform());
});
await new Promise<void>((resolve) => {
  server.listen(0, "127.0.0.1", resolve);
});
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

/** A command whose output is kept; the server lives in this process, so nothing may block it. */
function run(command: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: work,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "inherit"],
    });
    const parts: Buffer[] = [];
    child.stdout!.on("data", (part: Buffer) => parts.push(part));
    child.on("error", reject);
    child.on("close", (code) => {
      const output = Buffer.concat(parts).toString("latin1");
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ended with ${code}`));
    });
    child.stdin?.end(input);
  });
}

const has = (command: string): boolean => {
  try {
    execFileSync("sh", ["-c", `command -v ${command}`]);
    return true;
  } catch {
    process.stdout.write(`${command}: not here\n`);
    return false;
  }
};
const keep = (name: string, text: string): void => writeFileSync(join(folder, name), Buffer.from(text, "latin1"));
const keepFile = (name: string, from = name): void => copyFileSync(join(work, from), join(folder, name));
const version = (command: string, text: string): void => {
  process.stdout.write(`${command}: ${text.trim().split("\n")[0]}\n`);
};

const tools: Readonly<Record<string, () => Promise<void>>> = {
  async hey() {
    keep("hey.csv", await run("hey", ["-n", "200", "-c", "4", "-o", "csv", url]));
  },
  async ab() {
    keep("ab.txt", await run("ab", ["-n", "200", "-c", "4", "-e", "ab.csv", "-g", "ab.tsv", url]));
    keepFile("ab.csv");
    keepFile("ab.tsv");
    version("ab", await run("ab", ["-V"]));
  },
  async wrk() {
    keep("wrk.txt", await run("wrk", ["-t", "1", "-c", "4", "-d", "2s", "--latency", url]));
  },
  async vegeta() {
    writeFileSync(
      join(work, "vegeta.gob"),
      Buffer.from(await run("vegeta", ["attack", "-rate=100", "-duration=2s"], `GET ${url}`), "latin1"),
    );
    keepFile("vegeta.gob");
    for (const to of ["json", "csv"]) keep(`vegeta.${to}`, await run("vegeta", ["encode", "--to", to, "vegeta.gob"]));
    keep("vegeta-report.json", await run("vegeta", ["report", "-type=json", "vegeta.gob"]));
    keep(
      "vegeta-buckets.json",
      await run("vegeta", ["report", "-type=json", "-buckets=[0,6ms,8ms,10ms,12ms,14ms,20ms]", "vegeta.gob"]),
    );
    version("vegeta", await run("vegeta", ["-version"]));
  },
  async k6() {
    writeFileSync(
      join(work, "script.js"),
      `import http from "k6/http";
export const options = { scenarios: { open: { executor: "constant-arrival-rate", rate: 100, duration: "2s", preAllocatedVUs: 5 } },
  summaryTrendStats: ["avg", "min", "med", "max", "p(90)", "p(95)", "p(99)"] };
export default function () { http.get("${url}"); }
export function handleSummary(data) { return { "k6-handle.json": JSON.stringify(data) }; }`,
    );
    await run("k6", ["run", "-q", "--out", "json=k6.json", "--out", "csv=k6.csv", "script.js"]);
    // Two of its twenty metrics, or the files would be ten times as large.
    const lines = (file: string) => readFileSync(join(work, file), "latin1").split("\n");
    keep(
      "k6.ndjson",
      lines("k6.json")
        .filter((line) => line === "" || /"http_req(_duration|s)"/.test(line))
        .join("\n"),
    );
    keep(
      "k6.csv",
      lines("k6.csv")
        .filter((line) => line === "" || /^(metric_name|http_req_duration|http_reqs),/.test(line))
        .join("\n"),
    );
    keepFile("k6-handle.json");
    writeFileSync(
      join(work, "script.js"),
      readFileSync(join(work, "script.js"), "utf8").replace(/export function handleSummary.*/, ""),
    );
    await run("k6", ["run", "-q", "--summary-export", "k6-summary.json", "script.js"]);
    keepFile("k6-summary.json");
    version("k6", await run("k6", ["version"]));
  },
  async fortio() {
    await run("fortio", ["load", "-quiet", "-qps", "200", "-t", "2s", "-c", "4", "-json", "fortio.json", url]);
    keepFile("fortio.json");
    version("fortio", await run("fortio", ["version"]));
  },
  async oha() {
    keep("oha.json", await run("oha", ["--no-tui", "-n", "200", "-c", "4", "--output-format", "json", url]));
    version("oha", await run("oha", ["--version"]));
  },
  async autocannon() {
    keep("autocannon.json", await run("autocannon", ["-j", "-a", "200", "-c", "4", url]));
  },
  async artillery() {
    const script = {
      config: { target: url, phases: [{ duration: 2, arrivalRate: 50 }] },
      scenarios: [{ flow: [{ get: { url: "/" } }] }],
    };
    writeFileSync(join(work, "artillery.json"), JSON.stringify(script));
    await run("artillery", ["run", "--quiet", "--output", "artillery-report.json", "artillery.json"]);
    keepFile("artillery.json", "artillery-report.json");
    version("artillery", await run("artillery", ["version"]));
  },
  async locust() {
    writeFileSync(
      join(work, "locustfile.py"),
      `from locust import HttpUser, task\nclass User(HttpUser):\n    @task\n    def get(self):\n        self.client.get("/")\n`,
    );
    await run("locust", [
      "--headless",
      "-u",
      "4",
      "-r",
      "4",
      "-t",
      "3s",
      "--csv",
      "locust",
      "--host",
      url,
      "--only-summary",
      "-L",
      "ERROR",
    ]);
    keepFile("locust.csv", "locust_stats.csv");
    version("locust", await run("locust", ["--version"]));
  },
};

for (const [name, measure] of Object.entries(tools)) if (has(name)) await measure();
server.close();
rmSync(work, { recursive: true, force: true });
