import { describe, expect, it } from "vitest";
import { Dispatcher } from "../../src/sim/dispatcher.ts";
import { groupAssignment } from "../../src/sim/groupAssignment.ts";

const options = { partitions: 4, inFlight: 2, commitsEach: true };
const fill = (dispatcher: Dispatcher, count: number): void => {
  for (let id = 0; id < count; id++) dispatcher.append(id);
};

describe("Dispatcher", () => {
  it("hands on in turn over partitions, each consumer its own, so many at a time", () => {
    const dispatcher = new Dispatcher(options);
    fill(dispatcher, 8);
    expect(dispatcher.take(0, 0)).toBe(-1); // Nobody reads yet.
    dispatcher.join(0, 0);
    dispatcher.join(0, 1);
    expect([0, 1, 0, 1, 0].map((consumer) => dispatcher.take(0, consumer))).toEqual([0, 2, 1, 3, -1]);
    expect(dispatcher.finish(1)).toBe(0);
    expect(dispatcher.take(0, 0)).toBe(4);
    expect(dispatcher.waiting).toBe(3);
  });

  it("commits in order although ends come out of order", () => {
    const dispatcher = new Dispatcher({ ...options, partitions: 1, inFlight: 3 });
    dispatcher.join(0, 0);
    fill(dispatcher, 3);
    for (let k = 0; k < 3; k++) dispatcher.take(0, 0);
    dispatcher.finish(2);
    dispatcher.finish(1);
    expect(dispatcher.lag).toBe(3);
    dispatcher.finish(0);
    expect(dispatcher.lag).toBe(0);
  });

  it("has the lag of what is done but not yet committed", () => {
    const dispatcher = new Dispatcher({ ...options, commitsEach: false });
    dispatcher.join(0, 0);
    fill(dispatcher, 2);
    for (let k = 0; k < 2; k++) dispatcher.finish(dispatcher.take(0, 0));
    expect(dispatcher.lag).toBe(2);
    dispatcher.commit();
    expect(dispatcher.lag).toBe(0);
  });

  it("tells a group that has never committed from one at the beginning", () => {
    const dispatcher = new Dispatcher({ ...options, partitions: 1, hasOffsets: false });
    fill(dispatcher, 1);
    expect(dispatcher.offsets("t")).toEqual([{ topic: "t", partition: 0, committedOffset: -1, latestOffset: 1 }]);
    dispatcher.join(0, 0);
    dispatcher.finish(dispatcher.take(0, 0));
    expect(dispatcher.offsets("t")[0]!.committedOffset).toBe(1);
  });

  it("pauses only the partitions that change hands", () => {
    const dispatcher = new Dispatcher({ ...options, partitions: 2, inFlight: 9 });
    expect(dispatcher.join(0, 0, 3)).toBe(3);
    fill(dispatcher, 4);
    expect(dispatcher.take(3, 0)).toBe(0);
    expect(dispatcher.join(5, 1, 3)).toBe(8);
    expect(dispatcher.take(5, 0)).toBe(2); // It keeps partition 0.
    expect(dispatcher.take(7, 1)).toBe(-1);
    expect(dispatcher.take(8, 1)).toBe(1);
  });

  it("survives many in hand at once", () => {
    const dispatcher = new Dispatcher({ ...options, partitions: 1, inFlight: Infinity });
    dispatcher.join(0, 40);
    fill(dispatcher, 1000);
    const ids = Array.from({ length: 1000 }, () => dispatcher.take(0, 40));
    for (const id of ids.toReversed()) dispatcher.finish(id);
    expect(dispatcher.lag).toBe(0);
  });
});

describe("groupAssignment", () => {
  it("moves as little as it can", () => {
    expect(groupAssignment([0, 0, 0, 1, 1, 2, 2, 2], [0, 1, 2, 3])).toEqual([0, 0, 3, 1, 1, 2, 2, 3]);
    expect(groupAssignment([0, 0, 1, 1], [1])).toEqual([1, 1, 1, 1]);
    expect(groupAssignment([0, 1], [0, 1, 2, 3])).toEqual([0, 1]);
  });
});
