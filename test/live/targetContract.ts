import { expect, it } from "vitest";
import { outcomeKinds } from "../../src/live/outcomes.ts";
import type { Prepared, Reply, Target } from "../../src/live/targets/target.ts";

/** What every target promises to whoever sends. */
export function targetContract(open: () => Promise<{ target: Target; begin?: () => void }>): void {
  const opened = async () => {
    const { target, begin } = await open();
    await target.open();
    begin?.();
    return target;
  };
  const prepare = (target: Target, index: number, workSeconds = 0.001): Prepared =>
    target.prepare({ index, atSeconds: index / 100, workSeconds });
  const ask = (target: Target, prepared: Prepared): Promise<Reply> =>
    new Promise((resolve) => void target.send(prepared, resolve));

  it("prepares without sending, and keeps the request", async () => {
    const target = await opened();
    const request = { index: 3, atSeconds: 0.5, workSeconds: 0.01 };
    expect(target.prepare(request).request).toEqual(request);
    await target.close();
  });

  it("answers every request once, with an outcome that has a name", async () => {
    const target = await opened();
    const replies = new Map<number, Reply[]>();
    const all = Array.from({ length: 20 }, (_, index) => prepare(target, index));
    await new Promise<void>((resolve) => {
      let left = all.length;
      for (const prepared of all) {
        target.send(prepared, (reply) => {
          replies.set(prepared.request.index, [...(replies.get(prepared.request.index) ?? []), reply]);
          if (--left === 0) resolve();
        });
      }
    });
    expect([...replies.keys()].sort((a, b) => a - b)).toEqual(all.map(({ request }) => request.index));
    for (const reply of replies.values()) {
      expect(reply).toHaveLength(1);
      expect(outcomeKinds).toContain(reply[0]!.outcome);
    }
    await target.close();
  });

  it("measures the work it did, or says nothing of it", async () => {
    const target = await opened();
    const reply = await ask(target, prepare(target, 0, 0.005));
    expect(reply.outcome).toBe("completed");
    expect(reply.workDoneSeconds ?? 0.005).toBeGreaterThanOrEqual(0.0049);
    await target.close();
  });

  it("does not answer a request that was given up", async () => {
    const target = await opened();
    let answered = false;
    const giveUp = target.send(prepare(target, 0, 0.05), () => {
      answered = true;
    });
    giveUp();
    giveUp(); // a second time is no error
    expect((await ask(target, prepare(target, 1, 0.06))).outcome).toBe("completed");
    expect(answered).toBe(false);
    await target.close();
  });

  it("closes without having been used, and while requests are under way", async () => {
    const unused = await opened();
    await unused.close();
    const busy = await opened();
    busy.send(prepare(busy, 0, 0.2), () => {});
    await busy.close();
  });
}
