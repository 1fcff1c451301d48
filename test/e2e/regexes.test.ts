import { check } from "recheck";
import { expect, it } from "vitest";
import { sourceRegexes } from "../reliability/regexes.ts";

/** Each is searched for a text that makes it take more than linear time (recheck: by its automaton, else by fuzzing). */
it("no regular expression of the source can blow up", { timeout: 300_000 }, async () => {
  const all = await sourceRegexes();
  expect(all.length).toBeGreaterThan(150);
  expect(all.filter(({ place }) => place === "src/base/units.ts").length).toBe(2);
  const slow: string[] = [];
  for (const { place, source, flags } of all) {
    const found = await check(source, flags, { timeout: 60_000 });
    const how = found.status === "vulnerable" ? found.complexity.summary : "";
    if (found.status !== "safe") slow.push(`${place}: /${source}/${flags} is ${found.status} ${how}`);
  }
  expect(slow).toEqual([]);
});
