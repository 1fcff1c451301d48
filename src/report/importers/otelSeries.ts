import type { ImportSource } from "./importer.ts";
import { refuse } from "./reading.ts";

/** What a point says of one span of time. */
export interface Spanned<P> {
  /** Who counts what: resource, scope and attributes. */
  readonly series: string;
  /** Nanoseconds since 1970; null where the point does not say. */
  readonly start: bigint | null;
  readonly end: bigint | null;
  readonly point: P;
  readonly line: number | undefined;
}

/** The points of one metric, of which each span of each series counts once. */
export class OtelSeries<P> {
  readonly #source: ImportSource;
  readonly #bySpan = new Map<string, Spanned<P>>();

  constructor(source: ImportSource) {
    this.#source = source;
  }

  /** A cumulative point holds all since its process began to count, so the last one of each stands for the others. */
  add(spanned: Spanned<P>, isCumulative: boolean): void {
    const { series, start } = spanned;
    const key = isCumulative ? `${series} ${start}` : `${this.#bySpan.size}`;
    this.#bySpan.set(key, spanned);
  }

  /** @throws {InputError} where two points of a series count the same time: they would be added up */
  points(): readonly P[] {
    const last = new Map<string, bigint>();
    const ordered = [...this.#bySpan.values()].sort((a, b) => Number((a.start ?? 0n) - (b.start ?? 0n)));
    for (const { series, start, end, line } of ordered) {
      if (start === null || end === null) continue;
      if (start < (last.get(series) ?? start))
        refuse(this.#source, "two points of one series count the same time", line);
      last.set(series, end);
    }
    return ordered.map(({ point }) => point);
  }
}

/** Nanoseconds as protobuf's JSON has them: digits in quotes, or a number. */
export function nanosecondsOf(source: ImportSource, value: unknown, line: number | undefined): bigint | null {
  if (value === undefined || value === null || value === 0 || value === "0") return null;
  if (/^\d{1,20}$/.test(String(value))) return BigInt(String(value));
  return refuse(source, `${JSON.stringify(value)} is no time in nanoseconds`, line);
}
