import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventCoreBench } from "./eventCore.ts";

/** Pinned, so that a ratio can be compared with another day's. */
const simpy = "simpy==4.1.1";

/** A Python that has SimPy: a virtual environment in the temporary folder, made when missing; null where there is no Python. */
function pythonWithSimpy(): string | null {
  const folder = join(tmpdir(), "coldcast-bench-simpy");
  const python = join(folder, "bin", "python");
  try {
    if (!existsSync(python)) execFileSync("python3", ["-m", "venv", folder], { stdio: "ignore" });
    execFileSync(python, ["-m", "pip", "install", "--quiet", simpy], { stdio: "ignore" });
    return python;
  } catch {
    return null;
  }
}

/** The event core beside SimPy on the same queue in one run: medians of three, and their ratio. */
if (import.meta.main) {
  const requests = Number(process.argv[2] ?? 2e6);
  const core = eventCoreBench(requests)[0]!;
  process.stdout.write(
    `${core.name}: ${(core.requestsPerSecond / 1e6).toFixed(2)} M requests/s (${requests} requests)\n`,
  );
  const python = pythonWithSimpy();
  if (python === null) {
    process.stdout.write("SimPy: skipped, no python3 with venv and pip here\n");
  } else {
    const script = join(import.meta.dirname, "mm1.py");
    const output = execFileSync(python, [script, String(Math.max(1000, requests / 10))], { encoding: "utf8" });
    const [speed, mean] = output.trim().split(" ").map(Number);
    process.stdout.write(`${simpy}: ${(speed! / 1e6).toFixed(3)} M requests/s, mean ${(mean! * 1e3).toFixed(1)} ms\n`);
    process.stdout.write(`ratio: ${(core.requestsPerSecond / speed!).toFixed(1)}\n`);
  }
}
