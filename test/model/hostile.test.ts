import { expect, it } from "vitest";
import { hostileCases, tryCase } from "../bench/hostile.ts";

it("hostile parameters: every 29th case of the grid has an answer with its error, or a reason", {
  timeout: 60_000,
}, () => {
  const cases = [...hostileCases()].filter((_, i) => i % 29 === 5);
  expect(cases.length).toBeGreaterThan(25);
  let refused = 0;
  for (const hostile of cases) {
    const result = tryCase(hostile);
    expect(result.wrong, hostile.name).toEqual([]);
    if (result.refused !== null) refused++;
  }
  expect(refused / cases.length).toBeLessThan(0.15);
});
