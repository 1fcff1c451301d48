import { completedOf } from "../../../src/report/importers/importedAnswer.ts";
import type { Imported, ImportedLaw } from "../../../src/report/importers/importer.ts";

/** How many facts of one import another lacks, and how many it has that the first does not. */
export interface Differences {
  readonly missing: number;
  readonly made: number;
}

/** Compares series by name; of one that is renamed, by its place. */
export function differencesOf(whole: Imported, other: Imported): Differences {
  let [missing, made] = [0, 0];
  for (const [i, { name, law }] of other.series.entries()) {
    const original = whole.series.find((series) => series.name === name) ?? whole.series[i];
    // Without a number of requests the figures have no intervals, and that is all.
    const counted = completedOf(law) !== null;
    const [before, after] = [
      original === undefined ? new Map() : factsOf(original.law, counted),
      factsOf(law, counted),
    ];
    let [lacks, has] = [0, 0];
    for (const [fact, n] of before) lacks += Math.max(0, n - (after.get(fact) ?? 0));
    for (const [fact, n] of after) has += Math.max(0, n - (before.get(fact) ?? 0));
    // A coarser histogram is less, and not wrong.
    missing = Math.max(missing, "bins" in law ? 0 : lacks);
    made = Math.max(made, has);
  }
  return { missing, made };
}

/** What a law says, each fact with how often it says so. */
function factsOf(law: ImportedLaw, counted: boolean): Map<string, number> {
  const facts = new Map<string, number>();
  const say = (fact: string, n = 1): void => void facts.set(fact, (facts.get(fact) ?? 0) + n);
  if ("seconds" in law) {
    for (const seconds of law.seconds) say(`${seconds}`);
  } else if ("fine" in law) {
    for (const [bucket, n] of law.fine.counts.entries()) if (n > 0) say(`${bucket}`, n);
  } else {
    // So many lie below each edge; all of these are wrong where the number of all is.
    const total = law.bins.reduce((sum, { weight }) => sum + weight, 0);
    let below = 0;
    for (const { high, weight } of law.bins) {
      below += weight;
      say(`${Number((below / total).toPrecision(9))} below ${high} of ${counted ? law.count : "?"}`);
    }
    for (const { q, seconds } of law.stated?.quantiles ?? []) say(`${q} at ${seconds}`);
  }
  return facts;
}
