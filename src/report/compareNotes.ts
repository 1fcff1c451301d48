import type { Answer, AvailableAnswer } from "../scenario/answer.ts";
import type { TargetComparison } from "./compare.ts";
import { fittedLatenessNotes, fittedRateNotes } from "./fittedOn.ts";

/** Failed requests that differ by more than this share are worth a note. */
const lossShare = 0.01;

/** What a reader must know before trusting a verdict, in sentences. */
export function comparisonNotes(
  predicted: readonly Answer[],
  measured: Answer,
  targets: readonly TargetComparison[],
): readonly string[] {
  return [...pairedNotes(targets), ...notesOn(predicted, measured)];
}

/** The share of the requests that failed or were dropped; NaN where none was counted. */
function lostShare({ counts }: AvailableAnswer): number {
  if (counts === null) return Number.NaN;
  const failed = Object.values(counts.failed).reduce((sum, count) => sum + count, 0);
  return (failed + counts.dropped) / (counts.scheduled - counts.unsent);
}

/** Latency is that of completed requests, so a verdict on it says nothing of those that failed. */
function lossNotes(predicted: Answer, measured: Answer): string[] {
  const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
  return measured.targets.flatMap((target) => {
    const prediction = predicted.targets.find(({ name }) => name === target.name);
    if (target.status === "unavailable" || prediction === undefined || prediction.status === "unavailable") return [];
    const [foreseen, seen] = [lostShare(prediction), lostShare(target)];
    if (!(Math.abs(foreseen - seen) > lossShare)) return [];
    return [
      `On ${target.name} ${percent(seen)} of the requests failed, and ${percent(foreseen)} did in the ${predicted.from}: the verdict is on the completed ones only.`,
    ];
  });
}

function pairedNotes(targets: readonly TargetComparison[]): string[] {
  const paired = targets.filter((target) => target.paired).map(({ name }) => name);
  if (paired.length === 0) return [];
  return [
    `The simulator played the very arrivals that were sent (${paired.join(", ")}): by chance only the platform's own draws set the two apart, and the intervals are how far single simulated runs scatter.`,
  ];
}

function notesOn(predicted: readonly Answer[], measured: Answer): string[] {
  const notes: string[] = [...fittedRateNotes(predicted, measured), ...fittedLatenessNotes(predicted, measured)];
  for (const answer of predicted) {
    const { from, scenario, provenance, targets } = answer;
    if (from === "import" && scenario !== measured.scenario)
      notes.push(`The import answers scenario ${scenario}, the measurement is of ${measured.scenario}.`);
    const { scheduleSha256 } = provenance;
    if (
      from === "sim" &&
      scheduleSha256 !== null &&
      measured.provenance.scheduleSha256 !== null &&
      scheduleSha256 !== measured.provenance.scheduleSha256
    ) {
      notes.push("The simulator saw other arrivals than the replay sent: the schedules differ.");
    }
    notes.push(...lossNotes(answer, measured));
    const missing = targets
      .filter(({ name }) => !measured.targets.some((target) => target.name === name))
      .map(({ name }) => name);
    if (missing.length > 0) notes.push(`Predicted by the ${from}, not measured: ${missing.join(", ")}.`);
  }
  return notes;
}
