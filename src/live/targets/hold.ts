import type { Prepared, Reply, Target } from "./target.ts";

/**
 * A target that holds requests until something serves them: the least an activator does, for places that have none.
 *
 * The first request wakes what is behind it; all that came until it stands are then sent in their order.
 *
 * @param wake resolves when requests can be sent; where it fails, what was held has no connection
 * @param isUp whether it still stands; without, once awake it stays awake
 */
export function holdUntil(target: Target, wake: () => Promise<void>, isUp: () => boolean = () => true): Target {
  const held = new Map<Prepared, (reply: Reply) => void>();
  const inFlight = new Map<Prepared, () => void>();
  let state: "asleep" | "waking" | "awake" = "asleep";

  const release = (): void => {
    state = "awake";
    for (const [prepared, done] of held) {
      const answered = (reply: Reply): void => {
        inFlight.delete(prepared);
        done(reply);
      };
      inFlight.set(prepared, target.send(prepared, answered));
    }
    held.clear();
  };
  const refuse = (): void => {
    state = "asleep";
    const waiting = [...held.values()];
    held.clear();
    for (const done of waiting) done({ outcome: "connection" });
  };

  return {
    open: (signal) => target.open(signal),
    prepare: (request) => target.prepare(request),
    close: () => target.close(),
    send: (prepared, done) => {
      if (state === "awake" && isUp()) return target.send(prepared, done);
      if (state === "awake") state = "asleep";
      held.set(prepared, done);
      if (state === "asleep") {
        state = "waking";
        wake().then(release, refuse);
      }
      return () => {
        held.delete(prepared);
        inFlight.get(prepared)?.();
      };
    },
  };
}
