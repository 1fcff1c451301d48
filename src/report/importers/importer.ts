import type { Seconds } from "../../base/units.ts";
import type { FailureKind, OmissionStatus } from "../../scenario/answer.ts";
import type { Histogram } from "../../stats/histogram.ts";

/** A file to import, read as often and in as small pieces as its importer likes. */
export interface ImportSource {
  /** For messages. */
  readonly name: string;
  /** All of it as text; for formats that are one value, such as JSON. */
  text(): string;
  /** Line by line without line ends, for files of any size. */
  lines(): Iterable<string>;
  bytes(): Uint8Array;
  /** Whether the last line has its end; without it the file may have been cut. */
  readonly endsWithLineEnd: boolean;
}

/** Counts between two times; `low` = `high` is an atom, and `high` may be Infinity where nobody said how long the slowest took. */
export interface Bin {
  readonly low: Seconds;
  readonly high: Seconds;
  /** Of requests, or of shares where the file gives no counts. */
  readonly weight: number;
}

/** What a tool itself said, which an import must repeat. */
export interface Stated {
  readonly mean?: Seconds;
  readonly standardDeviation?: Seconds;
  readonly quantiles?: readonly { readonly q: number; readonly seconds: Seconds }[];
}

/** The law of a time as a file holds it. */
export type ImportedLaw =
  /** Every request's time. */
  | { readonly holds: "sample"; readonly seconds: Float64Array }
  /** Counts per range of times to three digits or better. */
  | { readonly holds: "histogram"; readonly fine: Histogram; readonly stated?: Stated }
  /** Counts per coarse range of times, or what lies between a few quantiles. `count` is null where the file has none. */
  | {
      readonly holds: "histogram" | "summary";
      readonly bins: readonly Bin[];
      readonly count: number | null;
      readonly stated?: Stated;
    };

/** One time that a file measures. */
export interface ImportedSeries {
  readonly name: string;
  readonly law: ImportedLaw;
  /** Requests that have no latency, by kind. */
  readonly failed: Readonly<Partial<Record<FailureKind, number>>>;
  /** Requests that the tool did not send in time and gave up. */
  readonly dropped?: number;
  /** Of requests of which it is known: how much of the latency the network took. */
  readonly network?: Float64Array;
}

export interface Imported {
  /** The figures' unit and step, in words. */
  readonly unit: string;
  readonly omission: { readonly status: OmissionStatus; readonly why: string };
  /** At least one. */
  readonly series: readonly ImportedSeries[];
  /** What a reader must know before trusting the figures, in sentences. */
  readonly warnings: readonly string[];
}

/** What the caller may know and the file does not. */
export interface ImportOptions {
  /** Of one step of a file whose unit is not stated (HdrHistogram: nanoseconds by default). */
  readonly unitSeconds?: Seconds | undefined;
  /** Which of several metrics to take, by its name. */
  readonly metric?: string | undefined;
  /** What the sender's own logs say of a request, by the target's name and the id of its event; undefined where they do not. */
  readonly sent?: ((target: string, id: string) => SentRequest | undefined) | undefined;
}

/** A request that was answered, as its sender saw it. */
export interface SentRequest {
  /** From the scheduled instant to the answer. */
  readonly latency: Seconds;
  /** From the scheduled instant to the send. */
  readonly lateness: Seconds;
}

export interface Importer {
  /** What `--format` says. */
  readonly format: string;
  /** In words, for lists and messages. */
  readonly describes: string;
  /** Whether a file that begins so (4 KiB or all of it) is of this format. */
  detects(head: string): boolean;
  /** @throws {InputError} saying what is wrong, where it is known with the line */
  read(source: ImportSource, options: ImportOptions): Imported;
}
