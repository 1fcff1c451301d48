/** A duration or instant, in seconds; everywhere past the scenario parser. */
export type Seconds = number;
/** A rate, per second. */
export type PerSecond = number;

const secondsPerUnit: Readonly<Record<string, Seconds>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6, // U+00B5, the micro sign
  μs: 1e-6, // U+03BC, the Greek letter
  ms: 1e-3,
  s: 1,
  min: 60,
  h: 3600,
  d: 86_400,
};
const secondsPerRateUnit: Readonly<Record<string, Seconds>> = { s: 1, min: 60, h: 3600, d: 86_400 };
const bytesPerUnit: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

const number = String.raw`([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)`;
const quantity = new RegExp(String.raw`^\s*${number}\s*([A-Za-zµμ]+)\s*$`);
const rate = new RegExp(String.raw`^\s*${number}\s*/\s*([A-Za-z]+)\s*$`);

/**
 * A duration as a scenario writes it: number and unit (`ns us µs ms s min h d`).
 *
 * @returns seconds, or undefined when the text is not a duration
 * @example
 * parseDuration("1.5e-3s") // => 0.0015
 */
export function parseDuration(text: string): Seconds | undefined {
  return parseQuantity(text, quantity, (value, unit) => scaleByUnit(value, secondsPerUnit[unit]));
}

/**
 * A rate as a scenario writes it: number, slash and unit (`/s /min /h /d`).
 *
 * @returns a rate per second, or undefined when the text is not a rate
 * @example
 * parseRate("90/min") // => 1.5
 */
export function parseRate(text: string): PerSecond | undefined {
  return parseQuantity(text, rate, (value, unit) => {
    const seconds = secondsPerRateUnit[unit];
    return seconds === undefined ? undefined : value / seconds;
  });
}

/**
 * An amount of memory as a scenario writes it (`B kB MB GB KiB MiB GiB`).
 *
 * @returns bytes, or undefined when the text is not an amount of memory
 * @example
 * parseMemory("64MiB") // => 67108864
 */
export function parseMemory(text: string): number | undefined {
  return parseQuantity(text, quantity, (value, unit) => scaleByUnit(value, bytesPerUnit[unit]));
}

/**
 * A duration for people: three significant digits and the unit that fits.
 *
 * @example
 * formatDuration(0.01234) // => "12.3 ms"
 */
export function formatDuration(seconds: Seconds): string {
  if (seconds === Infinity) return "∞";
  const size = Math.abs(seconds);
  const [unit, scale] =
    size === 0 || (size >= 0.9995 && size < 599.5)
      ? (["s", 1] as const)
      : size >= 599.5
        ? (["min", 1 / 60] as const)
        : size >= 0.9995e-3
          ? (["ms", 1e3] as const)
          : (["µs", 1e6] as const);
  return `${Number((seconds * scale).toPrecision(3))} ${unit}`;
}

function parseQuantity(
  text: string,
  pattern: RegExp,
  convert: (value: number, unit: string) => number | undefined,
): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const value = convert(Number(match[1]), match[2]!);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

/** Divides where the unit is a whole fraction, so that "12ms" is the double nearest to 0.012. */
function scaleByUnit(value: number, unit: number | undefined): number | undefined {
  if (unit === undefined) return undefined;
  return unit < 1 ? value / Math.round(1 / unit) : value * unit;
}
