import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventCoreBench, type Timed } from "./eventCore.ts";

/** Pinned, so that a ratio can be compared with another day's. */
const packages = ["simpy==4.1.1", "ciw==3.2.7", "simfaas==0.2.2"];

/** Which loop of ours each peer stands beside, and how many requests it gets: its speed does not depend on their number. */
const peers = [
  { name: packages[0]!, script: "mm1.py", requests: 100_000, ours: "event core, M/M/1" },
  { name: packages[1]!, script: "ciw_mm1.py", requests: 30_000, ours: "event core, M/M/1" },
  { name: packages[2]!, script: "simfaas_lambda.py", requests: 30_000, ours: "perRequest, kept 600 s" },
] as const;

/** A Python that has the peers: a virtual environment in the temporary folder, made when missing; null where there is no Python. */
function pythonWithPeers(): string | null {
  const folder = join(tmpdir(), "coldcast-bench", "venv");
  const python = join(folder, "bin", "python");
  try {
    if (!existsSync(python)) execFileSync("python3", ["-m", "venv", folder], { stdio: "ignore" });
    execFileSync(python, ["-m", "pip", "install", "--quiet", ...packages], { stdio: "ignore" });
    return python;
  } catch {
    return null;
  }
}

/** Our loops and the simulators of others on the same work in one run, by processor time, and their ratios. */
if (import.meta.main) {
  const requests = Number(process.argv[2] ?? 1e6);
  const timed = eventCoreBench(requests);
  const speed = ({ perCpuSecond }: Timed) => `${(perCpuSecond / 1e6).toFixed(2)} M requests per CPU second`;
  for (const one of timed) process.stdout.write(`${one.name}: ${speed(one)}\n`);
  const python = pythonWithPeers();
  if (python === null) {
    process.stdout.write("peers: skipped, no python3 with venv and pip here\n");
  } else {
    for (const peer of peers) {
      const ours = timed.find(({ name }) => name === peer.ours)!;
      const script = join(import.meta.dirname, peer.script);
      const output = execFileSync(python, [script, String(peer.requests)], { encoding: "utf8" });
      const theirs = Number(output.trim().split(" ")[0]);
      const ratio = (ours.perCpuSecond / theirs).toFixed(0);
      process.stdout.write(
        `${peer.name}: ${(theirs / 1e6).toFixed(3)} M requests per CPU second; ${ratio} times as fast\n`,
      );
    }
  }
}
