import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { calibrateRounds, compileWork, instantiateWork, moduleFile } from "../../src/live/rig/wasmModule.ts";

const mask = (1n << 64n) - 1n;

/** The chain of functions/work, written again. */
function hashChain(rounds: number, start: bigint): bigint {
  let x = start;
  for (let k = 0; k < rounds; k++) {
    x = (x + 0x9e3779b97f4a7c15n) & mask;
    x = ((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    x = ((x ^ (x >> 27n)) * 0x94d049bb133111ebn) & mask;
    x ^= x >> 31n;
  }
  return x;
}

describe("functions/wasm/work.wasm", () => {
  it("is the file whose hash is recorded beside it", () => {
    const recorded = readFileSync(new URL(`${moduleFile.href}.sha256`), "utf8").split(/\s/)[0];
    expect(createHash("sha256").update(readFileSync(moduleFile)).digest("hex")).toBe(recorded);
  });

  it("does every round of its work", () => {
    const { run_cpu } = instantiateWork(compileWork(), () => {});
    for (const rounds of [0, 1, 2, 1000]) {
      expect(BigInt.asUintN(64, run_cpu(BigInt(rounds), 5n))).toBe(hashChain(rounds, 5n));
    }
    expect(run_cpu(600n, run_cpu(400n, 1n))).toBe(run_cpu(1000n, 1n));
  });

  it("sleeps through its host, in microseconds, and not at all for no work", () => {
    const slept: number[] = [];
    const { run_io } = instantiateWork(compileWork(), (microseconds) => slept.push(microseconds));
    run_io(1234.5, 1n);
    run_io(0, 1n);
    expect(slept).toEqual([1234.5]);
  });

  it("keeps state per instance: a fresh one has seen nothing", () => {
    const module = compileWork();
    const [one, other] = [instantiateWork(module, () => {}), instantiateWork(module, () => {})];
    one.run_cpu(1n, 1n);
    one.run_io(0, 1n);
    expect([one.events(), other.events()]).toEqual([2, 0]);
  });

  it("is calibrated to a rate that a machine can have", () => {
    const rounds = calibrateRounds(0.002);
    expect(rounds).toBeGreaterThan(1e6);
    expect(rounds).toBeLessThan(1e10);
  });
});
