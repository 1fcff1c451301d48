import { Pool } from "undici";
import type { Seconds } from "../../base/units.ts";
import { monotonicSeconds } from "../monotonic.ts";
import { OccupancyRecorder } from "../occupancy.ts";
import { protocol } from "../protocol.ts";
import { type Child, startChild, wasmFlags } from "./child.ts";
import type { PodConfig } from "./pod.ts";

/** One process: ordered → ready (its probe passed) → gone; `draining` takes no more requests. */
export interface Pod {
  readonly id: string;
  readonly orderedAt: Seconds;
  readyAt: Seconds;
  state: "starting" | "ready" | "draining" | "gone";
  inFlight: number;
}

/** What a pod said to one request, as headers to pass on. */
export interface PodReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

interface Running extends Pod {
  readonly child: Child<{ readonly port: number }>;
  connections: Pool | undefined;
}

/** Between two probes of a pod that listens but has not answered yet. */
const probeMs = 2;

/**
 * The pods of one target: real processes, started and stopped on order, with the count of them over time.
 *
 * It decides nothing; `onReady` and `onGone` tell whoever does.
 */
export class PodPool {
  readonly #options: { readonly name: string; readonly workIs: "io" | "cpu"; readonly roundsPerSecond: number };
  readonly #pods: Running[] = [];
  #ordered = 0;
  #zero: Seconds = Number.NaN;
  #recorder = new OccupancyRecorder({ fromSeconds: 0, toSeconds: 0 });
  onReady: (pod: Pod) => void = () => {};
  /** It crashed; a pod that was told to stop is not news. */
  onGone: (pod: Pod, complaint: string) => void = () => {};

  constructor(options: { readonly name: string; readonly workIs: "io" | "cpu"; readonly roundsPerSecond: number }) {
    this.#options = options;
  }

  /** Pods that are not gone, in order of their order. */
  get pods(): readonly Pod[] {
    return this.#pods;
  }

  /** Starts the time averages: `zero` is the schedule's zero on the monotonic clock. */
  begin(zero: Seconds, span: { readonly fromSeconds: Seconds; readonly toSeconds: Seconds }): void {
    this.#zero = zero;
    this.#recorder = new OccupancyRecorder({ ...span, level: this.#level() });
    for (const pod of this.#pods) {
      if (pod.state === "ready") this.#recorder.started(pod.orderedAt - zero, pod.readyAt - pod.orderedAt);
    }
  }

  report(): ReturnType<OccupancyRecorder["report"]> {
    return this.#recorder.report(monotonicSeconds() - this.#zero);
  }

  order(): Pod {
    const id = `${this.#options.name}-${this.#ordered++}`;
    const { workIs, roundsPerSecond } = this.#options;
    const config: PodConfig = { id, workIs, roundsPerSecond };
    const child = startChild<{ readonly port: number }>("pod", config, workIs === "cpu" ? wasmFlags : []);
    const pod: Running = {
      id,
      orderedAt: child.orderedAt,
      readyAt: Number.NaN,
      state: "starting",
      inFlight: 0,
      child,
      connections: undefined,
    };
    this.#pods.push(pod);
    this.#count();
    child.onMessage(({ port }) => void this.#probe(pod, port));
    void child.gone.then((complaint) => {
      const crashed = pod.state === "starting" || pod.state === "ready";
      this.#remove(pod);
      if (crashed) this.onGone(pod, complaint);
    });
    return pod;
  }

  /** Ends a pod: at once if nothing runs in it, otherwise after its last answer. */
  stop(pod: Pod): void {
    if (pod.state === "gone") return;
    pod.state = "draining";
    this.#count();
    if (pod.inFlight === 0) this.#end(pod);
  }

  /** Passes one request on; the slot is taken from now until `done`. */
  forward(pod: Pod, headers: Readonly<Record<string, string>>, done: (reply: PodReply) => void): void {
    const { connections } = pod as Running;
    pod.inFlight++;
    this.#count();
    const finish = (reply: PodReply): void => {
      pod.inFlight--;
      if (pod.state === "draining" && pod.inFlight === 0) this.#end(pod);
      this.#count();
      done(reply);
    };
    if (connections === undefined || pod.state === "gone") {
      queueMicrotask(() => finish(brokenReply));
      return;
    }
    let reply = brokenReply;
    connections.dispatch(
      { method: "POST", path: "/", headers },
      {
        onRequestStart: () => {},
        onResponseStart: (_, status, received) => {
          reply = { status, headers: { ...ownHeaders(received), ...describe(pod) } };
        },
        onResponseData: () => {},
        onResponseEnd: () => finish(reply),
        onResponseError: () => finish(brokenReply),
      },
    );
  }

  /** Ends all at once. */
  stopAll(): void {
    for (const pod of [...this.#pods]) this.#end(pod);
  }

  async #probe(pod: Running, port: number): Promise<void> {
    pod.connections = new Pool(`http://127.0.0.1:${port}`, {
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 600e3,
      keepAliveMaxTimeout: 3600e3,
    });
    while (pod.state === "starting") {
      const passed = await pod.connections
        .request({ method: "GET", path: protocol.readyPath })
        .then(async ({ statusCode, body }) => {
          await body.dump();
          return statusCode === 200;
        })
        .catch(() => false);
      if (pod.state !== "starting") return;
      if (passed) {
        pod.readyAt = monotonicSeconds();
        pod.state = "ready";
        this.#recorder.started(pod.orderedAt - this.#zero, pod.readyAt - pod.orderedAt);
        this.#count();
        this.onReady(pod);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, probeMs));
    }
  }

  #end(pod: Pod): void {
    const { child } = pod as Running;
    this.#remove(pod as Running);
    child.kill();
  }

  #remove(pod: Running): void {
    if (pod.state === "gone") return;
    pod.state = "gone";
    this.#pods.splice(this.#pods.indexOf(pod), 1);
    void pod.connections?.destroy().catch(() => {});
    this.#count();
  }

  #level(): { starting: number; ready: number; busy: number } {
    let starting = 0;
    let ready = 0;
    let busy = 0;
    for (const { state, inFlight } of this.#pods) {
      if (state === "starting") starting++;
      else ready++;
      if (inFlight > 0) busy++;
    }
    return { starting, ready, busy };
  }

  #count(): void {
    if (!Number.isNaN(this.#zero)) this.#recorder.change(monotonicSeconds() - this.#zero, this.#level());
  }
}

const brokenReply: PodReply = { status: 502, headers: {} };

/** The protocol's headers of an answer; the rest belongs to one hop only. */
function ownHeaders(received: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const own: Record<string, string> = {};
  for (const name of [protocol.workDone, protocol.checksum, protocol.outcome]) {
    const value = received[name];
    if (value !== undefined) own[name] = String(value);
  }
  return own;
}

/** Which instance served, since when, and how long it took to start: the rig knows, the pod does not. */
const describe = (pod: Pod): Record<string, string> => ({
  [protocol.instance]: pod.id,
  [protocol.started]: String(pod.readyAt),
  [protocol.start]: String(pod.readyAt - pod.orderedAt),
});
