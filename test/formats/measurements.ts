import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Printed } from "./programs.ts";
import { workHeader } from "./rig.ts";

/** A tool's run against a server, as its own folder sees it. */
export interface Bench {
  readonly url: string;
  readonly folder: string;
  /** Runs the tool, or another program of its package. */
  readonly run: (args: readonly string[], input?: string) => Promise<Printed>;
}

/** What one run leaves. */
export interface Measured {
  /** The command as a person would write it. */
  readonly command: string;
  /** Files in the folder, which are imported. */
  readonly files: readonly string[];
  /** What the tool printed of that same run; null where it prints nothing beside the file. */
  readonly printed: string | null;
}

const header = `${workHeader.name}: ${workHeader.value}`;
const [count, connections] = [400, 8];

/** How each tool measures: a few hundred requests, and every file format that it has. */
export const measurements: Readonly<Record<string, (bench: Bench) => Promise<Measured>>> = {
  async hey({ url, folder, run }) {
    const { out } = await run(["-n", `${count}`, "-c", `${connections}`, "-H", header, "-o", "csv", url]);
    writeFileSync(join(folder, "hey.csv"), out);
    return { command: `hey -n ${count} -c ${connections} -o csv`, files: ["hey.csv"], printed: null };
  },

  async ab({ url, run }) {
    const files = ["-e", "ab.csv", "-g", "ab.tsv"];
    const { out } = await run(["-n", `${count}`, "-c", `${connections}`, "-H", header, ...files, url]);
    return {
      command: `ab -n ${count} -c ${connections} -e ab.csv -g ab.tsv`,
      files: ["ab.csv", "ab.tsv"],
      printed: String(out),
    };
  },

  async wrk({ url, folder, run }) {
    const { out } = await run(["-t", "1", "-c", `${connections}`, "-d", "2s", "-H", header, "--latency", url]);
    writeFileSync(join(folder, "wrk.txt"), withoutAddress(String(out)));
    return { command: `wrk -t 1 -c ${connections} -d 2s --latency`, files: ["wrk.txt"], printed: String(out) };
  },

  async vegeta({ url, folder, run }) {
    const attack = ["attack", "-rate=100", "-duration=2s", "-header", header];
    writeFileSync(join(folder, "vegeta.gob"), (await run(attack, `GET ${url}`)).out);
    for (const to of ["json", "csv"]) {
      writeFileSync(join(folder, `vegeta.${to}`), (await run(["encode", "-to", to, "vegeta.gob"])).out);
    }
    const report = async (...args: string[]) => (await run(["report", ...args, "vegeta.gob"])).out;
    writeFileSync(join(folder, "vegeta-report.json"), await report("-type=json"));
    writeFileSync(join(folder, "vegeta-buckets.json"), await report("-type=json", "-buckets=[0,6ms,8ms,12ms,20ms]"));
    return {
      command: "vegeta attack -rate=100 -duration=2s; encode -to json|csv; report -type=json [-buckets=…]",
      files: ["vegeta.gob", "vegeta.json", "vegeta.csv", "vegeta-report.json", "vegeta-buckets.json"],
      printed: String(await report()),
    };
  },

  async k6({ url, folder, run }) {
    writeFileSync(join(folder, "script.js"), k6Script(url));
    const { out } = await run([
      "run",
      ...["--no-usage-report", "--no-color", "--summary-mode", "full"],
      ...["--out", "json=all.ndjson", "--out", "csv=all.csv", "--summary-export", "k6-summary.json"],
      "script.js",
    ]);
    // Two of its twenty metrics, or the files would be ten times as large.
    keepLines(folder, "all.ndjson", "k6.ndjson", /"http_req(_duration|s)"/);
    keepLines(folder, "all.csv", "k6.csv", /^(metric_name|http_req_duration|http_reqs),/);
    return {
      command: "k6 run --out json --out csv --summary-export, of 200 arrivals a second for 2 s",
      files: ["k6.ndjson", "k6.csv", "k6-summary.json"],
      printed: String(out),
    };
  },

  async fortio({ url, run }) {
    const how = ["-qps", "200", "-n", `${count}`, "-c", `${connections}`, "-H", header, "-p", "50,75,90,95,99"];
    const { out, err } = await run(["load", ...how, "-json", "fortio.json", url]);
    return {
      command: `fortio load -qps 200 -n ${count} -c ${connections} -p 50,75,90,95,99 -json`,
      files: ["fortio.json"],
      printed: `${out}${err}`,
    };
  },

  async oha({ url, folder, run }) {
    const how = ["--no-tui", "-n", `${count}`, "-c", `${connections}`, "-H", header];
    const { out } = await run([...how, "--db-url", "oha.db", "--output-format", "json", url]);
    writeFileSync(join(folder, "oha.json"), out);
    // It prints the JSON or a table, never both; each request of the same run it keeps beside either.
    const kept = new DatabaseSync(join(folder, "oha.db"));
    const times = kept.prepare("SELECT duration FROM oha ORDER BY duration").all();
    kept.close();
    return {
      command: `oha -n ${count} -c ${connections} --db-url oha.db --output-format json`,
      files: ["oha.json"],
      printed: `${times.map(({ duration }) => duration).join("\n")}\n`,
    };
  },

  async autocannon({ url, folder, run }) {
    const how = ["-a", `${count}`, "-c", `${connections}`, "-H", header];
    const { out } = await run([...how, "-j", url]);
    writeFileSync(join(folder, "autocannon.json"), out);
    const paced = await run([...how, "-R", "100", "-j", url]);
    writeFileSync(join(folder, "autocannon-paced.json"), paced.out);
    return {
      command: `autocannon -a ${count} -c ${connections} -j; the same with -R 100`,
      files: ["autocannon.json", "autocannon-paced.json"],
      printed: null,
    };
  },

  async artillery({ url, folder, run }) {
    const script = {
      config: { target: url, phases: [{ duration: 4, arrivalRate: 100 }] },
      scenarios: [{ flow: [{ get: { url: "/", headers: { [workHeader.name]: workHeader.value } } }] }],
    };
    writeFileSync(join(folder, "script.json"), JSON.stringify(script));
    const { out } = await run(["run", "--output", "artillery.json", "script.json"]);
    return {
      command: "artillery run --output, of 100 users a second for 4 s",
      files: ["artillery.json"],
      printed: String(out),
    };
  },

  // It writes its file once a second and not at the end, so every user has stopped by then.
  async locust({ url, folder, run }) {
    writeFileSync(
      join(folder, "locustfile.py"),
      `import time
from locust import HttpUser, task
class User(HttpUser):
    sent = 0
    @task
    def get(self):
        if self.sent >= 50:
            time.sleep(1)
            return
        self.sent += 1
        self.client.get("/", headers={"${workHeader.name}": "${workHeader.value}"})
`,
    );
    const how = ["--headless", "-u", "8", "-r", "8", "-t", "12s", "--only-summary", "--csv", "locust", "--host", url];
    const { out, err } = await run(how);
    writeFileSync(join(folder, "locust.csv"), readFileSync(join(folder, "locust_stats.csv")));
    return {
      command: "locust --headless -u 8 -r 8 -t 12s --csv, of users who stop after 50 requests",
      files: ["locust.csv"],
      printed: `${out}${err}`,
    };
  },
};

const k6Script = (url: string): string => `import http from "k6/http";
export const options = {
  scenarios: { open: { executor: "constant-arrival-rate", rate: 200, duration: "2s", preAllocatedVUs: 20 } },
  summaryTrendStats: ["avg", "min", "med", "max", "p(90)", "p(95)", "p(99)"],
};
export default () => { http.get(${JSON.stringify(url)}, { headers: { ${JSON.stringify(workHeader.name)}: "${workHeader.value}" } }); };
`;

function keepLines(folder: string, from: string, to: string, wanted: RegExp): void {
  const lines = readFileSync(join(folder, from), "utf8").trimEnd().split("\n");
  writeFileSync(join(folder, to), `${lines.filter((line) => wanted.test(line)).join("\n")}\n`);
}

/** Which port it was is nobody's business. */
export const withoutAddress = (text: string): string => text.replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:8080");
