import { InputError } from "../../base/check.ts";
import type { LiveSpec, Scenario } from "../../scenario/scenario.ts";

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
 * A script that sends a schedule's requests with another tool.
 *
 * k6 keeps every instant: its users wait for their requests' turns. vegeta and fortio know constant rates only, so they take `deterministic`
 * arrivals and nothing else.
 *
 * @throws {InputError} where the tool cannot send these arrivals, or no URL is known
 */
export function replayScript(tool: ReplayTool, scenario: Scenario, schedule: ReplayedSchedule, url?: string): string {
  const live =
    scenario.targets.find((target) => target.live?.url !== undefined)?.live ?? scenario.targets[0]!.live ?? {};
  const address = url ?? live.url;
  if (address === undefined) refuse("no URL is known: write live: { url } on a target, or name one with --url");
  const template = templateOf(live, address);
  if (tool === "k6") return k6Script(scenario, schedule, { ...live, url: template });
  const { arrivals } = scenario;
  if (arrivals.kind !== "deterministic") {
    refuse(
      `${tool} sends at a constant rate only, and these arrivals are ${arrivals.kind}: use k6, or coldcast replay`,
    );
  }
  if (template.includes("{")) refuse(`${tool} cannot fill in {…} for each request: use k6, or coldcast replay`);
  const rate = Number((1 / arrivals.interval).toPrecision(12));
  return tool === "vegeta"
    ? `#!/bin/sh\n# ${scenario.name}: vegeta counts from the send; coldcast import reads results.gob.\necho '${method(live)} ${quoted(template)}' | vegeta attack -rate=${fraction(rate)} -duration=${Math.ceil(schedule.lastSeconds)}s > results.gob\n`
    : `#!/bin/sh\n# ${scenario.name}: fortio counts from the send; one connection keeps the interval as long as no answer takes longer.\nfortio load -qps ${rate} -c 1 -n ${schedule.requests} -json result.json '${quoted(template)}'\n`;
}

/** Whole requests per whole seconds, as vegeta wants them. */
function fraction(rate: number): string {
  for (const seconds of [1, 2, 5, 10, 60, 100, 1000, 3600]) {
    const requests = rate * seconds;
    if (Math.abs(requests - Math.round(requests)) < 1e-9 * requests) return `${Math.round(requests)}/${seconds}s`;
  }
  return refuse(`vegeta takes whole requests per whole seconds, and the rate is ${rate} a second`);
}

const method = ({ method: own = "GET" }: LiveSpec): string => own;
const quoted = (text: string): string => text.replaceAll("'", "%27");

/** The address with path and query, where {workMs}, {workSeconds}, {id} and {scheduledAt} are left to the script. */
function templateOf({ path, query = {} }: LiveSpec, url: string): string {
  const base = path === undefined ? url : `${url.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`;
  const pairs = Object.entries(query).map(([key, value]) => `${encodeURIComponent(key)}=${value}`);
  return pairs.length === 0 ? base : `${base}${base.includes("?") ? "&" : "?"}${pairs.join("&")}`;
}

function k6Script(scenario: Scenario, schedule: ReplayedSchedule, live: LiveSpec): string {
  const users = Math.min(2000, Math.max(20, 4 * schedule.perSecondMost));
  return `// ${scenario.name}: ${schedule.requests} requests at the instants of ${schedule.file}.
// k6 run THIS_FILE. More users (VUS=…) where "lateness" is not small: a user is busy until its answer is there.
import http from "k6/http";
import exec from "k6/execution";
import { sleep } from "k6";
import { SharedArray } from "k6/data";
import { Trend } from "k6/metrics";

const requests = new SharedArray("requests", () =>
  open(${JSON.stringify(schedule.file)}).trim().split("\\n").slice(1).map((row) => row.split(",").map(Number)));
const live = ${JSON.stringify({ method: method(live), url: live.url, headers: live.headers ?? {}, body: live.body ?? null })};

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
  http.request(live.method, fill(live.url), body, { headers: live.headers });
  latency.add(now() - due);
}

export { replay as default };
`;
}

function refuse(message: string): never {
  throw new InputError("schedule", [{ path: "", message }]);
}
