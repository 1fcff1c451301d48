import { csvExport } from "./csvExport.ts";
import type { Exporter } from "./exporter.ts";
import { hgrmExport, hlogExport } from "./hdrExport.ts";
import { junitExport } from "./junitExport.ts";
import { markdownExport } from "./markdownExport.ts";
import { openMetricsExport } from "./openMetricsExport.ts";
import { parquetExport } from "./parquetExport.ts";

export type { Reported } from "./exporter.ts";

/** Everything that answers can be written as, beside HTML and JSON. Adding one: a file, and a line here. */
export const exporters: readonly Exporter[] = [
  csvExport,
  parquetExport,
  markdownExport,
  junitExport,
  openMetricsExport,
  hgrmExport,
  hlogExport,
];
