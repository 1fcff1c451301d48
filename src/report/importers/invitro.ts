import type { Importer } from "./importer.ts";
import { cutWarning, Failures, isTime, refuse, tableOf, toNumber } from "./reading.ts";
import { Times } from "./times.ts";

/** The record of the In-Vitro loader: a row per invocation, microseconds. */
export const invitro: Importer = {
  format: "invitro",
  describes: "In-Vitro experiment record (CSV)",
  detects: (head) => {
    const header = head.split("\n")[0]!;
    return header.includes("invocationID") && header.includes("responseTime") && header.includes("requestedDuration");
  },
  read(source) {
    const table = tableOf(source);
    const [time, connection, late] = ["responseTime", "connectionTimeout", "functionTimeout"].map((name) =>
      table.column(name),
    );
    const times = new Times();
    const failures = new Failures();
    for (const { line, cells } of table.rows()) {
      const seconds = toNumber(cells[time!]) / 1e6;
      if (!isTime(seconds)) refuse(source, `"${cells[time!]}" is not a time in µs`, line);
      const flags = [connection!, late!].map((column) => flagOf(cells[column]!));
      if (flags.includes(undefined)) refuse(source, "timeouts must be true or false", line);
      if (flags.includes(true)) failures.add("timeout");
      else times.add(seconds);
    }
    return {
      unit: "microseconds, whole",
      omission: {
        status: "uncorrected",
        why: "In-Vitro starts each invocation on its schedule, and counts from the send",
      },
      series: [{ name: "responseTime", law: times.law(source), failed: failures.all() }],
      warnings: cutWarning(source),
    };
  },
};

const flagOf = (text: string): boolean | undefined =>
  text.toLowerCase() === "true" ? true : text.toLowerCase() === "false" ? false : undefined;
