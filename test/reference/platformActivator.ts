import { expect } from "vitest";
import { Breaker, type BreakerLimits } from "../../src/policies/dispatch/breaker.ts";
import { podPolicies } from "../../src/policies/dispatch/podPicker.ts";
import { activatorIndex, byBytes, podSlice, sliceBounds } from "../../src/policies/dispatch/podSlice.ts";
import { Throttler, throttlerCapacity } from "../../src/policies/dispatch/throttler.ts";
import { queueProxyStat } from "../../src/policies/scaling/index.ts";
import { source } from "../../src/random/source.ts";
import { type CaseCheck, expectFields, group } from "./oracleGroup.ts";

interface Operation {
  readonly op: string;
  readonly expect?: unknown;
  readonly value?: number;
  readonly index?: number;
  readonly ref?: string;
  readonly as?: string;
  readonly useFirst?: number;
  readonly expectCapacity?: number;
  readonly expectIndex?: number | null;
  readonly expectWeightAfter?: number;
  readonly expectDifferentFrom?: string;
  readonly expectSameAs?: string;
}

interface Place {
  readonly index: number;
  readonly activators: number;
}

/** The activator's part of the upstream tests: slices, capacity, spreading, breakers, and what the queue-proxy reports. */
export const activatorChecks: Readonly<Record<string, CaseCheck>> = {
  throttler_capacity: group(
    "backendCount numActivators activatorIndex containerConcurrency podTrackers breaker expectCapacity",
    throttlerCapacityCase,
  ),
  pick_indices: group("pods activators index expect", (given: Place & { pods: number; expect: unknown }) =>
    expect(sliceBounds(given.pods, given)).toEqual(given.expect),
  ),
  assign_slice: group("trackers index activators expect", (given: Place & { trackers: string[]; expect: unknown }) =>
    expect(podSlice(given.trackers.toSorted(byBytes), given)).toEqual(given.expect),
  ),
  infer_index: group("ips self expect", (given: { ips: string[]; self: string; expect: number }) =>
    expect(activatorIndex(given.ips, given.self)).toBe(given.expect),
  ),
  throttler_dests: group("containerConcurrency dests clusterIP concurrentRequests expectDests", throttlerDests),
  lb_policy: group("policy trackers containerConcurrency ops useFirst", lbPolicy),
  breaker_constructor: group("params expect", (given: { params: BreakerLimits; expect: string }) => {
    if (given.expect === "ok") new Breaker(given.params);
    else if (given.expect === "constructor-panics") expect(() => new Breaker(given.params)).toThrow(RangeError);
    else throw new Error(`unknown expectation ${given.expect}`);
  }),
  breaker: group("params ops", breakerCourse),
  queue_proxy_stat: group("reportingPeriodS report expect", queueProxyCase),
};

function throttlerCapacityCase(given: {
  readonly backendCount: number;
  readonly numActivators: number;
  readonly activatorIndex: number;
  readonly containerConcurrency: number;
  readonly podTrackers: number;
  readonly breaker: string;
  readonly expectCapacity: number;
}): void {
  const { containerConcurrency, numActivators: activators, activatorIndex: index } = given;
  const pods = Array.from({ length: given.podTrackers }, (_, i) => i);
  const assigned = containerConcurrency > 0 ? podSlice(pods, { index, activators }).length : pods.length;
  const capacity = throttlerCapacity({ containerConcurrency, assigned, backends: given.backendCount, activators });
  // A breaker without a limit says 1 where it is open.
  const shown = { finite: capacity, infinite: Math.min(capacity, 1) }[given.breaker];
  expect(shown).toBe(given.expectCapacity);

  if (given.podTrackers === 0) return;
  const throttler = new Throttler(containerConcurrency, source(7, "throttler"));
  throttler.assign(pods, { index, activators });
  expect({ capacity: throttler.capacity, assigned: throttler.assigned.length }).toEqual({ capacity, assigned });
}

function throttlerDests(given: {
  readonly containerConcurrency: number;
  readonly dests: readonly string[];
  readonly clusterIP: string | null;
  readonly concurrentRequests: number;
  readonly expectDests: readonly string[];
}): void {
  const { containerConcurrency } = given;
  const dests = given.dests.toSorted(byBytes);
  const used = new Set<string>();
  if (given.clusterIP !== null) {
    const capacity = throttlerCapacity({ containerConcurrency, assigned: 0, backends: dests.length, activators: 1 });
    expect(Math.min(capacity, given.concurrentRequests), "all of them in flight").toBe(given.concurrentRequests);
    used.add(given.clusterIP);
  } else {
    const throttler = new Throttler(containerConcurrency, source(7, "throttler"));
    throttler.assign([...dests.keys()], { index: 0, activators: 1 });
    for (let n = 0; n < given.concurrentRequests; n++) {
      const pod = throttler.take();
      expect(pod, "all of them in flight").toBeGreaterThanOrEqual(0);
      used.add(dests[pod]!);
    }
  }
  expect([...used].sort(byBytes)).toEqual(given.expectDests.toSorted(byBytes));
}

function lbPolicy(given: {
  readonly policy: string;
  readonly trackers: number;
  readonly containerConcurrency: number;
  readonly ops: readonly Operation[];
  readonly useFirst?: number;
}): void {
  const { trackers, containerConcurrency } = given;
  expect(Object.keys(podPolicies)).toContain(given.policy);
  const slots = containerConcurrency === 0 ? Infinity : containerConcurrency;
  const pick = podPolicies[given.policy as keyof typeof podPolicies](slots, source(7, "lb"));
  const pods = Array.from({ length: trackers }, (_, i) => i);
  const load = new Int32Array(trackers);
  const named = new Map<string, number>();
  const pickOne = (op: Operation): void => {
    const place = pick(pods.slice(0, op.useFirst ?? given.useFirst ?? trackers), load);
    if (op.expectIndex !== undefined) expect(place).toBe(op.expectIndex ?? -1);
    if (op.expectDifferentFrom !== undefined) expect(place).not.toBe(named.get(op.expectDifferentFrom));
    if (op.expectSameAs !== undefined) expect(place).toBe(named.get(op.expectSameAs));
    if (place < 0) return;
    load[place]!++;
    if (op.expectWeightAfter !== undefined) expect(load[place]).toBe(op.expectWeightAfter);
    if (op.as !== undefined) named.set(op.as, place);
  };
  const known = "op as index ref useFirst expectIndex expectWeightAfter expectDifferentFrom expectSameAs".split(" ");
  for (const op of given.ops) {
    for (const field of Object.keys(op)) expect(known, "a field nobody looks at").toContain(field);
    if (op.op === "pick") pickOne(op);
    else if (op.op === "release") {
      const index = op.index ?? named.get(op.ref!)!;
      load[index]!--;
      if (op.expectWeightAfter !== undefined) expect(load[index]).toBe(op.expectWeightAfter);
    } else throw new Error(`unknown operation ${op.op}`);
  }
}

/** Whoever waits begins as soon as there is capacity. */
function breakerCourse({ params, ops }: { readonly params: BreakerLimits; readonly ops: readonly Operation[] }): void {
  const breaker = new Breaker(params);
  const settle = (): void => {
    while (breaker.waiting > 0 && breaker.start());
  };
  const request = (): string => {
    if (!breaker.enter()) return "rejected";
    return breaker.start() ? "running" : "queued";
  };
  const end = (): undefined => {
    breaker.finish();
    settle();
  };
  const run: Readonly<Record<string, (value: number) => unknown>> = {
    request,
    reserve: () => breaker.reserve(),
    release: end,
    finishOne: end,
    capacity: () => undefined,
    updateConcurrency: (value) => {
      breaker.update(value);
      settle();
    },
  };
  for (const op of ops) {
    const known = ["op", "value", "expect", "expectCapacity"];
    for (const field of Object.keys(op)) expect(known, "a field nobody looks at").toContain(field);
    expect(Object.keys(run), "an operation nobody knows").toContain(op.op);
    const found = run[op.op]!(op.value ?? Number.NaN);
    if (op.expect !== undefined) expect(found).toBe(op.expect);
    if (op.expectCapacity !== undefined) expect(breaker.capacity).toBe(op.expectCapacity);
  }
}

function queueProxyCase(given: {
  readonly reportingPeriodS: number;
  readonly report: Parameters<typeof queueProxyStat>[0];
  readonly expect: object;
}): void {
  const stat = queueProxyStat(given.report, given.reportingPeriodS);
  expectFields(
    {
      averageConcurrentRequests: stat.concurrency,
      averageProxiedConcurrentRequests: stat.proxiedConcurrency,
      requestCount: stat.requestsPerSecond,
      proxiedRequestCount: stat.proxiedRequestsPerSecond,
    },
    given.expect,
  );
}
