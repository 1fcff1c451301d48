import type { Seconds } from "../../base/units.ts";

/** How long the far side says it took, by a header of the answer. */
export interface ComputeTime {
  readonly seconds: Seconds;
  /** How far off it may be, as it is written: half of its last digit's step, or of the millisecond that was cut off. */
  readonly withinSeconds: Seconds;
}

/** A metric of a Server-Timing header; undefined where it has no duration, or one that is no time. */
interface Metric {
  readonly name: string;
  readonly time: ComputeTime | undefined;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const millisecond = 1e-3;
/** The metric that stands for all the others. */
const total = "total";

/**
 * What an answer's headers say of the time behind the network; undefined where they say nothing.
 *
 * `server-timing` first, because it is finer: its metric `total`, else the sum of all that have a duration. Else
 * `x-envoy-upstream-service-time`, in whole milliseconds that Envoy has rounded down, so half a millisecond is added.
 *
 * @see W3C Server Timing; Envoy, HTTP header manipulation
 * @example
 * computeTimeOf({ "server-timing": "cache;desc=miss, edge;dur=1.5, origin;dur=3.0" })?.seconds // => 0.0045
 */
export function computeTimeOf(headers: Headers): ComputeTime | undefined {
  const timing = headers["server-timing"];
  return (timing === undefined ? undefined : summed(metricsOf(timing.toString()))) ?? envoyTime(headers);
}

function summed(metrics: readonly Metric[]): ComputeTime | undefined {
  const timed = metrics.filter(({ time }) => time !== undefined);
  const whole = timed.find(({ name }) => name === total);
  if (whole !== undefined) return whole.time;
  if (timed.length === 0) return undefined;
  const sum = (of: (time: ComputeTime) => Seconds): Seconds => timed.reduce((so, { time }) => so + of(time!), 0);
  return { seconds: sum(({ seconds }) => seconds), withinSeconds: sum(({ withinSeconds }) => withinSeconds) };
}

/** A list of metrics with parameters; commas and semicolons in quotes separate nothing. */
function metricsOf(text: string): Metric[] {
  return split(text, ",").flatMap((entry) => {
    const [name = "", ...parameters] = split(entry, ";").map((part) => part.trim());
    if (name === "") return [];
    const duration = parameters.map((part) => /^dur\s*=(.*)$/i.exec(part)?.[1]?.trim()).find((x) => x !== undefined);
    return [
      {
        name: name.toLowerCase(),
        time: duration === undefined ? undefined : milliseconds(duration.replace(/^"|"$/g, "")),
      },
    ];
  });
}

/** The parts between separators that stand outside of quotes; in one pass, as whoever answers writes the text. */
function split(text: string, separator: "," | ";"): string[] {
  const parts = [""];
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '"') isQuoted = !isQuoted;
    if (character === separator && !isQuoted) parts.push("");
    else if (character === "\\" && isQuoted) parts.push(parts.pop()! + text.slice(i, ++i + 1));
    else parts.push(parts.pop()! + character);
  }
  return parts;
}

function milliseconds(text: string): ComputeTime | undefined {
  const found = /^(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (found === null) return undefined;
  return { seconds: Number(text) * millisecond, withinSeconds: 0.5 * 10 ** -(found[2] ?? "").length * millisecond };
}

function envoyTime(headers: Headers): ComputeTime | undefined {
  const text = headers["x-envoy-upstream-service-time"]?.toString() ?? "";
  if (!/^\d+$/.test(text)) return undefined;
  return { seconds: (Number(text) + 0.5) * millisecond, withinSeconds: 0.5 * millisecond };
}
