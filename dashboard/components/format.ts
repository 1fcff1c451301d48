/** A time with three digits and its unit. */
export function time(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds >= 1) return `${Number(seconds.toPrecision(3))} s`;
  if (seconds >= 1e-3) return `${Number((seconds * 1e3).toPrecision(3))} ms`;
  return `${Math.round(seconds * 1e6)} µs`;
}

export const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
export const whole = (value: number): string => value.toLocaleString("en");
export const quantileName = (q: number): string => `p${Number((100 * q).toPrecision(6))}`;
