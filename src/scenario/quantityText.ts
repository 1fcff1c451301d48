import { parseDuration } from "../base/units.ts";

/** Bytes in the largest unit of which they are a whole number. */
export function memoryText(bytes: number): string {
  if (bytes % 1024 ** 2 === 0) return bytes % 1024 ** 3 === 0 ? `${bytes / 1024 ** 3}GiB` : `${bytes / 1024 ** 2}MiB`;
  return `${bytes}B`;
}

/** A rate that reads back to the very same double. */
export const rateText = (perSecond: number): string => `${perSecond}/s`;

/** The shortest text with a unit that reads back to the very same double. */
export function durationText(seconds: number): string | 0 {
  if (seconds === 0) return 0;
  const inSeconds = `${seconds}s`;
  const texts = seconds < 1 ? [`${round(seconds * 1e3)}ms`, inSeconds, `${round(seconds * 1e6)}us`] : [inSeconds];
  if (seconds >= 60) texts.unshift(`${round(seconds / 60)}min`, `${round(seconds / 3600)}h`);
  const exact = texts.filter((text) => parseDuration(text) === seconds);
  return exact.reduce((best, text) => (numberLength(text) < numberLength(best) ? text : best));
}

const numberLength = (text: string): number => text.replace(/[a-df-z]/g, "").length;
const round = (value: number): number => Number(value.toPrecision(15));
