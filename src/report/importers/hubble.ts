import type { Seconds } from "../../base/units.ts";
import { type HubbleFlow, hubbleLine } from "./hubbleFlow.ts";
import type { ImportedSeries, Importer, ImportOptions, ImportSource } from "./importer.ts";
import { cutWarning, Failures, failureOf, refuse } from "./reading.ts";
import { Times } from "./times.ts";

/**
 * Requests that Cilium's proxies saw: `hubble observe -o jsonpb`, a flow a line, HTTP and Kafka.
 *
 * A request and its response are one call, by `x-request-id` or `traceparent`, else by their connection in its order. Where
 * the proxies of both sides saw it, the client's time is the latency and what it has more than the server's is network.
 * Where the sender's own log is at hand, it is the client, and its requests are found by the id of their events.
 *
 * @see cilium/cilium api/v1/flow/flow.proto; pkg/hubble/parser/seven (what a flow of requests holds)
 */
export const hubble: Importer = {
  format: "hubble",
  describes: "hubble observe -o jsonpb (Cilium): L7 flows of HTTP and Kafka",
  detects: (head) =>
    /^\s*\{"(flow|lost_events|lostEvents|node_status|nodeStatus|agent_event|agentEvent)":\s*\{/.test(head) ||
    /^\s*\{"time":"[^"]+",.*"verdict":"/.test(head),
  read(source, { metric, sent }) {
    const calls = new Calls(source, sent);
    let line = 0;
    for (const row of source.lines()) {
      line++;
      if (row.trim() === "") continue;
      const seen = hubbleLine(source, row, line);
      if (seen !== null && "lost" in seen) calls.lost += seen.lost;
      else if (seen !== null) calls.add(seen);
    }
    const series = calls.series().filter(({ name }) => metric === undefined || name === metric);
    if (series.length === 0) {
      const has = [...new Set(calls.series().map(({ name }) => name))].join(", ");
      if (metric !== undefined && has !== "") refuse(source, `has no "${metric}"; it has ${has}`);
      refuse(source, "holds no answered request of HTTP or Kafka: Hubble sees them only where an L7 policy applies");
    }
    return {
      unit: "nanoseconds",
      omission:
        sent === undefined
          ? { status: "uncorrected", why: "a proxy counts from when it has the request, and a stall before that hides" }
          : { status: "scheduled", why: "as the sender's log has it; Hubble tells what the network took of it" },
      series,
      warnings: [...calls.warnings(), ...cutWarning(source)],
    };
  },
};

/** A request with its response, as one side's proxy saw them. */
interface Seen {
  readonly flow: HubbleFlow;
  readonly seconds: Seconds;
  readonly endNs: bigint;
  readonly failure: ReturnType<typeof failureOf> | "rejected";
}

/** Puts flows together to calls, and calls of both sides to requests. */
class Calls {
  lost = 0;
  /** Requests without a response yet; of one connection in their order. */
  readonly #open = new Map<string, HubbleFlow[]>();
  readonly #seen: Seen[] = [];
  readonly #source: ImportSource;
  readonly #sent: ImportOptions["sent"];
  #strayResponses = 0;
  #joinedByTime = 0;
  #notSent = 0;
  #series: readonly ImportedSeries[] | null = null;

  constructor(source: ImportSource, sent: ImportOptions["sent"]) {
    this.#source = source;
    this.#sent = sent;
  }

  add(flow: HubbleFlow): void {
    const key = `${flow.seenBy} ${flow.server} ${flow.key}`;
    if (flow.type === "request" && flow.isDropped) {
      this.#seen.push({ flow, seconds: 0, endNs: flow.atNs, failure: "rejected" });
      return;
    }
    const waiting = this.#open.get(key);
    if (flow.type === "request") {
      if (waiting === undefined) this.#open.set(key, [flow]);
      else waiting.push(flow);
      return;
    }
    const request = waiting?.shift();
    if (waiting?.length === 0) this.#open.delete(key);
    const took = flow.latencyNs > 0n ? flow.latencyNs : request === undefined ? -1n : flow.atNs - request.atNs;
    if (took < 0n) {
      this.#strayResponses++;
      return;
    }
    const start = request ?? { ...flow, atNs: flow.atNs - took };
    this.#seen.push({ flow: start, seconds: Number(took) / 1e9, endNs: flow.atNs, failure: failureOf(flow.status) });
  }

  series(): readonly ImportedSeries[] {
    this.#series ??= this.#made();
    return this.#series;
  }

  #made(): readonly ImportedSeries[] {
    const serverSide = this.#seen.filter(({ flow }) => flow.seenBy === "server");
    const byServer = this.#partners(serverSide);
    const used = new Set<Seen>();
    const kept: Kept = new Map();
    const keep = (seen: Seen, inner: Seen | undefined): void => {
      const { series } = seen.flow;
      const into = kept.get(series) ?? { times: new Times(), network: new Times(), failures: new Failures() };
      kept.set(series, into);
      if (seen.failure !== undefined) into.failures.add(seen.failure);
      else {
        into.times.add(seen.seconds);
        if (inner !== undefined) into.network.add(seen.seconds - inner.seconds);
      }
    };
    if (this.#sent !== undefined) {
      for (const seen of serverSide) this.#keepSent(seen, keep);
      return listed(kept, this.#source);
    }
    for (const seen of this.#seen.filter(({ flow }) => flow.seenBy === "client")) {
      const inner = byServer(seen);
      if (inner !== undefined) used.add(inner);
      keep(seen, inner);
    }
    for (const seen of serverSide) if (!used.has(seen)) keep(seen, undefined);
    return listed(kept, this.#source);
  }

  /** A request with its sender's own times; what it had to wait before the send is none of the network's. */
  #keepSent(seen: Seen, keep: (seen: Seen, inner: Seen | undefined) => void): void {
    const { series, eventId } = seen.flow;
    const own = eventId === "" ? undefined : this.#sent?.(series, eventId);
    if (own === undefined) this.#notSent++;
    else keep({ ...seen, seconds: own.latency }, { ...seen, seconds: own.lateness + seen.seconds });
  }

  /** What the server's side saw of a call that the client's side saw: by its id, else by pod, request and time. */
  #partners(serverSide: readonly Seen[]): (seen: Seen) => Seen | undefined {
    const byId = new Map<string, Seen>();
    const byRequest = new Map<string, Seen[]>();
    for (const seen of serverSide) {
      const { hasId, server, key, what } = seen.flow;
      if (hasId) byId.set(`${server} ${key}`, seen);
      else byRequest.set(`${server} ${what}`, [...(byRequest.get(`${server} ${what}`) ?? []), seen]);
    }
    return ({ flow: { hasId, server, key, what, atNs }, endNs }) => {
      const partner = byId.get(`${server} ${key}`);
      if (hasId || partner !== undefined) return partner;
      const all = byRequest.get(`${server} ${what}`) ?? [];
      const place = all.findIndex((inner) => inner.flow.atNs >= atNs && inner.endNs <= endNs);
      if (place < 0) return undefined;
      this.#joinedByTime++;
      return all.splice(place, 1)[0];
    };
  }

  warnings(): readonly string[] {
    this.series();
    const unanswered = [...this.#open.values()].reduce((sum, flows) => sum + flows.length, 0);
    return [
      ...(unanswered === 0 ? [] : [`${unanswered} flows of requests have no response in the file and are left out.`]),
      ...(this.#strayResponses === 0
        ? []
        : [`${this.#strayResponses} responses have no request in the file and are left out.`]),
      ...(this.#notSent === 0 ? [] : [`${this.#notSent} requests are in no log of the sender and are left out.`]),
      ...(this.lost === 0 ? [] : [`Hubble lost ${this.lost} events.`]),
      ...(this.#joinedByTime === 0
        ? []
        : [`${this.#joinedByTime} calls were joined across both sides by pod and time, for want of an id.`]),
    ];
  }
}

type Kept = Map<string, { readonly times: Times; readonly network: Times; readonly failures: Failures }>;

const listed = (kept: Kept, source: ImportSource): readonly ImportedSeries[] =>
  [...kept]
    .filter(([, { times }]) => times.count > 0)
    .map(([name, { times, network, failures }]) => ({
      name,
      law: times.law(source),
      failed: failures.all(),
      ...(network.values().length === 0 ? {} : { network: network.values() }),
    }));
