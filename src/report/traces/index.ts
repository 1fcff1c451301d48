import { headOf, type ImportSource } from "../importers/index.ts";
import { refuse } from "../importers/reading.ts";
import { anyCsv } from "./anyCsv.ts";
import { azure2019 } from "./azure2019.ts";
import { azure2021 } from "./azure2021.ts";
import { azureLlm } from "./azureLlm.ts";
import { huawei } from "./huawei.ts";
import { huawei2025 } from "./huawei2025.ts";
import { ibm } from "./ibm.ts";
import type { TraceFormat, TraceOptions, TraceRequest } from "./traceFormat.ts";

export type { TraceOptions, TraceRequest } from "./traceFormat.ts";

/** Every trace that can be read as arrivals. Adding one: a file, and a line here. */
export const traceFormats: readonly TraceFormat[] = [azure2019, azure2021, azureLlm, huawei, huawei2025, ibm, anyCsv];

/**
 * The requests of a trace in order of time, in the format named or in the one its beginning tells; any CSV where a column is named.
 *
 * @throws {InputError} when no format fits; while reading, at the line that is wrong
 */
export function readTrace(
  source: ImportSource,
  { format, ...options }: TraceOptions & { readonly format?: string | undefined },
): { readonly requests: Iterable<TraceRequest>; readonly format: TraceFormat } {
  const wanted = format ?? (options.column === undefined ? undefined : anyCsv.format);
  const found =
    wanted === undefined
      ? traceFormats.find((known) => known.detects(headOf(source)))
      : traceFormats.find((known) => known.format === wanted);
  if (found === undefined) {
    if (wanted === undefined && headOf(source).trim() === "") refuse(source, "is empty");
    const known = traceFormats.map((each) => each.format).join(", ");
    return refuse(
      source,
      wanted === undefined
        ? `is of no trace known; name one with --format: ${known}, or a --column`
        : `no trace "${wanted}"; known are ${known}`,
    );
  }
  return { requests: found.requests(source, options), format: found };
}
