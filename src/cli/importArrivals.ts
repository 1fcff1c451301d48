import { setFlagsFromString } from "node:v8";
import { parseDuration } from "../base/units.ts";
import { cutWarning } from "../report/importers/reading.ts";
import { jsonText } from "../report/json.ts";
import { readTrace, type TraceRequest } from "../report/traces/index.ts";
import { UsageError } from "./exit.ts";
import { fileSource } from "./fileSource.ts";
import { writeLinesAtomic } from "./files.ts";
import { writeJson } from "./options.ts";
import type { Terminal } from "./terminal.ts";

export interface ImportArrivalsOptions {
  readonly format?: string;
  readonly out?: string;
  readonly json?: string;
  readonly seed?: number;
  readonly unit?: string;
  readonly column?: string;
  readonly workColumn?: string;
  readonly work?: string;
  readonly durations?: string;
  readonly spacing?: "poisson" | "even";
  readonly function?: readonly string[];
}

/** A trace as a schedule: instants, and work where the trace or `--work` says it. */
export async function importArrivals(terminal: Terminal, file: string, options: ImportArrivalsOptions): Promise<void> {
  const { out, seed = 1, spacing = "poisson" } = options;
  if (out === undefined || out === "-") throw new UsageError("arrivals are written to a file; name it with --out");
  const work = options.work === undefined ? Number.NaN : parseDuration(options.work);
  if (work === undefined) throw new UsageError(`--work must be a duration such as 10ms, not "${options.work}"`);
  const unitSeconds = options.unit === undefined ? undefined : parseDuration(`1${options.unit}`);
  if (options.unit !== undefined && unitSeconds === undefined) {
    throw new UsageError(`--unit must be ns, us, ms, s, min, h or d, not "${options.unit}"`);
  }
  const source = fileSource(file);
  const { requests, format } = readTrace(source, {
    format: options.format,
    seed,
    spacing,
    functions: options.function,
    durations: options.durations === undefined ? undefined : fileSource(options.durations),
    column: options.column,
    workColumn: options.workColumn,
    unitSeconds,
  });
  // Lines live for a moment. A young generation that grows lets them pile up to hundreds of MiB, at more work and not less.
  setFlagsFromString("--semi-space-growth-factor=1");
  const seen = { requests: 0, lastSeconds: 0, functions: 0, gapScv: Number.NaN };
  await writeLinesAtomic(out, lines(requests, work, seen));
  for (const warning of cutWarning(source)) terminal.err(`${file}: ${warning}\n`);
  const drawn = format.format === "azure-2019" || format.format === "huawei" ? { seed, spacing } : {};
  if (writeJson(terminal, options.json, () => jsonText({ trace: format.format, out, ...seen, ...drawn }))) return;
  const within = "seed" in drawn ? `, instants within an interval ${spacing}, seed ${seed}` : "";
  terminal.out(
    `${out}: ${seen.requests} requests${seen.functions > 1 ? ` of ${seen.functions} functions` : ""} over ${Number(seen.lastSeconds.toPrecision(6))} s, scv of the gaps ${Number(seen.gapScv.toPrecision(3))} (${format.describes}${within})\n`,
  );
}

/** The CSV of `coldcast schedule`, or of instants alone where nobody says the work. */
function* lines(
  requests: Iterable<TraceRequest>,
  work: number,
  seen: { requests: number; lastSeconds: number; functions: number; gapScv: number },
): Generator<string> {
  let [mean, squares] = [0, 0];
  let hasWork: boolean | undefined;
  for (const { atSeconds, workSeconds, origin } of requests) {
    const own = Number.isNaN(workSeconds) ? work : workSeconds;
    if (hasWork === undefined) {
      hasWork = !Number.isNaN(own);
      yield hasWork ? "at_seconds,work_seconds,source" : "at_seconds,source";
    }
    if (hasWork && Number.isNaN(own)) {
      throw new UsageError("the trace does not say how long each request works; say it for the others with --work");
    }
    if (seen.requests > 0) {
      const gap = atSeconds - seen.lastSeconds;
      const step = gap - mean;
      mean += step / seen.requests;
      squares += step * (gap - mean);
    }
    seen.requests++;
    seen.lastSeconds = atSeconds;
    seen.functions = Math.max(seen.functions, origin + 1);
    yield hasWork ? `${atSeconds},${own},${origin}` : `${atSeconds},${origin}`;
  }
  if (seen.requests > 2 && mean > 0) seen.gapScv = squares / (seen.requests - 2) / (mean * mean);
}
