import { formatDuration } from "../base/units.ts";
import type { AvailableAnswer, Counts, Estimate } from "../scenario/answer.ts";
import type { Judgement } from "./compare.ts";

/** A figure for people, and its interval in the same unit; the interval is empty where it rounds to the figure. */
export interface Figure {
  readonly value: string;
  readonly interval: string;
}

const none: Figure = { value: "–", interval: "" };

/**
 * A time with its interval.
 *
 * @example
 * durationFigure({ value: 0.0213, low: 0.0201, high: 0.022 }) // => { value: "21.3 ms", interval: "20.1–22" }
 */
export function durationFigure(estimate: Estimate | null): Figure {
  if (estimate === null || Number.isNaN(estimate.value)) return none;
  const value = formatDuration(estimate.value);
  const unit = value.split(" ")[1] ?? "s";
  const scale = { µs: 1e6, ms: 1e3, s: 1, min: 1 / 60 }[unit] ?? 1;
  return { value, interval: intervalText(estimate, (x) => significant(x * scale)) };
}

/**
 * A share with its interval, in percent.
 *
 * @example
 * shareFigure({ value: 0.0412, low: 0.04, high: 0.05 }) // => { value: "4.12 %", interval: "4–5" }
 */
export function shareFigure(estimate: Estimate | null): Figure {
  if (estimate === null || Number.isNaN(estimate.value)) return none;
  const percent = (x: number) => String(Number((100 * x).toFixed(Math.abs(x) >= 0.0995 ? 1 : 2)));
  return { value: `${percent(estimate.value)} %`, interval: intervalText(estimate, percent) };
}

/**
 * A plain number with its interval.
 *
 * @example
 * numberFigure({ value: 1.0213, low: 1, high: Infinity }) // => { value: "1.02", interval: "1–∞" }
 */
export function numberFigure(estimate: Estimate | null): Figure {
  if (estimate === null || Number.isNaN(estimate.value)) return none;
  return { value: significant(estimate.value), interval: intervalText(estimate, significant) };
}

/**
 * An amount of memory with its interval.
 *
 * @example
 * memoryFigure({ value: 72_300_000, low: 70_000_000, high: 75_000_000 }) // => { value: "72.3 MB", interval: "70–75" }
 */
export function memoryFigure(estimate: Estimate | null): Figure {
  if (estimate === null || Number.isNaN(estimate.value)) return none;
  const [unit, scale] = estimate.value < 1e9 ? (["MB", 1e6] as const) : (["GB", 1e9] as const);
  const text = (bytes: number) => significant(bytes / scale);
  return { value: `${text(estimate.value)} ${unit}`, interval: intervalText(estimate, text) };
}

/**
 * The name of a quantile level.
 *
 * @example
 * quantileName(0.999) // => "p99.9"
 */
export function quantileName(q: number): string {
  return `p${Number((100 * q).toPrecision(10))}`;
}

/** A whole number with separators. */
export function countText(count: number): string {
  return grouped.format(count);
}

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 20 });

/** A verdict in plain words, with what would settle it or what stands in its way. */
export function verdictText({ verdict, reasons, needRequests }: Judgement): string {
  if (reasons.length > 0) return `${verdict}: ${reasons.join("; ")}`;
  if (needRequests === undefined) return verdict;
  if (needRequests > 1e8) return `${verdict}: too near the edge of the tolerance for any number of requests`;
  return `${verdict}: needs about ${countText(needRequests)} requests`;
}

/** The distance of two laws in words; empty where nothing was compared. */
export function distanceText({ ks, ksMargin, ksVerdict, wassersteinSeconds }: Judgement): string {
  if (ks === null || wassersteinSeconds === null) return "";
  const judged = ksVerdict === null ? "not judged" : ksVerdict;
  return `KS ${ks.toFixed(3)} ± ${(ksMargin ?? 0).toFixed(3)} (${judged}), Wasserstein ${formatDuration(wassersteinSeconds)}`;
}

/** What became of the requests, in one line. */
export function countsText({ sent, completed, failed, dropped, unsent, attempts }: Counts): string {
  const kinds = Object.entries(failed).filter(([, count]) => count > 0);
  const total = kinds.reduce((sum, [, count]) => sum + count, 0);
  const detail = kinds.length > 0 ? ` (${kinds.map(([kind, count]) => `${kind} ${countText(count)}`).join(", ")})` : "";
  const rest = [dropped > 0 ? `dropped ${countText(dropped)}` : "", unsent > 0 ? `unsent ${countText(unsent)}` : ""];
  return [
    attempts === undefined ? `sent ${countText(sent)}` : `sent ${countText(sent)} in ${countText(attempts)} attempts`,
    `completed ${countText(completed)}`,
    `failed ${countText(total)}${detail}`,
    ...rest,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** The stated quantile of a target's latency; null where the answer has none. */
export function statedQuantile({ latency }: Pick<AvailableAnswer, "latency">, q: number): Estimate | null {
  return latency.quantiles.find((row) => Math.abs(row.q - q) < 1e-12)?.value ?? null;
}

function intervalText({ value, low, high }: Estimate, text: (x: number) => string): string {
  // An interval too narrow to show, such as that of a numerical inversion, would only repeat the figure.
  if (text(low) === text(value) && text(high) === text(value)) return "";
  return `${Number.isNaN(low) ? "?" : text(low)}–${Number.isNaN(high) ? "?" : text(high)}`;
}

function significant(x: number): string {
  return x === Infinity ? "∞" : String(Number(x.toPrecision(3)));
}
