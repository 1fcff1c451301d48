import type { ServerSpec } from "../../scenario/scenario.ts";
import { drawn } from "./drawn.ts";
import { crashNote, type Gate, type Job, refused } from "./gate.ts";
import type { Pod, PodPool } from "./podPool.ts";

/**
 * One queue before `servers` processes that start on demand and stop a keep-alive after they last became empty.
 *
 * Starts in progress never exceed the requests that wait; the newest start is cancelled when fewer are needed, and the
 * most recently used server is taken. With keep-alive "forever" the processes are there from the beginning.
 */
export function serverGate(spec: ServerSpec, pool: PodPool, seed: number): Gate {
  const waiting: Job[] = [];
  const stopTimers = new Map<Pod, NodeJS.Timeout>();
  const recentlyUsed: Pod[] = []; // the most recent last
  const notes: string[] = [];
  let closing = 0;
  const keepAlive = spec.keepAlive === "forever" ? null : drawn(spec.keepAlive, seed, spec.name, "keepAlive");
  const closeDown = spec.closeDown === null ? null : drawn(spec.closeDown, seed, spec.name, "closeDown");

  const free = (pod: Pod): boolean => pod.state === "ready" && pod.inFlight < spec.concurrency;
  const starting = (): Pod[] => pool.pods.filter((pod) => pod.state === "starting");
  // A server that is closing down cannot start again until it is off.
  const off = (): number => spec.servers - pool.pods.length - closing;

  const settle = (): void => {
    while (waiting.length > 0) {
      const pod = recentlyUsed.findLast(free);
      if (pod === undefined) break;
      run(pod, waiting.shift()!);
    }
    const needed = waiting.length === 0 ? 0 : Math.max(1, Math.ceil(waiting.length / spec.concurrency));
    const under = starting();
    for (let n = Math.min(needed - under.length, off()); n > 0; n--) pool.order();
    if (spec.servers > 1) for (let n = under.length - needed; n > 0; n--) pool.stop(under.pop()!);
  };

  const run = (pod: Pod, job: Job): void => {
    clearTimeout(stopTimers.get(pod));
    recentlyUsed.splice(recentlyUsed.indexOf(pod), 1);
    recentlyUsed.push(pod);
    pool.forward(pod, job.headers, (reply) => {
      job.answer(reply);
      settle();
      if (pod.inFlight === 0) becomeEmpty(pod);
    });
  };

  const becomeEmpty = (pod: Pod): void => {
    if (keepAlive === null || pod.state !== "ready") return;
    const seconds = keepAlive();
    if (seconds === 0) stop(pod);
    else stopTimers.set(pod, setTimeout(stop, seconds * 1e3, pod));
  };

  const stop = (pod: Pod): void => {
    forget(pod);
    pool.stop(pod);
    if (closeDown === null) {
      settle();
      return;
    }
    closing++;
    setTimeout(() => {
      closing--;
      settle();
    }, closeDown() * 1e3);
  };

  const forget = (pod: Pod): void => {
    clearTimeout(stopTimers.get(pod));
    stopTimers.delete(pod);
    const place = recentlyUsed.indexOf(pod);
    if (place >= 0) recentlyUsed.splice(place, 1);
  };

  let opened = (): void => {};
  pool.onReady = (pod) => {
    recentlyUsed.push(pod);
    settle();
    if (pod.inFlight === 0) becomeEmpty(pod);
    if (starting().length === 0) opened();
  };
  pool.onGone = (pod, complaint) => {
    forget(pod);
    notes.push(crashNote(pod.id, complaint));
    settle();
  };

  return {
    notes,
    arrive: (job) => {
      // Requests that starting servers, and one more start, will take at once do not count as waiting in line.
      const coming = (starting().length + Number(off() > 0)) * spec.concurrency;
      const isFull = waiting.length >= spec.queueLimit + (Number.isNaN(coming) ? 0 : coming);
      if (isFull && !recentlyUsed.some(free)) {
        job.answer(refused);
        return;
      }
      waiting.push(job);
      settle();
    },
    leave: (job) => {
      const place = waiting.indexOf(job);
      if (place >= 0) waiting.splice(place, 1);
      settle();
    },
    open: () => {
      if (spec.keepAlive !== "forever") return Promise.resolve();
      const ready = new Promise<void>((resolve) => {
        opened = resolve;
      });
      for (let n = 0; n < spec.servers; n++) pool.order();
      return ready;
    },
  };
}
