import { describe, expect, it } from "vitest";
import { agreement } from "./agreement.ts";
import { families } from "./agreementFamilies.ts";
import { eventCoreBench } from "./eventCore.ts";
import { peakMegabytes } from "./memory.ts";
import { pendingCosts } from "./pending.ts";

/** The benchmarks with tiny inputs, so that they neither rot nor change meaning; `node test/bench/NAME.ts` runs them in full. */
describe("benchmarks", () => {
  it("time the event loops, and give the same results each time", () => {
    const [first, second] = [eventCoreBench(2000), eventCoreBench(2000)];
    for (const { name, hash } of first) process.stdout.write(`${name}: ${hash}\n`);
    expect(first.map(({ hash }) => hash)).toEqual(second.map(({ hash }) => hash));
    expect(first[0]!.hash).toBe(first[1]!.hash);
  });

  it("time the calendar", () => {
    for (const { nanoseconds } of pendingCosts([4, 64], 1000)) expect(nanoseconds).toBeGreaterThanOrEqual(0);
  });

  it("measure memory, which does not grow with the requests", () => {
    expect(peakMegabytes(3e5, "server")).toBeLessThan(peakMegabytes(3e4, "server") + 60);
  });

  it("find model and simulator inside one 99 % band", { timeout: 60_000 }, () => {
    const { points, outside } = agreement(families.servers!(12), { replications: 8, requests: 20_000 });
    process.stdout.write(`agreement: ${points.length - outside.length} of ${points.length} points inside the band\n`);
    expect(points.length).toBe(60);
    expect(outside).toEqual([]);
  });
});
