import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { OutcomeLog } from "../../src/live/outcomes.ts";
import type { Schedule } from "../../src/scenario/schedule.ts";
import { parseScheduleCsv } from "../../src/scenario/schedule.ts";

/** A recorded pod; seconds since the schedule's zero at which it was seen in each state, NaN where it was not. */
export interface RecordedPod {
  readonly name: string;
  readonly created: number;
  readonly scheduled: number;
  /** Seen with an address, which its kubelet had told of. */
  readonly told: number;
  readonly ready: number;
  readonly deleting: number;
  readonly deleted: number;
  /** When its process began, in seconds of the Unix clock. */
  readonly processUnix: number;
  /** When it could first serve: what its first request waited for, else when it was seen ready. */
  readonly serves: number;
}

/** A replay recorded on a real cluster. */
export interface Recording {
  readonly schedule: Schedule;
  /** The last scheduled instant. */
  readonly seconds: number;
  readonly outcomes: OutcomeLog;
  readonly pods: readonly RecordedPod[];
}

type Row = Readonly<Record<string, string>>;

/** Reads `NAME.requests.csv.gz` and, where there is one, `NAME.pods.csv.gz` of a folder. */
export function readRecording(folder: URL, name: string, hasPods: boolean): Recording {
  const requests = csvRows(new URL(`${name}.requests.csv.gz`, folder));
  const csv = [
    "at_seconds,work_seconds",
    ...requests.map(({ at_seconds, work_seconds }) => `${at_seconds},${work_seconds}`),
  ];
  const pods = hasPods ? recordedPods(csvRows(new URL(`${name}.pods.csv.gz`, folder)), requests) : [];
  return {
    schedule: { ...parseScheduleCsv(csv.join("\n"), name), name },
    seconds: number(requests.at(-1)!.at_seconds),
    outcomes: outcomeLog(requests, pods),
    pods,
  };
}

function recordedPods(rows: readonly Row[], requests: readonly Row[]): RecordedPod[] {
  const firstService = new Map<string, number>();
  const processUnix = new Map<string, number>();
  for (const request of requests) {
    const name = request.instance!;
    processUnix.set(name, number(request.started_unix_ms) / 1e3);
    firstService.set(name, Math.min(firstService.get(name) ?? Infinity, serviceStart(request)));
  }
  return rows.map((row) => {
    const ready = number(row.ready_seconds);
    const first = firstService.get(row.pod!);
    return {
      name: row.pod!,
      created: number(row.created_seconds),
      scheduled: number(row.scheduled_seconds),
      told: number(row.ip_seconds ?? row.started_seconds),
      processUnix: processUnix.get(row.pod!) ?? Number.NaN,
      ready,
      deleting: number(row.deleting_seconds),
      deleted: number(row.deleted_seconds),
      // Kubernetes may say ready later than the activator sends, and a probe that just missed says so ten seconds later.
      serves: first === undefined ? ready : Number.isNaN(ready) ? first : Math.min(ready, first),
    };
  });
}

function outcomeLog(requests: readonly Row[], pods: readonly RecordedPod[]): OutcomeLog {
  const podOf = new Map(pods.map((pod) => [pod.name, pod]));
  const log = new OutcomeLog({
    at: Float64Array.from(requests, ({ at_seconds }) => number(at_seconds)),
    work: Float64Array.from(requests, ({ work_seconds }) => number(work_seconds)),
  });
  for (const [i, request] of requests.entries()) {
    const pod = podOf.get(request.instance ?? "");
    log.set(i, {
      latenessSeconds: number(request.lateness_seconds),
      latencySeconds: number(request.latency_seconds),
      outcome: request.status === "200" ? "completed" : "http5xx",
      status: number(request.status),
      workDoneSeconds: request.inside_ms ? number(request.inside_ms) / 1e3 : undefined,
      instance: request.instance === "" ? undefined : request.instance,
      cold: pod && pod.serves > number(request.at_seconds),
      startSeconds: pod && pod.serves - pod.created,
    });
  }
  return log;
}

/** When the function began with a request, as far as the answer and its own clock tell. */
function serviceStart({ at_seconds, latency_seconds, inside_ms }: Row): number {
  return number(at_seconds) + number(latency_seconds) - number(inside_ms) / 1e3;
}

function csvRows(file: URL): Row[] {
  const [header, ...lines] = gunzipSync(readFileSync(file)).toString("utf8").trim().split(/\r?\n/);
  const names = header!.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""]));
  });
}

function number(cell: string | undefined): number {
  return cell === undefined || cell === "" ? Number.NaN : Number(cell);
}
