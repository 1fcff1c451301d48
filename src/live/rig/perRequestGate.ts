import type { Seconds } from "../../base/units.ts";
import { idleInstances } from "../../policies/dispatch/idleInstances.ts";
import { source } from "../../random/source.ts";
import type { PerRequestSpec } from "../../scenario/scenario.ts";
import { monotonicSeconds } from "../monotonic.ts";
import { drawn } from "./drawn.ts";
import { crashNote, type Gate, type Job, refused } from "./gate.ts";
import type { Pod, PodPool } from "./podPool.ts";

/**
 * Scale per request: an idle process or a new one for each request, never a queue.
 *
 * A new process is bound to the request that caused it; above `maxInstances` requests are turned away; an idle process
 * goes when its keep-alive runs out, but never below `minInstances`, which are there from the beginning.
 */
export function perRequestGate(spec: PerRequestSpec, pool: PodPool, seed: number): Gate {
  const notes: string[] = [];
  const numbers = new Map<Pod, number>();
  const byNumber: Pod[] = [];
  const idle = idleInstances(spec.selection, source(seed, spec.name, "dispatch", "live"), (number) => number);
  const bound = new Map<Pod, Job>();
  const timers = new Map<Pod, NodeJS.Timeout>();
  const keepAlive = spec.keepAlive === "forever" ? null : drawn(spec.keepAlive, seed, spec.name, "keepAlive");
  let delayed = 0;
  let nextStartAt: Seconds = 0;
  let opened = (): void => {};

  const instances = (): number => pool.pods.length + delayed;

  const order = (): Pod => {
    const pod = pool.order();
    numbers.set(pod, byNumber.length);
    byNumber.push(pod);
    return pod;
  };

  const run = (pod: Pod, job: Job): void => {
    clearTimeout(timers.get(pod));
    pool.forward(pod, job.headers, (reply) => {
      job.answer(reply);
      release(pod);
    });
  };

  const release = (pod: Pod): void => {
    if (pod.state !== "ready") return;
    idle.add(numbers.get(pod)!);
    const seconds = keepAlive?.() ?? Infinity;
    if (seconds < Infinity) timers.set(pod, setTimeout(expire, seconds * 1e3, pod));
  };

  const expire = (pod: Pod): void => {
    if (instances() <= spec.minInstances) return;
    idle.remove(numbers.get(pod)!);
    pool.stop(pod);
  };

  const start = (job: Job): void => {
    const now = monotonicSeconds();
    const at = Math.max(now, nextStartAt);
    if (spec.startsPerSecond < Infinity) nextStartAt = at + 1 / spec.startsPerSecond;
    if (at === now) {
      bound.set(order(), job);
      return;
    }
    delayed++;
    setTimeout(
      () => {
        delayed--;
        bound.set(order(), job);
      },
      (at - now) * 1e3,
    );
  };

  pool.onReady = (pod) => {
    const job = bound.get(pod);
    bound.delete(pod);
    if (job === undefined || job.gone) release(pod);
    else run(pod, job);
    if (idle.size >= spec.minInstances) opened();
  };
  pool.onGone = (pod, complaint) => {
    notes.push(crashNote(pod.id, complaint));
    idle.remove(numbers.get(pod)!);
    bound.get(pod)?.answer({ status: 502, headers: {} });
    bound.delete(pod);
  };

  return {
    notes,
    arrive: (job) => {
      const number = idle.take();
      if (number >= 0) run(byNumber[number]!, job);
      else if (instances() >= spec.maxInstances) job.answer(refused);
      else start(job);
    },
    leave: () => {}, // its process starts all the same, and is idle then
    open: () => {
      if (spec.minInstances === 0) return Promise.resolve();
      const ready = new Promise<void>((resolve) => {
        opened = resolve;
      });
      for (let n = 0; n < spec.minInstances; n++) order();
      return ready;
    },
  };
}
