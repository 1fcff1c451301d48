import { expect, it } from "vitest";
import { fuzz } from "../reliability/fuzz.ts";

/** `npm run fuzz -- --cases 1000000` is the long one; this one takes other cases with every version of the project. */
const cases = 10_000;

it(`${cases} inputs of every kind are taken in, or refused with a documented error`, { timeout: 600_000 }, async () => {
  const seed = 11;
  const { counts, findings } = await fuzz({ cases, seed });
  expect(findings.map((finding) => `npm run fuzz -- --seed ${seed} --case ${finding.case}: ${finding.what}`)).toEqual(
    [],
  );
  // Each kind is there, and neither taken in nor refused as a whole; messages, places and arguments say by their value what they are not.
  for (const [kind, [taken, refused]] of Object.entries(counts))
    expect([kind, taken > 0, refused > 0]).toEqual([kind, true, !/^(message|place|arguments)/.test(kind)]);
});
