import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseOutcomes } from "../../src/live/outcomes.ts";
import { answerFromJson } from "../../src/report/json.ts";

/** Stands in the arguments of every process that the rig starts for this scenario, and in no other. */
const target = `cli-${process.pid}`;
let folder = "";
let scenario = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "coldcast-cli-"));
  scenario = join(folder, "small.yaml");
  writeFileSync(
    scenario,
    `name: small
duration: 5s
arrivals: { kind: poisson, rate: 20/s }
work: { kind: exponential, mean: 10ms }
targets:
  ${target}: { kind: server, coldStart: 150ms, keepAlive: 300ms }
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("coldcast replay of a schedule in a file", () => {
  it("names the seed that was given, by which a verdict tells data fitted from data judged", () => {
    const [file, out] = [join(folder, "schedule.csv"), join(folder, "scheduled")];
    const start = (...args: string[]) =>
      execFileSync(process.execPath, ["bin/coldcast.js", ...args], { stdio: ["ignore", "ignore", "pipe"] });
    start("schedule", scenario, "--seed", "9", "--requests", "5", "--out", file);
    start("replay", scenario, "--schedule", file, "--seed", "9", "--out", out);
    expect(answerFromJson(readFileSync(join(out, "live.json"), "utf8")).seed).toBe(9);
  }, 30_000);
});

describe("coldcast predict --watch", () => {
  it("answers again when the file changes, says what is wrong with it, and ends on Ctrl-C", async () => {
    const file = join(folder, "watched.yaml");
    const text = readFileSync(scenario, "utf8");
    writeFileSync(file, text);
    const child = spawn(process.execPath, ["bin/coldcast.js", "predict", file, "--watch"]);
    let said = "";
    const until = async (count: number) => {
      while (said.split("watching ").length <= count) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    child.stdout.on("data", (chunk) => {
      said += chunk;
    });
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    await until(1);
    writeFileSync(file, text.replace("duration", "duratoin"));
    await until(2);
    writeFileSync(file, text);
    await until(3);
    child.kill("SIGINT");
    expect(await ended).toBe(0);
    expect(said).toContain('unknown key "duratoin"; did you mean "duration"?');
    expect(said.match(/server\n/g)).toHaveLength(2);
  }, 60_000);
});

describe("coldcast complete", () => {
  it("knows verbs, options and their values", () => {
    const complete = (...args: string[]) =>
      execFileSync(process.execPath, ["bin/coldcast.js", "complete", ...args], { encoding: "utf8" });
    expect(complete("bash")).toContain("# bash completion for coldcast");
    expect(complete("--", "sim")).toContain("simulate\t");
    expect(complete("--", "simulate", "--repl")).toContain("--replications\t");
    expect(complete("--", "report", "--as", "par")).toContain("parquet");
  }, 30_000);
});

describe("coldcast run, as a user starts it", () => {
  it("calibrates, predicts, simulates, replays and compares", async () => {
    const out = join(folder, "run");
    const { code, stdout, stderr } = await coldcast(["run", scenario, "--calibrate", "1007", "--out", out]);
    expect([0, 1], stderr).toContain(code);
    expect(stdout).toMatch(/verdict {2}(agree|disagree|inconclusive)/);
    expect(stderr).toMatch(/calibrate: 50 %.*\n[\s\S]*replay: done/);
    for (const name of ["model", "sim", "live"]) {
      expect(answerFromJson(readFileSync(join(out, `${name}.json`), "utf8")).from).toBe(name);
    }
    const log = parseOutcomes(readFileSync(join(out, "live", `${target}.outcomes.csv`), "utf8"), "log");
    expect(log.length).toBeGreaterThan(50);
    expect(readFileSync(join(out, "fitted.yaml"), "utf8")).toContain("seed: 1007");
    expect(readFileSync(join(out, "report.html"), "utf8")).toContain("<svg");
    expect(readFileSync(join(out, "comparison.json"), "utf8")).not.toContain("NaN");
    expect(children()).toEqual([]);
  });

  it("prints nothing but JSON to stdout with --json -", async () => {
    const { code, stdout } = await coldcast([
      "run",
      scenario,
      "--live",
      "none",
      "--out",
      join(folder, "json"),
      "--json",
      "-",
    ]);
    expect(code).toBe(0);
    const { answers, comparison } = JSON.parse(stdout);
    expect(answers.map((answer: { from: string }) => answer.from)).toEqual(["model", "sim"]);
    expect(comparison).toBeNull();
  });

  it.each(["run", "replay"])(
    "%s ends in order at Ctrl-C: children gone, partial results kept, exit 130",
    async (verb) => {
      const out = join(folder, `interrupted-${verb}`);
      const { code, stderr } = await coldcast([verb, scenario, "--out", out], /replay: 30 %/);
      expect(code, stderr).toBe(130);
      expect(stderr).toContain("interrupted");
      expect(stderr).not.toMatch(/\n\s+at /);
      const answer = answerFromJson(readFileSync(join(out, "live.json"), "utf8"));
      const [measured] = answer.targets;
      const counts = measured?.status === "measured" ? measured.counts : null;
      expect(counts?.completed).toBeGreaterThan(0);
      expect(counts?.unsent).toBeGreaterThan(0);
      expect(existsSync(join(out, verb === "run" ? "report.html" : `${target}.outcomes.csv`))).toBe(true);
      expect(children()).toEqual([]);
    },
  );
});

/** Runs the entry point; sends SIGINT when stderr first matches. */
function coldcast(args: readonly string[], interruptAt?: RegExp) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    const child = spawn(process.execPath, ["bin/coldcast.js", ...args], { env: { ...process.env, CI: "true" } });
    let stdout = "";
    let stderr = "";
    let sent = false;
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
      if (sent || interruptAt === undefined || !interruptAt.test(stderr)) return;
      sent = true;
      child.kill("SIGINT");
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Processes of the rig that are still there. */
function children(): string[] {
  const processes = existsSync("/proc/self/cmdline")
    ? readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(commandLine)
    : execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
  return processes.filter((line) => line.includes(target));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return ""; // It ended in between.
  }
}
