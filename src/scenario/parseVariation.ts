import { InputError } from "../base/check.ts";
import { parseDuration, parseMemory, parseRate } from "../base/units.ts";
import { readYaml } from "./readYaml.ts";
import type { Variation } from "./variations.ts";

/** More values of one range would be a slip of the hand. */
const valuesMax = 10_000;

/**
 * A variation as the command line writes it: `PATH=VALUE,VALUE…` or `PATH=FROM..TO:[log:]COUNT`.
 *
 * Values are YAML: `0,1,2`, `10/s,20/s`, `forever`, `{kind: exponential, mean: 5ms}`. A range has numbers, durations, rates or memory at both
 * ends, which are among its values; `log` spaces them by a constant factor.
 *
 * @throws {InputError} that says what to write
 * @example
 * parseVariation("targets.faas.minScale=0,1,2") // => { path: "targets.faas.minScale", values: [0, 1, 2] }
 * @example
 * parseVariation("arrivals.rate=10/s..160/s:log:5").values // => ["10/s", "20/s", "40/s", "80/s", "160/s"]
 */
export function parseVariation(text: string): Variation {
  const refuse = (message: string): never => {
    throw new InputError("--vary", [{ path: text, message }]);
  };
  const cut = text.indexOf("=");
  const path = text.slice(0, cut).trim();
  const right = text.slice(cut + 1).trim();
  if (cut < 1 || path === "" || right === "") {
    return refuse("write PATH=VALUE,VALUE or PATH=FROM..TO:COUNT, such as targets.faas.minScale=0,1,2");
  }
  const isRange = right.indexOf("..") > 0 && !right.startsWith("{");
  const values = isRange ? ranged(right, refuse) : listed(right, refuse);
  const seen = new Set<string>();
  const double = values.map((value) => JSON.stringify(value)).find((value) => seen.has(value) || !seen.add(value));
  return double === undefined ? { path, values } : refuse(`has the value ${double} twice`);
}

type Refuse = (message: string) => never;

/** Values between commas, those within brackets and quotes left alone. */
function listed(text: string, refuse: Refuse): unknown[] {
  const values = readList(`[${text}]`);
  if (values === null) return refuse("cannot be read as values; write them in YAML, between commas");
  return values.some((value) => value === null) ? refuse("has an empty value") : values;
}

function readList(text: string): unknown[] | null {
  try {
    const { value } = readYaml(text, "--vary");
    // `[1]: [2]` is a mapping, whose key is a list.
    return Array.isArray(value) ? value : null;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

function ranged(text: string, refuse: Refuse): unknown[] {
  const fromText = text.slice(0, text.indexOf(".."));
  const [toText = "", ...rest] = text.slice(fromText.length + 2).split(":");
  const spacing = /^(?:(log|lin):)?(\d+)$/.exec(rest.join(":"));
  if (spacing === null) return refuse("a range needs how many values it has: write FROM..TO:5, or FROM..TO:log:5");
  const count = Number(spacing[2]);
  const isLog = spacing[1] === "log";
  if (!(count >= 2 && count <= valuesMax)) return refuse(`a range has from 2 to ${valuesMax} values`);
  const quantity = quantities.find(({ read }) => read(fromText) !== undefined && read(toText) !== undefined);
  if (quantity === undefined) {
    return refuse(`"${fromText}" and "${toText}" must both be numbers, durations, rates or amounts of memory`);
  }
  const from = quantity.read(fromText)!;
  const to = quantity.read(toText)!;
  if (from === to) return refuse("a range must have two different ends");
  if (isLog && !(from > 0 && to > 0)) return refuse("a range by a constant factor must not reach 0 or less");
  const unit = unitOf(fromText) === unitOf(toText) ? unitOf(fromText) : null;
  return Array.from({ length: count }, (_, i) => {
    const share = i / (count - 1);
    const value = i === count - 1 ? to : isLog ? from * (to / from) ** share : from + share * (to - from);
    return quantity.write(Number(value.toPrecision(12)), unit);
  });
}

/** What a range can go over: how its ends are read and its values written. */
const quantities: readonly {
  read(text: string): number | undefined;
  write(value: number, unit: string | null): unknown;
}[] = [
  {
    read: (text) => (/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : undefined),
    write: (value) => value,
  },
  { read: parseDuration, write: (value, unit) => inUnit(value, unit, parseDuration) ?? `${value}s` },
  { read: parseRate, write: (value, unit) => inUnit(value, unit, parseRate) ?? `${value}/s` },
  { read: parseMemory, write: (value, unit) => inUnit(value, unit, parseMemory) ?? `${Math.round(value)}B` },
];

const unitOf = (text: string): string => text.trim().replace(/^[+-]?[\d.]+(?:e[+-]?\d+)?\s*/i, "");

/** A value in the unit that both ends have. */
function inUnit(value: number, unit: string | null, read: (text: string) => number | undefined): string | undefined {
  const scale = unit === null ? undefined : read(`1${unit}`);
  return scale === undefined ? undefined : `${Number((value / scale).toPrecision(12))}${unit}`;
}
