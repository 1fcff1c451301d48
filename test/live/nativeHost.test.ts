import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { builtNativeHost, occupancyOf } from "../../src/live/rig/nativeHost.ts";

const span = { kind: "begin", zero: 1000, fromSeconds: 2, toSeconds: 12 } as const;

it("counts how much of the span a host was busy", () => {
  // Busy before the zero, from 1 to 4 s, and from 11 s on.
  const { busy, ready, states, spanSeconds } = occupancyOf([990, 992, 1001, 1004, 1011], span, 1020);
  expect(spanSeconds).toBe(10);
  expect(busy).toBeCloseTo(0.3, 12);
  expect(ready).toBe(1);
  expect(states.idle).toBeCloseTo(0.7, 12);
});

it("covers only what has passed", () => {
  const { busy, spanSeconds } = occupancyOf([1003], span, 1004);
  expect(spanSeconds).toBeCloseTo(2, 12);
  expect(busy).toBeCloseTo(0.5, 12);
});

it("takes a host only where it and its component are built", () => {
  const folder = mkdtempSync(join(tmpdir(), "coldcast-"));
  const at = pathToFileURL(`${folder}/`);
  try {
    writeFileSync(join(folder, "host"), "", { mode: 0o755 });
    expect(builtNativeHost(at)).toBeNull();
    writeFileSync(join(folder, "work.wasm"), "");
    expect(builtNativeHost(at)).toEqual({ program: join(folder, "host"), component: join(folder, "work.wasm") });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
