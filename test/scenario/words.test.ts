import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDuration, parseMemory } from "../../src/base/units.ts";
import { popChooser, popStream } from "../../src/scenario/popChooser.ts";
import { durationText, memoryText, rateText } from "../../src/scenario/quantityText.ts";
import { canonicalJson, scenarioSha256, withSha256 } from "../../src/scenario/scenarioSha256.ts";
import { formatPath, toIssue } from "../../src/scenario/schema/issues.ts";
import { nearest } from "../../src/scenario/schema/nearest.ts";

describe("the word that was meant", () => {
  /** Optimal string alignment as it is defined, by recursion. */
  const distance = (a: string, b: string): number => {
    if (a === "" || b === "") return a.length + b.length;
    const [restA, restB] = [a.slice(0, -1), b.slice(0, -1)];
    const change = a.at(-1) === b.at(-1) ? 0 : 1;
    const least = Math.min(distance(restA, b) + 1, distance(a, restB) + 1, distance(restA, restB) + change);
    const swapped = a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1);
    return swapped ? Math.min(least, distance(a.slice(0, -2), b.slice(0, -2)) + 1) : least;
  };

  it("is the nearest within a third of its length, the first of equals", () => {
    const words = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(words, fc.array(words, { maxLength: 4 }), (word, known) => {
        const least = Math.min(...known.map((other) => distance(word, other)));
        const isNear = least <= Math.max(1, Math.floor(word.length / 3));
        expect(nearest(word, known)).toBe(isNear ? known.find((other) => distance(word, other) === least) : undefined);
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it("is looked for without regard to case, and not among words of quite another length", () => {
    expect(nearest("KEEPALIVE", ["keepAlive"])).toBe("keepAlive");
    expect(nearest("x".repeat(30), ["x".repeat(39)])).toBeUndefined();
    expect(nearest("x".repeat(30), ["x".repeat(38)])).toBe("x".repeat(38));
    expect(nearest("x".repeat(64), ["x".repeat(60)])).toBe("x".repeat(60));
    expect(nearest("x".repeat(65), ["x".repeat(60)])).toBeUndefined();
  });
});

describe("quantities as text", () => {
  it("read back to the same double", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e7, noNaN: true }), (seconds) => {
        expect(parseDuration(String(durationText(seconds)))).toBe(seconds);
      }),
      { seed: 12, numRuns: 300 },
    );
    for (const bytes of [1, 1000, 2 ** 20, 3 * 2 ** 20, 2 ** 30, 1.5 * 2 ** 30]) {
      expect(parseMemory(memoryText(bytes))).toBe(bytes);
    }
  });

  it("are as short as a person would write them", () => {
    const texts = [0, 1e-6, 0.0125, 0.25, 1, 59, 60, 90, 3600, 5400, 86_400].map(durationText);
    expect(texts).toEqual([0, "1us", "12.5ms", "250ms", "1s", "59s", "1min", "90s", "1h", "90min", "24h"]);
    expect(durationText(3e-9)).toBe("3e-9s");
    expect([2 ** 30, 1.5 * 2 ** 30, 64 * 2 ** 20, 1000].map(memoryText)).toEqual(["1GiB", "1536MiB", "64MiB", "1000B"]);
    expect(rateText(2.5)).toBe("2.5/s");
  });
});

describe("the identity of a scenario", () => {
  it("is over JSON with sorted keys, infinities as words, and nothing for what is absent", () => {
    expect(canonicalJson({ b: [1, { d: undefined, c: null }], a: Infinity, 2: -Infinity })).toBe(
      '{"2":"-Infinity","a":"Infinity","b":[1,{"c":null}]}',
    );
    expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }));
    expect([canonicalJson("x"), canonicalJson(null), canonicalJson([])]).toEqual(['"x"', "null", "[]"]);
  });

  it("is of all but itself", () => {
    const content = { name: "a", seed: 1 } as never;
    const hashed = withSha256(content);
    expect(hashed.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(withSha256(hashed)).toEqual(hashed);
    expect(scenarioSha256({ ...hashed, seed: 2 })).not.toBe(hashed.sha256);
  });
});

describe("a place in a document", () => {
  it("is written as a person would say it", () => {
    expect(formatPath(["targets", "faas", "stages", 2, "linger"])).toBe("targets.faas.stages[2].linger");
    expect(formatPath([])).toBe("");
    expect(toIssue({ path: ["a", 0], message: "is missing" })).toEqual({ path: "a[0]", message: "is missing" });
  });
});

describe("the choice of a point of presence", () => {
  const pops = [0.2, 0.3, 0.5].map((share, i) => ({
    name: `p${i}`,
    share,
    roundTrip: { kind: "deterministic", value: 0 } as const,
  }));

  it("goes by the shares, each from its lower end on", () => {
    const uniforms = [0, 0.199, 0.2, 0.499, 0.5, 0.999];
    const choose = popChooser(pops, () => uniforms.shift()!);
    expect(Array.from({ length: 6 }, choose)).toEqual([0, 0, 1, 1, 2, 2]);
    // Shares that sum to a little less than 1 by rounding leave nobody out.
    const thirds = pops.map((pop) => ({ ...pop, share: 0.333 }));
    expect(popChooser(thirds, () => 0.9999)()).toBe(2);
  });

  it("has a stream of its own for each target and replication", () => {
    expect(popStream(7, "edge")).toEqual([7, "edge", "dispatch", 0]);
    expect(popStream(7, "edge", 3)).toEqual([7, "edge", "dispatch", 3]);
  });
});
