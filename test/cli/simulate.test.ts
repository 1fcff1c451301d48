import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { transcript } from "./transcript.ts";

const small = "test/golden/cli/small.yaml";
const folder = mkdtempSync(join(tmpdir(), "coldcast-simulate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("simulate", () => {
  it("stops at a precision, or where it must, and says which; with the same bytes for any number of threads", async () => {
    const run = async (workers: string, precision: string, file: string) => {
      const options = [
        "--precision",
        precision,
        "--of",
        "p50",
        "--max-replications",
        "24",
        "--workers",
        workers,
        "--requests",
        "300",
      ];
      const { err, code } = await transcript([
        "simulate",
        small,
        ...options,
        "--target",
        "lambda",
        "--json",
        join(folder, file),
      ]);
      expect(code).toBe(0);
      const text = readFileSync(join(folder, file), "utf8");
      return { err, text, precision: JSON.parse(text).targets[0].precision };
    };
    const [one, two] = [await run("1", "10%", "a.json"), await run("2", "10%", "b.json")];
    expect(one.text).toBe(two.text);
    expect(one.precision.reached).toBeLessThanOrEqual(0.1);
    expect(one.err).toMatch(/lambda: p50 is known to ±\S+ % after \d+ replications\n/);
    const short = await run("2", "0.01%", "c.json");
    expect(short.precision).toMatchObject({ of: "p50", wanted: 0.0001, replications: 24 });
    expect(short.err).toMatch(/after 24 replications, not to ±0.01 %: more --max-replications or --requests/);
  });

  it("writes a trace beside the answer", async () => {
    const file = join(folder, "trace.json");
    const args = ["--requests", "50", "--replications", "1", "--trace", file];
    const { err, code } = await transcript(["simulate", small, ...args]);
    expect([code, err.includes("open it at https://ui.perfetto.dev")]).toEqual([0, true]);
    const { traceEvents } = JSON.parse(readFileSync(file, "utf8"));
    expect(
      traceEvents.filter(({ name, ph }: { name: string; ph: string }) => name === "request" && ph === "b"),
    ).toHaveLength(100);
  });
});
