import type { Seconds } from "../../base/units.ts";
import { type IdleInstances, idleInstances } from "../../policies/dispatch/idleInstances.ts";
import { source } from "../../random/source.ts";
import type { PerRequestSpec } from "../../scenario/scenario.ts";
import { monotonicSeconds } from "../monotonic.ts";
import { after } from "./after.ts";
import { drawn } from "./drawn.ts";
import { crashNote, type Gate, type Job, refused } from "./gate.ts";
import type { Pod, PodPool } from "./podPool.ts";

/**
 * Scale per request: an idle process or a new one for each request, never a queue.
 *
 * A new process is bound to the request that caused it; above `maxInstances` requests are turned away; an idle process
 * goes when its keep-alive runs out, but never below `minInstances`, which are there from the beginning.
 */
export class PerRequestGate implements Gate {
  readonly notes: string[] = [];
  readonly #spec: PerRequestSpec;
  readonly #pool: PodPool;
  readonly #idle: IdleInstances;
  /** Processes by number, in the order of their starts. */
  readonly #pods: Pod[] = [];
  readonly #numbers = new Map<Pod, number>();
  readonly #bound = new Map<Pod, Job>();
  readonly #timers = new Map<Pod, NodeJS.Timeout | undefined>();
  readonly #keepAlive: () => Seconds;
  /** Starts that wait for `startsPerSecond`. */
  #delayed = 0;
  #nextStartAt: Seconds = 0;
  #opened = (): void => {};

  constructor(spec: PerRequestSpec, pool: PodPool, seed: number) {
    this.#spec = spec;
    this.#pool = pool;
    this.#idle = idleInstances(spec.selection, source(seed, spec.name, "dispatch", "live"), (number) => number);
    this.#keepAlive =
      spec.keepAlive === "forever" ? () => Infinity : drawn(spec.keepAlive, seed, spec.name, "keepAlive");
    pool.onReady = (pod) => this.#ready(pod);
    pool.onGone = (pod, complaint) => {
      this.notes.push(crashNote(pod.id, complaint));
      this.#idle.remove(this.#numbers.get(pod)!);
      this.#bound.get(pod)?.answer({ status: 502, headers: {} });
      this.#bound.delete(pod);
    };
  }

  async open(): Promise<void> {
    if (this.#spec.minInstances === 0) return;
    const ready = new Promise<void>((resolve) => {
      this.#opened = resolve;
    });
    for (let n = 0; n < this.#spec.minInstances; n++) this.#order();
    await ready;
  }

  arrive(job: Job): void {
    const number = this.#idle.take();
    if (number >= 0) this.#run(this.#pods[number]!, job);
    else if (this.#instances() >= this.#spec.maxInstances) job.answer(refused);
    else this.#start(job);
  }

  leave(): void {
    // The process that was started for the request becomes an idle one.
  }

  #start(job: Job): void {
    const { startsPerSecond } = this.#spec;
    const now = monotonicSeconds();
    const at = Math.max(now, this.#nextStartAt);
    if (startsPerSecond < Infinity) this.#nextStartAt = at + 1 / startsPerSecond;
    if (at === now) {
      this.#bound.set(this.#order(), job);
      return;
    }
    this.#delayed++;
    after(at - now, () => {
      this.#delayed--;
      this.#bound.set(this.#order(), job);
    });
  }

  #ready(pod: Pod): void {
    const job = this.#bound.get(pod);
    this.#bound.delete(pod);
    if (job === undefined || job.gone) this.#release(pod);
    else this.#run(pod, job);
    if (this.#idle.size >= this.#spec.minInstances) this.#opened();
  }

  #run(pod: Pod, job: Job): void {
    clearTimeout(this.#timers.get(pod));
    this.#pool.forward(pod, job.headers, (reply) => {
      job.answer(reply);
      this.#release(pod);
    });
  }

  #release(pod: Pod): void {
    if (pod.state !== "ready") return;
    this.#idle.add(this.#numbers.get(pod)!);
    const seconds = this.#keepAlive();
    this.#timers.set(
      pod,
      after(seconds, () => this.#expire(pod)),
    );
  }

  #expire(pod: Pod): void {
    if (this.#instances() <= this.#spec.minInstances) return;
    this.#idle.remove(this.#numbers.get(pod)!);
    this.#pool.stop(pod);
  }

  #order(): Pod {
    const pod = this.#pool.order();
    this.#numbers.set(pod, this.#pods.length);
    this.#pods.push(pod);
    return pod;
  }

  #instances(): number {
    return this.#pool.pods.length + this.#delayed;
  }
}
