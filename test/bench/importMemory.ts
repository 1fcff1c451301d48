import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { source } from "../../src/random/source.ts";

// The most memory that an import of a large file takes, at two sizes, so that it shows whether it grows with the file:
//   npm run bench:imports [-- --megabytes 100,300] [FORMAT…]

interface Large {
  readonly format: string;
  readonly as: "answer" | "arrivals";
  readonly args?: readonly string[];
  readonly header: string;
  readonly row: (i: number, uniform: () => number) => string;
}

const hash = (n: number): string => n.toString(16).padStart(4, "0").repeat(16);
const minutes = Array.from({ length: 1440 }, (_, i) => i + 1);

const files: readonly Large[] = [
  {
    format: "hey",
    as: "answer",
    header: "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset",
    row: (i, uniform) =>
      `${(uniform() / 50).toFixed(4)},0.0002,0.0000,0.0000,0.0050,0.0000,200,${(i / 1e4).toFixed(4)}`,
  },
  {
    format: "k6-json",
    as: "answer",
    header:
      '{"type":"Metric","data":{"name":"http_req_duration","type":"trend","contains":"time"},"metric":"http_req_duration"}',
    row: (_, uniform) =>
      `{"metric":"http_req_duration","type":"Point","data":{"time":"2026-11-22T06:24:35.785747639Z","value":${(20 * uniform()).toFixed(6)},"tags":{"expected_response":"true","group":"","method":"GET","name":"http://127.0.0.1/","proto":"HTTP/1.1","scenario":"open","status":"200","url":"http://127.0.0.1/"}}}`,
  },
  {
    format: "vegeta-csv",
    as: "answer",
    header: `${1795328673479514420n},200,9889118,0,3,,b2sK,,0,GET,http://127.0.0.1/,`,
    row: (i, uniform) =>
      `${1795328673479514420n + BigInt(i)},200,${Math.floor(2e7 * uniform())},0,3,,b2sK,,${i},GET,http://127.0.0.1/,`,
  },
  {
    format: "csv",
    as: "arrivals",
    args: ["--column", "start", "--unit", "ms", "--work", "10ms"],
    header: "start,function,user,status,region,request",
    row: (i) => `${i / 8},function-${i % 97},user-${i % 1013},200,eu-central,request-${i}`,
  },
  {
    format: "azure-llm",
    as: "arrivals",
    args: ["--work", "1s"],
    header: "TIMESTAMP,ContextTokens,GeneratedTokens",
    row: (i) => `${new Date(1.7e12 + 5 * i).toISOString().replace("T", " ").replace("Z", "0000")},374,44`,
  },
  {
    format: "azure-2021",
    as: "arrivals",
    header: "app,func,end_timestamp,duration",
    row: (i, uniform) =>
      `${hash(i % 119)},${hash(i % 424)},${(i / 20 + 60 * uniform()).toFixed(6)},${uniform().toFixed(6)}`,
  },
  {
    format: "azure-2019",
    as: "arrivals",
    args: ["--work", "10ms"],
    header: `HashOwner,HashApp,HashFunction,Trigger,${minutes.join(",")}`,
    row: (i, uniform) =>
      `${hash(i % 999)},${hash(i % 9999)},${hash(i)},http,${minutes.map(() => (uniform() < 0.03 ? 2 : 0)).join(",")}`,
  },
  {
    format: "huawei",
    as: "arrivals",
    args: ["--work", "10ms"],
    header: `day,time,${Array.from({ length: 200 }, (_, i) => i).join(",")}`,
    row: (i, uniform) =>
      `${Math.floor(i / 1440)},${60 * (i % 1440)},${Array.from({ length: 200 }, () => (uniform() < 0.3 ? 3 : 0)).join(",")}`,
  },
];

const folder = mkdtempSync(join(tmpdir(), "coldcast-large-"));
const told = process.argv.indexOf("--megabytes");
const sizes = (told < 0 ? "100,300" : process.argv[told + 1]!).split(",").map(Number);
const wanted = process.argv.slice(2).filter((_, i) => told < 0 || (i + 2 !== told && i + 1 !== told));

function write(file: string, { header, row }: Large, bytes: number): number {
  const handle = openSync(file, "w");
  const uniform = source(1, "large");
  let [rows, written, chunk] = [0, 0, `${header}\n`];
  while (written + chunk.length < bytes) {
    chunk += `${row(rows++, uniform)}\n`;
    if (chunk.length < 1 << 20) continue;
    written += writeSync(handle, chunk);
    chunk = "";
  }
  writeSync(handle, chunk);
  closeSync(handle);
  return rows;
}

/** Peak of the resident memory in MiB and seconds of processor time, as the system counted them for the process itself. */
function measure(file: string, { format, as, args = [] }: Large) {
  const hook =
    "process.on('exit',()=>{const u=process.resourceUsage();process.stderr.write('\\nUSED '+u.maxRSS+' '+(u.userCPUTime+u.systemCPUTime)+'\\n')})";
  const out = join(folder, "out");
  const all = ["bin/coldcast.js", "import", file, "--as", as, "--format", format, "--out", out, ...args];
  const { stderr, status } = spawnSync(process.execPath, all, {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` },
  });
  const used = /USED (\d+) (\d+)/.exec(stderr);
  if (status !== 0 || used === null) throw new Error(`${format}: ${stderr}`);
  rmSync(out, { force: true });
  return { mebibytes: Number(used[1]) / 1024, seconds: Number(used[2]) / 1e6 };
}

for (const large of files) {
  if (wanted.length > 0 && !wanted.includes(large.format)) continue;
  for (const size of sizes) {
    const file = join(folder, "large");
    const rows = write(file, large, size * 1e6);
    const { mebibytes, seconds } = measure(file, large);
    process.stdout.write(
      `${large.format.padEnd(11)} ${(statSync(file).size / 1e6).toFixed(0).padStart(5)} MB ${String(rows).padStart(9)} rows: ${mebibytes.toFixed(0)} MiB at most, ${seconds.toFixed(1)} s of processor time\n`,
    );
    rmSync(file);
  }
}
rmSync(folder, { recursive: true });
