import { formatDuration, type Seconds } from "../base/units.ts";
import type { Answer } from "../scenario/answer.ts";

/** Rates that differ by more than this factor are another load. */
const rateFactorMax = 1.5;
/** Latenesses that differ by more than this factor, and by more than a millisecond, are of another machine's load. */
const latenessFactorMax = 2;
const latenessMinimum: Seconds = 1e-3;

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

/**
 * That a prediction was fitted while requests went out much later, or much more punctually, than when it was judged: a machine that is late to
 * send is busy, and starts and overheads measured on it are too long.
 */
export function fittedLatenessNotes(predicted: readonly Answer[], measured: Answer): readonly string[] {
  const judged = latenessOf(measured.targets);
  const notes = predicted.flatMap(({ provenance: { calibration } }) => {
    const fitted = calibration?.latenessSeconds;
    if (fitted === undefined || !(judged > 0)) return [];
    if (Math.abs(fitted - judged) <= latenessMinimum || Math.max(fitted / judged, judged / fitted) <= latenessFactorMax)
      return [];
    const busier = fitted > judged ? "fitted" : "judged";
    return [
      `Fitted while requests went out ${formatDuration(fitted)} late (p99) and judged at ${formatDuration(judged)}: the machine was busier when it was ${busier}, and starts and overheads longer.`,
    ];
  });
  return [...new Set(notes)];
}

/** The largest p99 of the lateness of any target, in seconds; 0 where none is told. */
export function latenessOf(targets: Answer["targets"]): Seconds {
  const told = targets.map((target) =>
    target.status === "unavailable" ? undefined : target.lateness?.quantiles.find(({ q }) => q === 0.99)?.value.value,
  );
  return Math.max(0, ...told.filter((late) => late !== undefined && late > 0).map(Number));
}

/** Requests a second of a measurement, from its counts and the length of its timeline; NaN where it tells neither. */
function rateOf({ targets }: Answer): number {
  for (const target of targets) {
    if (target.status === "unavailable" || target.counts === null || target.timeline === null) continue;
    return target.counts.scheduled / (target.timeline.ready.length * target.timeline.everySeconds);
  }
  return Number.NaN;
}
