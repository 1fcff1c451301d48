import type { Seconds } from "../base/units.ts";
import type { SharedCores } from "./sharedCores.ts";

/**
 * One node's cores, shared fairly by pod and within a pod by thread, as Linux shares them among control groups of equal weight; or by thread
 * alone, as it shares them among processes in no groups.
 *
 * A pod uses at most `podCores` and a thread at most one core. Where all of them together want more than there is, every pod (or thread) gets
 * the same share, and what a pod cannot use goes to the others (max-min fairness).
 */
export class NodeCores {
  speed = 1;
  readonly #cores: number;
  readonly #podCores: number;
  readonly #sharedBy: "pod" | "request";
  readonly #active: SharedCores[] = [];
  readonly #pods: number[] = [];

  constructor(cores: number, podCores: number, sharedBy: "pod" | "request") {
    this.#cores = cores;
    this.#podCores = podCores;
    this.#sharedBy = sharedBy;
  }

  /** A pod has threads to run, or has none any more. */
  setActive(pod: number, cores: SharedCores, isActive: boolean): void {
    const place = this.#pods.indexOf(pod);
    if (isActive === place >= 0) return;
    if (isActive) {
      this.#pods.push(pod);
      this.#active.push(cores);
    } else {
      this.#pods.splice(place, 1);
      this.#active.splice(place, 1);
    }
  }

  /**
   * Shares the cores out again.
   *
   * @returns when the next thread ends if nothing changes, and whose it is; Infinity and −1 where none runs
   */
  share(now: Seconds): { readonly time: Seconds; readonly pod: number } {
    const level = this.#level();
    let time = Infinity;
    let pod = -1;
    for (const [i, cores] of this.#active.entries()) {
      const wanted = this.#wanted(cores);
      cores.setSpeed(now, this.speed * Math.min(1, (level * this.#weight(cores)) / wanted));
      const end = cores.nextEnd(now);
      if (end < time) {
        time = end;
        pod = this.#pods[i]!;
      }
    }
    return { time, pod };
  }

  #wanted(cores: SharedCores): number {
    return Math.min(cores.size, this.#podCores);
  }

  #weight(cores: SharedCores): number {
    return this.#sharedBy === "pod" ? 1 : cores.size;
  }

  /** The most that a pod gets for each of its weight: Infinity where there is enough for all. */
  #level(): number {
    let sum = 0;
    let weights = 0;
    for (const cores of this.#active) {
      sum += this.#wanted(cores);
      weights += this.#weight(cores);
    }
    if (sum <= this.#cores) return Infinity;
    const wanted = this.#active.map((cores) => ({ want: this.#wanted(cores), weight: this.#weight(cores) }));
    wanted.sort((a, b) => a.want / a.weight - b.want / b.weight);
    let left = this.#cores;
    for (const { want, weight } of wanted) {
      const equal = left / weights;
      if (want > equal * weight) return equal;
      left -= want;
      weights -= weight;
    }
    return Infinity;
  }
}
