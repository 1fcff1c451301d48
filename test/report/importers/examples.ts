import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = "test/report/importers/files";

/** Files of every format; a format without one fails the suite. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  hey: ["hey.csv"],
  "ab-tsv": ["ab.tsv"],
  "ab-csv": ["ab.csv"],
  wrk: ["wrk.txt", "wrk2.txt"],
  hgrm: ["hdr-sample.hgrm"],
  hdr: ["hdr-sample.v2.base64"],
  hlog: ["hdr-sample.hlog", "jhiccup.hlog", "tagged.hlog"],
  autocannon: ["autocannon.json", "autocannon-corrected.json"],
  "k6-json": ["k6.ndjson"],
  "k6-csv": ["k6.csv"],
  "k6-summary": ["k6-handle.json", "k6-summary.json"],
  "vegeta-json": ["vegeta.json"],
  "vegeta-csv": ["vegeta.csv"],
  "vegeta-gob": ["vegeta.gob"],
  "vegeta-report": ["vegeta-report.json", "vegeta-buckets.json"],
  oha: ["oha.json"],
  fortio: ["fortio.json"],
  nighthawk: ["nighthawk.json"],
  artillery: ["artillery.json"],
  locust: ["locust.csv"],
  invitro: ["invitro.csv"],
  kperf: ["kperf.csv"],
  "huawei-starts": ["huawei-starts.csv"],
  "ibm-latency": ["ibm.csv"],
  prometheus: ["prometheus.txt"],
  otel: ["otel.json"],
  hubble: ["hubble.ndjson", "hubble-no-ids.ndjson"],
};

/** One tool's run, as `npm run formats:real` wrote it down. */
export interface RealRun {
  readonly tool: string;
  readonly version: string;
  readonly files: readonly string[];
  readonly printed: string | null;
}

const manifest = join(folder, "real/manifest.json");
export const realRuns: readonly RealRun[] = existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")) : [];
