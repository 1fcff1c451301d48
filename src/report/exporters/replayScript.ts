import { InputError } from "../../base/check.ts";
import type { LiveSpec, Scenario, TargetSpec } from "../../scenario/scenario.ts";

/** What a script is told of the schedule that it replays. */
export interface ReplayedSchedule {
  /** The CSV's name, which stands beside the script. */
  readonly file: string;
  readonly requests: number;
  readonly lastSeconds: number;
  /** The most requests in any one second. */
  readonly perSecondMost: number;
}

/** Load tools that a schedule can be written for. */
export const replayTools = ["k6", "vegeta", "fortio"] as const;
export type ReplayTool = (typeof replayTools)[number];

/**
 * A script that sends a schedule's requests with another tool, as `replay` sends them.
 *
 * k6 keeps every instant: its users wait for their requests' turns. vegeta and fortio know constant rates and one request only, so they
 * take `deterministic` arrivals without anything that differs from request to request, and leave the events' headers (`ce-…`) out.
 *
 * @throws {InputError} where the tool cannot send these arrivals or requests, or no URL is known
 */
export function replayScript(tool: ReplayTool, scenario: Scenario, schedule: ReplayedSchedule, url?: string): string {
  const target = scenario.targets.find(({ live }) => live?.url !== undefined) ?? scenario.targets[0]!;
  const address = url ?? target.live?.url;
  if (address === undefined) refuse("no URL is known: write live: { url } on a target, or name one with --url");
  const request = requestOf(target, address);
  if (tool === "k6") return k6Script(scenario, schedule, request);
  const { arrivals } = scenario;
  if (arrivals.kind !== "deterministic") {
    refuse(
      `${tool} sends at a constant rate only, and these arrivals are ${arrivals.kind}: use k6, or coldcast replay`,
    );
  }
  if (place.test(JSON.stringify(request)))
    refuse(`${tool} cannot fill in {…} for each request: use k6, or coldcast replay`);
  const head = `#!/bin/sh\n# ${oneLine(scenario.name)}: ${tool} counts from the send, and sends no event's headers (ce-…);`;
  const rate = Number((1 / arrivals.interval).toPrecision(12));
  if (tool === "vegeta") {
    // As many targets as requests, and no duration: of that, a late last one would be left out.
    const targets = `yes '${vegetaTarget(request)}' | head -n ${schedule.requests}`;
    return `${head} coldcast import reads results.gob.\n${targets} | vegeta attack -lazy -format=json -rate=${fraction(rate)} > results.gob\n`;
  }
  const headers = Object.entries(request.headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)} `);
  const body = request.body === null ? "" : `-payload ${quoted(request.body)} `;
  return `${head} one connection keeps the interval as long as no answer takes longer.\nfortio load -qps ${rate} -c 1 -n ${schedule.requests} -X ${quoted(request.method)} ${headers.join("")}${body}-json result.json ${quoted(request.url)}\n`;
}

/** What is sent, with its places {workMs}, {workSeconds}, {id} and {scheduledAt} left open. */
interface ScriptedRequest {
  readonly method: string;
  readonly url: string;
  /** The scenario's own; the events' come on top. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly workIs: string;
}

const place = /\{(?:workMs|workSeconds|id|scheduledAt)\}/;

function requestOf(target: TargetSpec, address: string): ScriptedRequest {
  const { path, query = {}, method = "POST", headers = {}, body = null } = target.live ?? ({} as LiveSpec);
  const url = new URL(address);
  const pairs = new Map(url.searchParams);
  for (const [name, value] of Object.entries(query)) pairs.set(name, value);
  const search = [...pairs].map(([name, value]) => `${encodeURIComponent(name)}=${encoded(value)}`).join("&");
  const lowered = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    method,
    url: `${url.origin}${path ?? url.pathname}${search === "" ? "" : `?${search}`}`,
    headers: Object.fromEntries(lowered),
    body,
    workIs: "workIs" in target ? target.workIs : "io",
  };
}

/** Places stay as they are: what comes into them needs no escape. */
const encoded = (text: string): string =>
  text
    .split(/(\{(?:workMs|workSeconds|id|scheduledAt)\})/)
    .map((part) => (place.test(part) ? part : encodeURIComponent(part)))
    .join("");

/** In JSON a quote that would end the shell's can be written otherwise. */
function vegetaTarget({ method, url, headers, body }: ScriptedRequest): string {
  const header = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const base64 = body === null ? {} : { body: btoa(String.fromCharCode(...new TextEncoder().encode(body))) };
  return JSON.stringify({ method, url, header, ...base64 }).replaceAll("'", "\\u0027");
}

/** Whole requests per whole seconds, as vegeta wants them. */
function fraction(rate: number): string {
  for (const seconds of [1, 2, 5, 10, 60, 100, 1000, 3600]) {
    const requests = rate * seconds;
    if (Math.abs(requests - Math.round(requests)) < 1e-9 * requests) return `${Math.round(requests)}/${seconds}s`;
  }
  return refuse(`vegeta takes whole requests per whole seconds, and the rate is ${rate} a second`);
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** A name must not end the comment that it stands in. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ");

function k6Script(scenario: Scenario, schedule: ReplayedSchedule, request: ScriptedRequest): string {
  const { workIs, headers, ...rest } = request;
  const event = {
    "ce-id": "{id}",
    "ce-source": `/coldcast/${encodeURIComponent(scenario.name)}`,
    "ce-specversion": "1.0",
    "ce-type": "coldcast.work",
    "ce-workis": workIs,
    "ce-workseconds": "{workSeconds}",
  };
  const users = Math.min(2000, Math.max(20, 4 * schedule.perSecondMost));
  return `// ${oneLine(scenario.name)}: ${schedule.requests} requests at the instants of ${schedule.file}.
// k6 run THIS_FILE. More users (VUS=…) where "lateness" is not small: a user is busy until its answer is there.
import http from "k6/http";
import exec from "k6/execution";
import { sleep } from "k6";
import { SharedArray } from "k6/data";
import { Trend } from "k6/metrics";

const requests = new SharedArray("requests", () =>
  open(${JSON.stringify(schedule.file)}).trim().split("\\n").slice(1).map((row) => row.split(",").map(Number)));
const live = ${JSON.stringify({ ...rest, headers: { ...event, ...headers } })};

/** From the scheduled instant, unlike http_req_duration. */
const latency = new Trend("latency_from_schedule", true);
const lateness = new Trend("lateness", true);

export const options = {
  discardResponseBodies: true,
  scenarios: {
    replay: { executor: "shared-iterations", vus: Number(__ENV.VUS || ${users}), iterations: requests.length, maxDuration: "${Math.ceil(schedule.lastSeconds) + 600}s" },
  },
};

export function setup() {
  return { start: now() + 1000 };
}

/** Milliseconds since the run began, of a clock that nobody sets. */
function now() {
  return exec.instance.currentTestRunDuration;
}

function replay({ start }) {
  const id = exec.scenario.iterationInTest;
  const [at, work] = requests[id];
  const fill = (text) => text
    .replaceAll("{workMs}", String(Number((work * 1000).toPrecision(12))))
    .replaceAll("{workSeconds}", String(work))
    .replaceAll("{id}", String(id))
    .replaceAll("{scheduledAt}", String(at));
  const due = start + 1000 * at;
  const wait = (due - now()) / 1000;
  if (wait > 0) sleep(wait);
  lateness.add(now() - due);
  const body = live.body === null ? null : fill(live.body);
  const headers = {};
  for (const name in live.headers) headers[name] = fill(live.headers[name]);
  http.request(live.method, fill(live.url), body, { headers });
  latency.add(now() - due);
}

export { replay as default };
`;
}

function refuse(message: string): never {
  throw new InputError("schedule", [{ path: "", message }]);
}
