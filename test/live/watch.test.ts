import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../src/live/cluster/kubernetesObject.ts";
import { OutcomeLog } from "../../src/live/outcomes.ts";
import { parsePlace } from "../../src/live/place.ts";
import { attribute } from "../../src/live/watch/attribute.ts";
import {
  describeStarts,
  eventCsvLines,
  parsePods,
  podCsvLines,
  shiftPodLog,
  startSteps,
} from "../../src/live/watch/podLog.ts";
import { podOccupancy } from "../../src/live/watch/podOccupancy.ts";
import { applyPodEvent, applyPodNews, type PodRecord, podRecord } from "../../src/live/watch/podRecord.ts";

function pod(name: string, at: Partial<PodRecord["at"]>): PodRecord {
  const record = podRecord(name);
  Object.assign(record.at, at);
  return record;
}

const object = (status: object, metadata: object = {}): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "a", creationTimestamp: "2026-01-01T00:00:00Z", ...metadata },
  status,
});

describe("a pod's record", () => {
  it("takes each moment from the first news of it", () => {
    const record = podRecord("a");
    const tell = (at: number, status: object, type: "added" | "modified" | "deleted" = "modified", metadata = {}) =>
      applyPodEvent(record, { type, object: object(status, metadata), at, listed: false }, () => 0);
    tell(1, {}, "added");
    tell(2, { conditions: [{ type: "PodScheduled", status: "True" }] });
    applyPodNews(record, "Pulled", 3);
    applyPodNews(record, "Started", 3.5);
    const running = { podIP: "10.0.0.1", containerStatuses: [{ state: { running: { startedAt: "x" } } }] };
    tell(4, running);
    tell(5, { ...running, conditions: [{ type: "Ready", status: "True" }] });
    tell(6, running, "modified", { deletionTimestamp: "2026-01-01T00:01:00Z" });
    tell(7, running, "deleted");
    expect(record.at).toMatchObject({
      created: 1,
      scheduled: 2,
      sandboxed: 3,
      pulled: 3,
      started: 3.5,
      ip: 4,
      ready: 5,
      deleting: 6,
      deleted: 7,
    });
  });

  it("dates what was there before by the API, and says why containers do not run", () => {
    const record = podRecord("a");
    const waiting = [{ state: { waiting: { reason: "ImagePullBackOff", message: "no such image" } } }];
    const event = { type: "added", object: object({ containerStatuses: waiting }), at: 50, listed: true } as const;
    applyPodEvent(record, event, () => 20);
    expect(record.at.created).toBe(20);
    expect(record.trouble).toBe("ImagePullBackOff: no such image");
  });

  it("gives steps that sum to the start", () => {
    const at = { ordered: 1, created: 1.1, scheduled: 1.15, sandboxed: 1.6, pulled: 1.6, started: 1.75, serving: 1.8 };
    const steps = startSteps([pod("a", { ...at, ready: 2.5 }), pod("before", { ordered: -5, ready: -1 })], 0);
    const sum = [...steps.values()].flat().reduce((total, each) => total + each, 0);
    expect(sum).toBeCloseTo(1.5, 12);
    expect(steps.get("sandbox")![0]).toBeCloseTo(0.45, 12);
    expect(describeStarts([pod("a", { ...at, ready: 2.5 })], 0)).toBe(
      "1 pod started, medians: control 0.100 s, schedule 0.050 s, sandbox 0.450 s, pull 0.000 s, containers 0.150 s, process 0.050 s, readiness 0.700 s",
    );
    expect(describeStarts([], 0)).toBeNull();
  });
});

describe("a log beside its pods", () => {
  const zero = 100;
  function log(): OutcomeLog {
    const rows = new OutcomeLog({ at: Float64Array.of(0, 1, 2, 3), work: new Float64Array(4) });
    const said = [100.8, 100.7, Number.NaN, Number.NaN].map((at) => at - zero);
    for (const [i, instance] of ["a", "a", "b", "elsewhere"].entries()) {
      rows.set(i, {
        outcome: "completed",
        latencySeconds: i === 0 ? 0.9 : 0.1,
        instance,
        instanceStartedSeconds: said[i],
      });
    }
    return rows;
  }
  const pods = () =>
    new Map([
      ["a", pod("a", { ordered: 100.1, created: 100.2, ready: 101.5 })],
      ["b", pod("b", { ordered: 90, ready: 95, deleting: 102.5 })],
    ]);

  it("knows each request's pod, since when it served, and so what was cold", () => {
    const [rows, seen] = [log(), pods()];
    expect(attribute(rows, seen, zero, { servesFrom: "serving", ownStarts: false })).toEqual({
      attributed: 3,
      answered: 4,
    });
    expect(seen.get("a")!.at.serving).toBeCloseTo(100.7, 12);
    expect([...rows.cold]).toEqual([1, 0, 0, -1]);
    expect(rows.instanceStarted[0]).toBeCloseTo(0.7, 12);
    expect(rows.start[0]).toBeCloseTo(0.6, 12);
  });

  it("where a Service leads to ready pods only, a pod counts from there", () => {
    const rows = log();
    attribute(rows, pods(), zero, { servesFrom: "ready", ownStarts: false });
    expect([...rows.cold]).toEqual([1, 1, 0, -1]);
  });

  it("what was off has started once the Service leads to it, where somebody waited for that", () => {
    const [rows, seen] = [log(), pods()];
    seen.get("a")!.at.reachable = 101.75;
    attribute(rows, seen, zero, { servesFrom: "reachable", ownStarts: false });
    expect([...rows.cold]).toEqual([1, 1, 0, -1]);
    expect(rows.start[0]).toBeCloseTo(1.65, 12);
    expect(rows.instanceStarted[2]).toBeCloseTo(-5, 12); // known to be ready only
    expect(startSteps([...seen.values()], 100).get("endpoint")).toEqual([0.25]);
  });

  it("counts pods that start, are ready and are busy", () => {
    const [rows, seen] = [log(), pods()];
    attribute(rows, seen, zero, { servesFrom: "ready", ownStarts: false });
    const span = { fromSeconds: 0, toSeconds: 4 };
    const occupancy = podOccupancy([...seen.values()], rows, { zero, span, servesFrom: "ready" });
    expect(occupancy.starting).toBeCloseTo(1.4 / 4, 12);
    expect(occupancy.ready).toBeCloseTo((2.5 + 2.5) / 4, 12);
    expect(occupancy.busy).toBeCloseTo(0.1 / 4, 9); // what was answered before its pod was ready takes no time in it
    expect(occupancy.starts).toBe(1);
    expect(occupancy.startSeconds[0]).toBeCloseTo(1.4, 12);
  });

  it("is written beside the outcomes and read back", () => {
    const events = [{ atSeconds: 101, kind: "Pod", object: "a", reason: "Pulled", detail: 'image "x",\nat once' }];
    const seen = shiftPodLog({ pods: [...pods().values()], events }, -zero);
    const lines = [...podCsvLines(seen)];
    expect(parsePods(`${lines.join("\n")}\n`, "pods.csv")).toEqual(seen.pods);
    expect([...eventCsvLines(seen)][1]).toBe('1,Pod,a,Pulled,"image ""x"", at once"');
    const former = lines.map((line) =>
      line
        .split(",")
        .filter((_, column) => column !== 10)
        .join(","),
    );
    expect(parsePods(`${former.join("\n")}\n`, "pods.csv")).toEqual(seen.pods);
    expect(() => parsePods(`${lines[0]}\na,1,2\n`, "pods.csv")).toThrow("pods.csv:2:1: expected a name and 12 numbers");
  });
});

describe("a place", () => {
  it.each([
    ["rig", { kind: "rig" }],
    ["http://a/b", { kind: "url", url: "http://a/b" }],
    ["knative:ns/a", { kind: "knative", namespace: "ns", name: "a", fromZero: false }],
    ["spinkube:ns/a@zero", { kind: "spinkube", namespace: "ns", name: "a", fromZero: true }],
    ["deployment:ns/a@zero=4", { kind: "deployment", namespace: "ns", name: "a", fromZero: true, to: 4 }],
    ["deployment:ns", undefined],
    ["deployment:NS/a", undefined],
    ["knative:ns/a@one", undefined],
    ["ftp://a", undefined],
    ["nowhere", undefined],
  ])("%s", (text, place) => expect(parsePlace(text)).toEqual(place));
});
