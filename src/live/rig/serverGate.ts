import type { Seconds } from "../../base/units.ts";
import type { ServerSpec } from "../../scenario/scenario.ts";
import { after } from "./after.ts";
import { drawn } from "./drawn.ts";
import { crashNote, type Gate, type Job, refused } from "./gate.ts";
import type { Pod, PodPool } from "./podPool.ts";

/**
 * One queue before `servers` processes that start on demand and stop a keep-alive after they last became empty.
 *
 * Starts in progress = min(what waits, servers off); with several servers the newest start is cancelled when fewer are
 * needed, and the most recently used server is taken. With keep-alive "forever" all are there from the beginning.
 */
export class ServerGate implements Gate {
  readonly notes: string[] = [];
  readonly #spec: ServerSpec;
  readonly #pool: PodPool;
  readonly #waiting: Job[] = [];
  /** Servers that are up, the most recently used last. */
  readonly #up: Pod[] = [];
  readonly #stopTimers = new Map<Pod, NodeJS.Timeout | undefined>();
  readonly #keepAlive: (() => Seconds) | null;
  readonly #closeDown: (() => Seconds) | null;
  /** Servers that are closing down cannot start again until they are off. */
  #closing = 0;
  #opened = (): void => {};

  constructor(spec: ServerSpec, pool: PodPool, seed: number) {
    this.#spec = spec;
    this.#pool = pool;
    this.#keepAlive = spec.keepAlive === "forever" ? null : drawn(spec.keepAlive, seed, spec.name, "keepAlive");
    this.#closeDown = spec.closeDown === null ? null : drawn(spec.closeDown, seed, spec.name, "closeDown");
    pool.onReady = (pod) => this.#ready(pod);
    pool.onGone = (pod, complaint) => {
      this.notes.push(crashNote(pod.id, complaint));
      this.#forget(pod);
      this.#settle();
    };
  }

  async open(): Promise<void> {
    if (this.#spec.keepAlive !== "forever") return;
    const ready = new Promise<void>((resolve) => {
      this.#opened = resolve;
    });
    for (let n = 0; n < this.#spec.servers; n++) this.#pool.order();
    await ready;
  }

  arrive(job: Job): void {
    // Requests that starting servers, and one more start, will take at once do not count as waiting in line.
    const coming = this.#starting().length + Number(this.#off() > 0);
    const room = this.#spec.queueLimit + (coming === 0 ? 0 : coming * this.#spec.concurrency);
    if (this.#waiting.length >= room && !this.#up.some((pod) => this.#isFree(pod))) {
      job.answer(refused);
      return;
    }
    this.#waiting.push(job);
    this.#settle();
  }

  leave(job: Job): void {
    const place = this.#waiting.indexOf(job);
    if (place >= 0) this.#waiting.splice(place, 1);
    this.#settle();
  }

  #settle(): void {
    const { servers, concurrency } = this.#spec;
    while (this.#waiting.length > 0) {
      const pod = this.#up.findLast((server) => this.#isFree(server));
      if (pod === undefined) break;
      this.#run(pod, this.#waiting.shift()!);
    }
    const waiting = this.#waiting.length;
    const needed = waiting === 0 ? 0 : Math.max(1, Math.ceil(waiting / concurrency));
    const starting = this.#starting();
    for (let n = Math.min(needed - starting.length, this.#off()); n > 0; n--) this.#pool.order();
    if (servers > 1) for (let n = starting.length - needed; n > 0; n--) this.#pool.stop(starting.pop()!);
  }

  #run(pod: Pod, job: Job): void {
    clearTimeout(this.#stopTimers.get(pod));
    this.#up.splice(this.#up.indexOf(pod), 1);
    this.#up.push(pod);
    this.#pool.forward(pod, job.headers, (reply) => {
      job.answer(reply);
      this.#settle();
      if (pod.inFlight === 0) this.#empty(pod);
    });
  }

  #ready(pod: Pod): void {
    this.#up.push(pod);
    this.#settle();
    if (pod.inFlight === 0) this.#empty(pod);
    if (this.#starting().length === 0) this.#opened();
  }

  #empty(pod: Pod): void {
    if (this.#keepAlive === null || pod.state !== "ready") return;
    const seconds = this.#keepAlive();
    if (seconds === 0) this.#stop(pod);
    else
      this.#stopTimers.set(
        pod,
        after(seconds, () => this.#stop(pod)),
      );
  }

  #stop(pod: Pod): void {
    this.#forget(pod);
    this.#pool.stop(pod);
    if (this.#closeDown === null) return;
    this.#closing++;
    after(this.#closeDown(), () => {
      this.#closing--;
      this.#settle();
    });
  }

  #forget(pod: Pod): void {
    clearTimeout(this.#stopTimers.get(pod));
    this.#stopTimers.delete(pod);
    const place = this.#up.indexOf(pod);
    if (place >= 0) this.#up.splice(place, 1);
  }

  #isFree(pod: Pod): boolean {
    return pod.state === "ready" && pod.inFlight < this.#spec.concurrency;
  }

  #starting(): Pod[] {
    return this.#pool.pods.filter(({ state }) => state === "starting");
  }

  #off(): number {
    return this.#spec.servers - this.#pool.pods.length - this.#closing;
  }
}
