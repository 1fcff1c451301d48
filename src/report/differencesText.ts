import { formatDuration, type Seconds } from "../base/units.ts";
import type { Answer } from "../scenario/answer.ts";
import { quantileName } from "./format.ts";

/** Paired differences of the targets' latencies as lines for a terminal; empty where there are none. */
export function differencesText({ differences = [] }: Answer): string {
  const lines = differences.flatMap(({ target, than, mean, quantiles }) => {
    const all = [{ name: "mean", value: mean }, ...quantiles.map(({ q, value }) => ({ name: quantileName(q), value }))];
    const figures = all.filter(({ value }) => !Number.isNaN(value.value));
    if (figures.length === 0) return [];
    return [
      `${target} against ${than}, the same requests, 95 %`,
      ...figures.map(
        ({ name, value }) =>
          `  ${name.padEnd(8)}${signed(value.value)} (${signed(value.low)} to ${signed(value.high)})`,
      ),
    ];
  });
  return lines.length === 0 ? "" : `\n${lines.join("\n")}\n`;
}

const signed = (seconds: Seconds): string => `${seconds < 0 ? "−" : "+"}${formatDuration(Math.abs(seconds))}`;
