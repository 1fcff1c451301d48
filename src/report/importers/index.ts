import { abGnuplot, abPercentiles } from "./ab.ts";
import { artillery } from "./artillery.ts";
import { autocannon } from "./autocannon.ts";
import { fortio } from "./fortio.ts";
import { hdrBase64, hdrLog } from "./hdr.ts";
import { hey } from "./hey.ts";
import { hgrm } from "./hgrm.ts";
import { huaweiStarts } from "./huaweiStarts.ts";
import { hubble } from "./hubble.ts";
import { ibm } from "./ibm.ts";
import type { Imported, Importer, ImportOptions, ImportSource } from "./importer.ts";
import { invitro } from "./invitro.ts";
import { k6Csv, k6Json } from "./k6.ts";
import { k6Summary } from "./k6Summary.ts";
import { kperf } from "./kperf.ts";
import { locust } from "./locust.ts";
import { nighthawk } from "./nighthawk.ts";
import { oha } from "./oha.ts";
import { otel } from "./otel.ts";
import { prometheus } from "./prometheus.ts";
import { refuse } from "./reading.ts";
import { vegetaCsv, vegetaGob, vegetaJson } from "./vegeta.ts";
import { vegetaReport } from "./vegetaReport.ts";
import { wrk } from "./wrk.ts";

export type { ImportOptions, ImportSource } from "./importer.ts";

/** Every format that can be imported, in the order in which a file is tried. Adding one: a file, and a line here. */
export const importers: readonly Importer[] = [
  hey,
  abGnuplot,
  abPercentiles,
  locust,
  invitro,
  kperf,
  huaweiStarts,
  ibm,
  hubble,
  k6Csv,
  k6Json,
  vegetaCsv,
  vegetaJson,
  vegetaReport,
  vegetaGob,
  hdrLog,
  hdrBase64,
  hgrm,
  wrk,
  otel,
  prometheus,
  fortio,
  autocannon,
  oha,
  artillery,
  nighthawk,
  k6Summary,
];

/** How much of a file is looked at to tell its format. */
const headLength = 4096;

/**
 * A file of another tool, in the format named or in the one its beginning tells.
 *
 * @throws {InputError} when no importer knows the file, or the file is not whole
 */
export function importFile(
  source: ImportSource,
  { format, ...options }: ImportOptions & { readonly format?: string | undefined } = {},
): { readonly imported: Imported; readonly importer: Importer } {
  const head = headOf(source);
  if (isUtf16(head)) refuse(source, "is text in UTF-16, as a Windows shell writes it; save it as UTF-8");
  const importer =
    format === undefined
      ? importers.find((known) => known.detects(head))
      : importers.find((known) => known.format === format);
  if (importer === undefined) {
    if (format === undefined && head.trim() === "") refuse(source, "is empty");
    const known = importers.map((each) => each.format).join(", ");
    return refuse(
      source,
      format === undefined
        ? `is of no format known; name one with --format: ${known}`
        : `no format "${format}"; known are ${known}`,
    );
  }
  return { imported: importer.read(source, options), importer };
}

/** Read as UTF-8 its byte order mark is no text, and every other byte of plain text is zero. */
const isUtf16 = (head: string): boolean => /^(\uFFFD{2}.?\0|[^\0]\0[^\0]\0|\0[^\0]\0[^\0])/.test(head);

/** The beginning of a file, from which its format is told. */
export function headOf(source: ImportSource): string {
  let head = "";
  for (const line of source.lines()) {
    head += `${line}\n`;
    if (head.length >= headLength) break;
  }
  return head.slice(0, headLength);
}
