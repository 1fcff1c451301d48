import type { Answer } from "../scenario/answer.ts";

/** Rates that differ by more than this factor are another load. */
const rateFactorMax = 1.5;

/** Whether a prediction was fitted on the very requests it is judged by; null where it was not, or nothing was fitted. */
export function fittedReason({ from, provenance: { calibration } }: Answer, measured: Answer): string | null {
  if (from === "live" || calibration === null) return null;
  const [fittedOn, judgedBy] = [calibration.scheduleSha256, measured.provenance.scheduleSha256];
  const isSame =
    fittedOn === undefined || judgedBy === null ? calibration.seed === measured.seed : fittedOn === judgedBy;
  return isSame ? `fitted on seed ${calibration.seed}, the seed it is judged by` : null;
}

/** That a prediction was fitted at another load than it is judged at; fits hold waiting and sharing that may then differ. */
export function fittedRateNotes(predicted: readonly Answer[], measured: Answer): readonly string[] {
  const judged = rateOf(measured);
  const notes = predicted.flatMap(({ provenance: { calibration } }) => {
    const fitted = calibration?.ratePerSecond;
    if (fitted === undefined || !(judged > 0)) return [];
    if (Math.max(fitted / judged, judged / fitted) <= rateFactorMax) return [];
    const [was, is] = [fitted, judged].map((rate) => Number(rate.toPrecision(2)));
    return [`Fitted at ${was} requests a second and judged at ${is}: a fit at another load may not hold.`];
  });
  return [...new Set(notes)];
}

/** Requests a second of a measurement, from its counts and the length of its timeline; NaN where it tells neither. */
function rateOf({ targets }: Answer): number {
  for (const target of targets) {
    if (target.status === "unavailable" || target.counts === null || target.timeline === null) continue;
    return target.counts.scheduled / (target.timeline.ready.length * target.timeline.everySeconds);
  }
  return Number.NaN;
}
