import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration, parseMemory, parseRate } from "../../src/base/units.ts";

describe("parseDuration", () => {
  it.each([
    ["12ms", 0.012],
    ["1.5e-3s", 0.0015],
    [" 10 min ", 600],
    [".5h", 1800],
    ["2d", 172_800],
    ["7us", 7e-6],
    ["7µs", 7e-6],
    ["7μs", 7e-6],
    ["3ns", 3e-9],
    ["-1s", -1],
    ["0s", 0],
  ])("%s is %d s", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(["", "5", "ms", "5 m", "5minutes", "1e400s", "0x5s", "5s5s", "--5s", "5 s /", "NaNs", "Infinitys"])(
    "refuses %j",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it("reads any double back in seconds", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (value) => {
        expect(parseDuration(`${value}s`)).toBe(value);
      }),
      { seed: 1 },
    );
  });
});

describe("parseRate", () => {
  it.each([
    ["50/s", 50],
    ["90/min", 1.5],
    ["3600 / h", 1],
    ["86400/d", 1],
    ["0/s", 0],
  ])("%s is %d per second", (text, rate) => {
    expect(parseRate(text)).toBe(rate);
  });

  it.each(["50", "50/ms", "/s", "50s", "1/0"])("refuses %j", (text) => {
    expect(parseRate(text)).toBeUndefined();
  });
});

describe("parseMemory", () => {
  it.each([
    ["64MiB", 67_108_864],
    ["1.5kB", 1500],
    ["2 GB", 2e9],
    ["10B", 10],
  ])("%s is %d bytes", (text, bytes) => {
    expect(parseMemory(text)).toBe(bytes);
  });

  it.each(["64", "64mb", "5ms"])("refuses %j", (text) => {
    expect(parseMemory(text)).toBeUndefined();
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0 s"],
    [0.01234, "12.3 ms"],
    [0.00000512, "5.12 µs"],
    [1.5, "1.5 s"],
    [599, "599 s"],
    [3600, "60 min"],
    [Infinity, "∞"],
  ])("%d → %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});
