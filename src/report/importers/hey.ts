import type { Importer } from "./importer.ts";
import { cutWarning, Failures, failureOf, isTime, refuse, tableOf, toNumber } from "./reading.ts";
import { Times } from "./times.ts";

const header = "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset";

/** `hey -o csv`: a row per response, seconds to 0.1 ms. Requests without a response are not in it. */
export const hey: Importer = {
  format: "hey",
  describes: "hey -o csv",
  detects: (head) => head.startsWith(header),
  read(source) {
    const table = tableOf(source);
    const [time, status] = [table.column("response-time"), table.column("status-code")];
    const times = new Times();
    const failures = new Failures();
    for (const { line, cells } of table.rows()) {
      const code = toNumber(cells[status]);
      if (!(code >= 100 && code < 600)) refuse(source, `"${cells[status]}" is not an HTTP status`, line);
      const kind = failureOf(code);
      const seconds = toNumber(cells[time]);
      if (!isTime(seconds)) refuse(source, `"${cells[time]}" is not a time in seconds`, line);
      if (kind === undefined) times.add(seconds);
      else failures.add(kind);
    }
    return {
      unit: "seconds, printed to 0.1 ms",
      omission: { status: "uncorrected", why: "hey is a closed loop of workers, and counts from the send" },
      series: [{ name: "latency", law: times.law(source), failed: failures.all() }],
      warnings: cutWarning(source),
    };
  },
};
