import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Breaker } from "../../src/policies/dispatch/breaker.ts";
import { activatorIndex, byBytes, podSlice, sliceBounds } from "../../src/policies/dispatch/podSlice.ts";
import { Throttler, throttlerCapacity } from "../../src/policies/dispatch/throttler.ts";
import { source } from "../../src/random/source.ts";

const seeded = { seed: 20260822 };
const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);

describe("the slices of several activators", () => {
  it("hand out every pod, to one activator each where there are enough", () => {
    const law = fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), (n, activators) => {
      const slices = numbers(activators).map((index) => podSlice(numbers(n), { index, activators }));
      const given = slices.flat().sort((a, b) => a - b);
      expect([...new Set(given)]).toEqual(numbers(n));
      if (n >= activators) expect(given).toEqual(numbers(n));
      const sizes = slices.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    });
    fc.assert(law, seeded);
  });

  it("do not depend on the order in which addresses are listed", () => {
    const law = fc.property(fc.uniqueArray(fc.ipV4(), { minLength: 1, maxLength: 9 }), (addresses) => {
      const places = addresses.map((own) => activatorIndex(addresses.toReversed(), own));
      expect(places.toSorted((a, b) => a - b)).toEqual(numbers(addresses.length));
      expect(activatorIndex(addresses, "none")).toBe(-1);
    });
    fc.assert(law, seeded);
  });

  it("leave all pods to an activator that is not in the path yet", () => {
    expect(podSlice([4, 5, 6], { index: -1, activators: 3 })).toEqual([4, 5, 6]);
    expect(podSlice([4, 5, 6], { index: 0, activators: 0 })).toEqual([4, 5, 6]);
    expect(podSlice([], { index: 0, activators: 2 })).toEqual([]);
  });

  it("are by the order of the addresses' bytes, as upstream sorts them", () => {
    expect(["b", "a", "B", "a:10", "a:9"].toSorted(byBytes)).toEqual(["B", "a", "a:10", "a:9", "b"]);
    expect([byBytes("a", "a"), byBytes("a", "b"), byBytes("b", "a")]).toEqual([0, -1, 1]);
  });

  it("are refused for places that are none", () => {
    const place = { index: 0, activators: 1 };
    expect(() => sliceBounds(0, place)).toThrow("sliceBounds: pods must be ≥ 1, got 0");
    expect(() => sliceBounds(1, { ...place, activators: 0 })).toThrow("sliceBounds: activators must be ≥ 1, got 0");
    expect(() => sliceBounds(1, { ...place, index: -1 })).toThrow("sliceBounds: index must be ≥ 0, got -1");
    expect(sliceBounds(1, place)).toEqual({ begin: 0, end: 1, remnants: 0 });
  });
});

describe("the capacity of an activator", () => {
  it("adds up to the pods' slots, and to at least one each behind a shared address", () => {
    const n = fc.integer({ min: 1, max: 60 });
    const law = fc.property(n, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (pods, k, cc) => {
      const shared = throttlerCapacity({ containerConcurrency: cc, assigned: 0, backends: pods, activators: k });
      expect(shared).toBeGreaterThanOrEqual(1);
      expect(shared * k).toBeLessThanOrEqual(Math.max(k, cc * pods));
      if (pods < k) return;
      const own = numbers(k).map((index) => {
        const assigned = podSlice(numbers(pods), { index, activators: k }).length;
        return throttlerCapacity({ containerConcurrency: cc, assigned, backends: pods, activators: k });
      });
      expect(own.reduce((sum, capacity) => sum + capacity, 0)).toBe(cc * pods);
    });
    fc.assert(law, seeded);
  });

  it("is nothing without pods and has a largest value", () => {
    const none = { assigned: 0, backends: 0, activators: 2 };
    expect(throttlerCapacity({ ...none, containerConcurrency: 0 })).toBe(0);
    expect(throttlerCapacity({ ...none, containerConcurrency: 5 })).toBe(0);
    expect(throttlerCapacity({ ...none, backends: 1, containerConcurrency: 0 })).toBe(Infinity);
    expect(throttlerCapacity({ ...none, backends: 1e9, containerConcurrency: 1000 })).toBe(2 ** 31 - 1);
  });
});

describe("a throttler", () => {
  it("never has more in a pod than its limit, nor more in all than its capacity when it lets one through", () => {
    const steps = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 200 });
    const law = fc.property(fc.integer({ min: 1, max: 5 }), steps, (limit, choices) => {
      const throttler = new Throttler(limit, source(1, "throttler"));
      const running: number[] = [];
      for (const choice of choices) {
        if (choice === 0 && running.length > 0) throttler.release(running.shift()!);
        else if (choice === 1) throttler.assign(numbers(1 + (running.length % 4)), { index: 0, activators: 1 });
        else {
          const pod = throttler.take();
          if (pod < 0) continue;
          running.push(pod);
          expect(running.filter((other) => other === pod).length).toBeLessThanOrEqual(limit);
          expect(running.length).toBeLessThanOrEqual(throttler.capacity);
        }
      }
    });
    fc.assert(law, seeded);
  });

  it("counts what still runs in a pod that has gone", () => {
    const throttler = new Throttler(1, source(1, "throttler"));
    throttler.assign([0], { index: 0, activators: 1 });
    expect(throttler.take()).toBe(0);
    throttler.assign([40], { index: 0, activators: 1 });
    expect(throttler.take()).toBe(-1);
    throttler.release(0);
    expect([throttler.take(), throttler.take()]).toEqual([40, -1]);
  });

  it("knows the load of a pod whatever its number, and goes on knowing it when others come", () => {
    const throttler = new Throttler(1, source(1, "throttler"));
    expect(throttler.assigned).toEqual([]);
    throttler.assign([16], { index: 0, activators: 1 });
    expect([throttler.take(), throttler.take()]).toEqual([16, -1]);
    throttler.assign([16, 99], { index: 0, activators: 1 });
    expect([throttler.take(), throttler.take()]).toEqual([99, -1]);
    throttler.release(16);
    throttler.release(99);
    expect([throttler.take(), throttler.take(), throttler.take()]).toEqual([16, 99, -1]);
  });

  it("sends to every pod where there is no limit, whoever else does", () => {
    const throttler = new Throttler(0, source(1, "throttler"));
    expect(throttler.take()).toBe(-1);
    throttler.assign([0, 1, 2], { index: 1, activators: 3 });
    expect(new Set(Array.from({ length: 100 }, () => throttler.take()))).toEqual(new Set([0, 1, 2]));
  });
});

describe("a breaker", () => {
  it("keeps its counts through any course of events", () => {
    const event = fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 6 }));
    const law = fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      const [queueDepth, maxConcurrency] = [3, 4];
      const breaker = new Breaker({ queueDepth, maxConcurrency, initialCapacity: 2 });
      let waiting = 0;
      let running = 0;
      for (const [kind, capacity] of events) {
        const hasPlace = waiting + running < queueDepth + maxConcurrency;
        const hasSlot = running < breaker.capacity;
        if (kind === 0) {
          expect(breaker.enter()).toBe(hasPlace);
          if (hasPlace) waiting++;
        }
        if (kind === 1 && waiting > 0) {
          expect(breaker.start()).toBe(hasSlot);
          if (hasSlot) waiting--;
          if (hasSlot) running++;
        } else if (kind === 2) {
          expect(breaker.reserve()).toBe(hasPlace && hasSlot);
          if (hasPlace && hasSlot) running++;
        } else if (kind === 3 && running > 0) {
          breaker.finish();
          running--;
        } else if (kind === 4 && waiting > 0) {
          breaker.leave();
          waiting--;
        } else if (kind === 5) breaker.update(capacity);
        expect([breaker.waiting, breaker.running]).toEqual([waiting, running]);
      }
    });
    fc.assert(law, seeded);
  });

  it("refuses limits that make no sense", () => {
    const limits = { queueDepth: 1, maxConcurrency: 5, initialCapacity: 5 };
    const making = (wrong: object) => () => new Breaker({ ...limits, ...wrong });
    expect(making({ queueDepth: 0 })).toThrow("Breaker: queueDepth must be ≥ 1, got 0");
    expect(making({ maxConcurrency: -1 })).toThrow("Breaker: maxConcurrency must be ≥ 0, got -1");
    for (const initialCapacity of [6, -1]) {
      const message = `Breaker: initialCapacity must be in [0, maxConcurrency], got ${initialCapacity}`;
      expect(making({ initialCapacity })).toThrow(message);
    }
    expect(() => new Breaker(limits).update(-1)).toThrow("Breaker.update: capacity must be ≥ 0, got -1");
    expect(() => new Breaker(limits).finish()).toThrow("who ends has begun");
    expect(() => new Breaker(limits).start()).toThrow("who begins has entered");
    expect(() => new Breaker(limits).leave()).toThrow("who gives up was waiting");
  });

  it("has no more places than it was made with, however much its capacity grows", () => {
    const breaker = new Breaker({ queueDepth: 1, maxConcurrency: 0, initialCapacity: 0 });
    expect(breaker.reserve()).toBe(false);
    breaker.update(5);
    expect([breaker.reserve(), breaker.reserve(), breaker.enter()]).toEqual([true, false, false]);
    breaker.finish();
    expect(breaker.enter()).toBe(true);
  });
});
