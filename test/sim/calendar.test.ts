import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Calendar } from "../../src/sim/calendar.ts";
import { Queue } from "../../src/sim/queue.ts";
import { SharedCores } from "../../src/sim/sharedCores.ts";

describe("calendar", () => {
  it("gives events by time, ties by the order of scheduling", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 300 }), (times) => {
        const calendar = new Calendar();
        times.forEach((time, i) => {
          calendar.schedule(time, i % 7, i, i + 1);
        });
        const wanted = times.map((time, i) => ({ time, i })).toSorted((a, b) => a.time - b.time || a.i - b.i);
        for (const { time, i } of wanted) {
          expect(calendar.nextTime).toBe(time);
          calendar.pop();
          const { kind, subject, generation } = calendar;
          expect({ time: calendar.time, kind, subject, generation }).toEqual({
            time,
            kind: i % 7,
            subject: i,
            generation: i + 1,
          });
        }
        expect(calendar.nextTime).toBe(Infinity);
      }),
      { seed: 1 },
    );
  });
});

describe("queue", () => {
  it("is first in, first out, across its growth", () => {
    const queue = new Queue();
    let next = 0;
    for (let value = 0; value < 1000; value++) {
      queue.push(value);
      if (value % 3 === 0) expect(queue.shift()).toBe(next++);
    }
    expect(queue.first).toBe(next);
    while (queue.size > 0) expect(queue.shift()).toBe(next++);
    expect(next).toBe(1000);
  });
});

describe("shared cores", () => {
  it("ends each request when a small-step integration says so", () => {
    const cores = 2;
    const jobs = [
      { at: 0, demand: 3 },
      { at: 0.5, demand: 1 },
      { at: 1, demand: 2 },
      { at: 1.25, demand: 0.25 },
    ];
    const shared = new SharedCores(cores);
    const ends = new Map<number, number>();
    let now = 0;
    let entered = 0;
    while (ends.size < jobs.length) {
      const arrival = jobs[entered]?.at ?? Infinity;
      const end = shared.nextEnd(now);
      now = Math.min(arrival, end);
      if (arrival <= end) shared.add(now, entered, jobs[entered++]!.demand);
      else ends.set(shared.pop(now), now);
    }
    const step = 1e-4;
    const left = jobs.map(({ demand }) => demand);
    const seen = new Map<number, number>();
    for (let t = 0; seen.size < jobs.length; t += step) {
      const present = jobs.map((_, i) => i).filter((i) => jobs[i]!.at <= t && left[i]! > 0);
      for (const i of present) {
        left[i]! -= step * Math.min(1, cores / present.length);
        if (left[i]! <= 0) seen.set(i, t + step);
      }
    }
    for (const [i, end] of seen) expect(ends.get(i)).toBeCloseTo(end, 2);
  });
});
