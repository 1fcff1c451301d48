/** A quantile as a tool printed it, with half a step of its last digit. */
export interface PrintedQuantile {
  readonly q: number;
  readonly seconds: number;
  readonly within: number;
}

const units: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, µs: 1e-6, us: 1e-6, ns: 1e-9 };

/** Such as 12.25ms or 1.3s: its value and half of what its last digit stands for. */
function timeOf(q: number, text: string, unit?: string): PrintedQuantile {
  const [, number, own] = /^([\d.]+)([a-zµ]*)$/.exec(text) ?? [];
  const scale = units[unit ?? own ?? ""];
  if (number === undefined || scale === undefined) throw new Error(`"${text}" is no time`);
  const decimals = number.split(".")[1]?.length ?? 0;
  return { q, seconds: Number(number) * scale, within: 0.5 * 10 ** -decimals * scale };
}

const all = (text: string, pattern: RegExp): readonly (readonly [string, string])[] =>
  [...text.matchAll(pattern)].map((found) => [found[1]!, found[2]!]);

const levels: Readonly<Record<string, number>> = { min: 0, med: 0.5, median: 0.5, max: 1 };
const levelOf = (name: string): number =>
  levels[name] ?? Number((Number(name.replaceAll(/[^\d.]/g, "")) / 100).toPrecision(9));

/** The quantiles of each tool's printout. */
export const printedBy: Readonly<Record<string, (text: string) => readonly PrintedQuantile[]>> = {
  ab: (text) => all(text, /^ +(\d+)% +(\d+)/gm).map(([q, ms]) => timeOf(levelOf(q), ms, "ms")),

  wrk: (text) => all(text, /^ +(\d+)% +([\d.]+[a-z]+)$/gm).map(([q, time]) => timeOf(levelOf(q), time)),

  vegeta: (text) => {
    const [, names, times] = /^Latencies +\[([^\]]+)\] +(.+)$/m.exec(text)!;
    const values = times!.split(", ");
    return names!.split(", ").flatMap((name, i) => (name === "mean" ? [] : [timeOf(levelOf(name), values[i]!)]));
  },

  k6: (text) => {
    const line = /^ *http_req_duration\.*: *(.+)$/m.exec(text)![1]!;
    return (
      all(line, /(\S+)=(\S+)/g)
        .filter(([name]) => name !== "avg")
        .map(([name, time]) => timeOf(levelOf(name), time))
        // It cuts digits off and does not round.
        .map(({ within, ...rest }) => ({ ...rest, within: 2 * within }))
    );
  },

  fortio: (text) => {
    const [table = ""] = /# target [\s\S]*?(?=Error cases)/.exec(text) ?? [];
    return all(table, /^# target ([\d.]+)% ([\d.]+)$/gm).map(([q, s]) => timeOf(levelOf(q), s, "s"));
  },

  artillery: (text) => {
    const last = text.slice(text.lastIndexOf("http.response_time:")).split("\n").slice(1, 8).join("\n");
    return all(last, /^ +(min|max|median|p95|p99):[ .]* ([\d.]+)$/gm).map(([name, ms]) =>
      timeOf(levelOf(name), ms, "ms"),
    );
  },

  // The times of the requests that it kept, read by its own rule of ranks.
  oha: (text) => {
    const seconds = text.trim().split("\n").map(Number);
    return [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99].map((q) => ({
      q,
      seconds: seconds[Math.floor(q * seconds.length)]!,
      within: 0,
    }));
  },

  locust: (text) => {
    const table = text.slice(text.lastIndexOf("Response time percentiles"));
    const names = /^Type.*$/m.exec(table)![0].match(/[\d.]+%/g)!;
    const values = /^ +Aggregated(.*)$/m.exec(table)![1]!.trim().split(/\s+/);
    return names.map((name, i) => timeOf(levelOf(name), values[i]!, "ms"));
  },
};
