import { describe, expect, it } from "vitest";
import { activatorProbe } from "../../src/policies/dispatch/activatorProbe.ts";
import { idleInstances, type Selection, selections } from "../../src/policies/dispatch/idleInstances.ts";
import { podPicker } from "../../src/policies/dispatch/podPicker.ts";
import { source } from "../../src/random/source.ts";

describe("the selection of an idle instance", () => {
  // Instances 0 to 3 were started in this order and fell idle in the order 2, 0, 3, 1.
  const taken = (selection: Selection): number[] => {
    const idle = idleInstances(selection, source(1, "idle"), (instance) => instance);
    for (const instance of [2, 0, 3, 1]) idle.add(instance);
    return [idle.take(), idle.take(), idle.take(), idle.take(), idle.take()];
  };
  const wanted: Partial<Record<Selection, number[]>> = {
    newest: [3, 2, 1, 0, -1],
    oldest: [0, 1, 2, 3, -1],
    mru: [1, 3, 0, 2, -1],
    lru: [2, 0, 3, 1, -1],
  };
  for (const selection of selections) {
    it(selection, () => {
      const order = taken(selection);
      if (wanted[selection] !== undefined) expect(order).toEqual(wanted[selection]);
      expect(order.toSorted()).toEqual([-1, 0, 1, 2, 3]);
    });
  }

  it("at random gives out every one once, each place of the pool by its share of the uniform", () => {
    for (const uniform of [0, 0.3, 0.5, 0.999]) {
      const idle = idleInstances(
        "random",
        () => uniform,
        (instance) => instance,
      );
      for (const instance of [7, 8, 9]) idle.add(instance);
      const first = idle.take();
      expect(first).toBe(7 + Math.floor(3 * uniform));
      expect([first, idle.take(), idle.take()].toSorted()).toEqual([7, 8, 9]);
      expect(idle.take()).toBe(-1);
    }
  });

  it("forgets one that is gone", () => {
    const idle = idleInstances("mru", source(1, "idle"), (instance) => instance);
    for (const instance of [4, 5, 6]) idle.add(instance);
    idle.remove(5);
    idle.remove(9);
    expect([idle.size, idle.take()]).toEqual([2, 6]);
    idle.remove(4);
    expect([idle.size, idle.take()]).toEqual([0, -1]);
  });
});

describe("the choice of a pod", () => {
  it("takes the first with a free slot where few fit, and all in turn where many do", () => {
    const load = new Int32Array(3);
    const packs = podPicker(2, source(1, "pods"));
    const spreads = podPicker(5, source(1, "pods"));
    const packed = Array.from({ length: 7 }, () => {
      const place = packs([0, 1, 2], load);
      if (place >= 0) load[place]!++;
      return place;
    });
    expect(packed).toEqual([0, 0, 1, 1, 2, 2, -1]);
    expect(Array.from({ length: 4 }, () => spreads([0, 1, 2], new Int32Array(3)))).toEqual([0, 1, 2, 0]);
    expect(spreads([], load)).toBe(-1);
  });

  it("prefers the less busy of two, and neither of two equals", () => {
    const pick = podPicker(0, source(1, "pods"));
    const load = Int32Array.of(3, 0);
    expect(new Set(Array.from({ length: 20 }, () => pick([0, 1], load)))).toEqual(new Set([1]));
    expect(new Set(Array.from({ length: 20 }, () => pick([0, 1], new Int32Array(2))))).toEqual(new Set([0, 1]));
    expect(pick([], load)).toBe(-1);
    expect(pick([7], load)).toBe(0);
  });

  it("draws two different pods, and between equals a third time", () => {
    const drawn = (load: readonly number[], ...uniforms: number[]) =>
      podPicker(0, () => uniforms.shift()!)([0, 1, 2], Int32Array.from(load));
    // The first is place 2, the second place 1 of the other two.
    expect(drawn([0, 0, 0], 0.7, 0.6, 0.49)).toBe(2);
    expect(drawn([0, 0, 0], 0.7, 0.6, 0.5)).toBe(1);
    // The first is place 0, so the second is the first of those after it.
    expect(drawn([0, 0, 0], 0.1, 0.1, 0.5)).toBe(1);
    expect([drawn([1, 0, 0], 0.1, 0.1), drawn([0, 1, 9], 0.1, 0.1), drawn([5, 1, 0], 0.1, 0.9)]).toEqual([1, 0, 2]);
  });
});

describe("an activator's probes", () => {
  const found = (visibleAt: number, proxyAt: number, listensAt: number) =>
    activatorProbe({ visibleAt, proxyAt, listensAt });

  it("come every 200 ms while they are refused, and look every 50 ms from then on", () => {
    expect(found(1, 0, 0)).toBe(1);
    expect(found(1, 1, 1)).toBe(1);
    expect(found(0, 0.5, 0)).toBeCloseTo(0.6, 12);
    expect(found(2, 2.5, 2.61)).toBeCloseTo(2.65, 12);
    expect(found(2, 2.5, 2.6)).toBeCloseTo(2.6, 12);
  });

  it("see what falls on a look, whatever the rounding", () => {
    // (1.1 − 1) / 0.05 is 2.0000000000000018.
    expect(found(1, 0, 1.1)).toBeCloseTo(1.1, 12);
  });
});
