import { CloudEvent, HTTP } from "cloudevents";
import type { Seconds } from "../base/units.ts";

/** What a function is asked for, as attributes of a CloudEvent. */
export interface WorkEvent {
  readonly id: string;
  /** URI reference of the sender: the scenario. */
  readonly source: string;
  readonly time: Date;
  readonly workSeconds: Seconds;
  readonly workIs: "io" | "cpu";
}

/**
 * The HTTP headers of a work event in CloudEvents' binary mode: the work is in the extensions `workseconds` and `workis`,
 * so that a function needs no body.
 *
 * About 6 µs: call it before the send instant.
 *
 * @see CloudEvents 1.0.2, HTTP protocol binding, §3.1
 */
export function workEventHeaders({ id, source, time, workSeconds, workIs }: WorkEvent): Record<string, string> {
  const event = new CloudEvent(
    { id, source, time: time.toISOString(), type: "coldcast.work", workseconds: String(workSeconds), workis: workIs },
    false, // the attributes are ours and well formed; the check would load a schema compiler
  );
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(HTTP.binary(event).headers)) headers[name] = String(value);
  delete headers["content-type"]; // there is no data that it could describe
  return headers;
}
