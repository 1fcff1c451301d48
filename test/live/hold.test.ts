import { describe, expect, it } from "vitest";
import { FakeTarget } from "../../src/live/targets/fake.ts";
import { holdUntil } from "../../src/live/targets/hold.ts";
import type { Reply, Target } from "../../src/live/targets/target.ts";
import { virtualClock } from "../../src/live/virtualClock.ts";

function held(wakeSeconds: number, { fails = 0 } = {}) {
  const clock = virtualClock();
  const wakes: number[] = [];
  const target = holdUntil(new FakeTarget({ clock, slots: 10 }) as Target, async () => {
    wakes.push(clock.now());
    await clock.sleepUntil(clock.now() + wakeSeconds);
    if (wakes.length <= fails) throw new Error("no pod");
  });
  const answers: { index: number; at: number; reply: Reply }[] = [];
  const send = (index: number) =>
    target.send(target.prepare({ index, atSeconds: 0, workSeconds: 0.1 }), (reply) =>
      answers.push({ index, at: clock.now(), reply }),
    );
  return { clock, wakes, answers, send };
}

describe("requests held from zero", () => {
  it("are sent in their order once there is who serves them, and at once from then on", async () => {
    const { clock, wakes, answers, send } = held(2);
    for (const index of [0, 1, 2]) send(index);
    await clock.sleepUntil(5);
    send(3);
    await clock.sleepUntil(10);
    expect(wakes).toEqual([0]);
    expect(answers.map(({ index, at }) => [index, at])).toEqual([
      [0, 2.1],
      [1, 2.1],
      [2, 2.1],
      [3, 5.1],
    ]);
  });

  it("that are given up are never answered, held or sent", async () => {
    const { clock, answers, send } = held(2);
    const giveUps = [send(0), send(1)];
    giveUps[0]!();
    await clock.sleepUntil(2.05);
    giveUps[1]!();
    await clock.sleepUntil(10);
    expect(answers).toEqual([]);
  });

  it("have no connection where nobody comes, and the next one asks again", async () => {
    const { clock, wakes, answers, send } = held(1, { fails: 1 });
    send(0);
    await clock.sleepUntil(3);
    send(1);
    await clock.sleepUntil(10);
    expect(wakes).toEqual([0, 3]);
    expect(answers.map(({ reply: { outcome } }) => outcome)).toEqual(["connection", "completed"]);
  });

  it("are held again where what served them has gone in the meantime", async () => {
    const clock = virtualClock();
    let isUp = false;
    const target = holdUntil(
      new FakeTarget({ clock, slots: 10 }) as Target,
      async () => {
        await clock.sleepUntil(clock.now() + 2);
        isUp = true;
      },
      () => isUp,
    );
    const answered: number[] = [];
    const send = (index: number) =>
      target.send(target.prepare({ index, atSeconds: 0, workSeconds: 0.1 }), () => answered.push(clock.now()));
    send(0);
    await clock.sleepUntil(4);
    send(1);
    await clock.sleepUntil(5);
    isUp = false;
    send(2);
    await clock.sleepUntil(10);
    expect(answered).toEqual([2.1, 4.1, 7.1]);
  });
});
