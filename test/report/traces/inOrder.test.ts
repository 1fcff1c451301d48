import { describe, expect, it } from "vitest";
import { source } from "../../../src/random/source.ts";
import { inOrder } from "../../../src/report/traces/inOrder.ts";

describe("inOrder", () => {
  const uniform = source(1, "inOrder");
  // Many instants stand more than once.
  const rows = Array.from({ length: 500 }, (_, i) => ({ at: Math.floor(100 * uniform()), value: i, origin: i % 7 }));
  const sorted = rows.toSorted((a, b) => a.at - b.at);

  it.each([1, 7, 100, 499, 500, 5000])("holding %d, it hands over all in order of time and of the file", (held) => {
    let ways = 0;
    const open = () => {
      ways++;
      return rows;
    };
    expect(Array.from(inOrder(open, held), (placed) => ({ ...placed }))).toEqual(sorted);
    expect(ways).toBe(Math.max(1, Math.ceil(rows.length / held)));
  });

  it("of nothing hands over nothing", () => {
    expect([...inOrder(() => [])]).toEqual([]);
  });
});
