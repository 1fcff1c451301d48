import { check } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";

const secondsPerUnit: Readonly<Record<string, Seconds>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};
const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/gy;
const whole = /^[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/;

/**
 * A duration as Go and so Kubernetes' annotations write it: `1h30m`, `1.5s`, a bare `0`. A scenario's `min` and `d` are not among its units.
 *
 * @returns seconds
 * @throws {RangeError} if the text is not a duration
 * @see time.ParseDuration of Go's standard library
 * @example
 * goDuration("1h30m") // => 5400
 */
export function goDuration(text: string): Seconds {
  check(whole.test(text), "goDuration", 'a duration must be written as in "1h30m"', text);
  let seconds = 0;
  for (const [, value, unit] of text.replace(/^[+-]/, "").matchAll(part))
    seconds += Number(value) * secondsPerUnit[unit!]!;
  return text.startsWith("-") && seconds > 0 ? -seconds : seconds;
}
