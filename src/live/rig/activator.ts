import { type PodPicker, podPicker } from "../../policies/dispatch/podPicker.ts";
import { knativeConstants } from "../../policies/scaling/index.ts";
import type { Source } from "../../random/source.ts";
import { type Job, refused } from "./gate.ts";
import type { Pod, PodPool } from "./podPool.ts";

/**
 * The data path of a Knative revision: an activator that holds requests, and a queue-proxy's breaker before each pod.
 *
 * The activator chooses as the simulator's does (`podPicker`); requests wait in order while no pod has room, and fail
 * beyond the breaker's depth. Direct requests go to a random pod and wait in its own breaker.
 *
 * @see knative/serving pkg/activator/net/throttler.go, pkg/queue/breaker.go (v0.50)
 */
export class Activator {
  readonly #pool: PodPool;
  readonly #slots: number;
  readonly #uniform: Source;
  readonly #choose: PodPicker;
  /** A request has left: answered, refused, or its sender gone. */
  readonly #done: () => void;
  readonly #waiting: Job[] = [];
  readonly #queued = new Map<Pod, Job[]>();

  constructor(
    pool: PodPool,
    options: { readonly containerConcurrency: number; readonly uniform: Source; readonly done: () => void },
  ) {
    this.#pool = pool;
    this.#slots = options.containerConcurrency === 0 ? Infinity : options.containerConcurrency;
    this.#uniform = options.uniform;
    this.#choose = podPicker(options.containerConcurrency, options.uniform);
    this.#done = options.done;
  }

  /** @param direct past the activator, as the ingress sends in Serve mode */
  arrive(job: Job, direct: boolean): void {
    const pods = direct ? this.#ready() : [];
    if (pods.length > 0) {
      this.#arriveAtPod(pods[Math.floor(this.#uniform() * pods.length)]!, job);
    } else if (this.#waiting.length >= knativeConstants.activatorQueueDepth) {
      this.#refuse(job);
    } else {
      this.#waiting.push(job);
      this.settle();
    }
  }

  leave(job: Job): void {
    for (const line of [this.#waiting, ...this.#queued.values()]) {
      const place = line.indexOf(job);
      if (place < 0) continue;
      line.splice(place, 1);
      this.#done();
    }
  }

  /** Sends what waits, as far as there is room now. */
  settle(): void {
    while (this.#waiting.length > 0) {
      const pods = this.#ready();
      const load = Int32Array.from(pods, ({ inFlight }) => inFlight);
      const pod = pods[this.#choose([...pods.keys()], load)];
      if (pod === undefined) return;
      this.#run(pod, this.#waiting.shift()!);
    }
  }

  #ready(): Pod[] {
    return this.#pool.pods.filter(({ state }) => state === "ready");
  }

  #arriveAtPod(pod: Pod, job: Job): void {
    if (pod.inFlight < this.#slots) {
      this.#run(pod, job);
      return;
    }
    const behind = this.#queued.get(pod) ?? [];
    this.#queued.set(pod, behind);
    if (behind.length < this.#slots * knativeConstants.queueProxyDepthPerSlot) behind.push(job);
    else this.#refuse(job);
  }

  #run(pod: Pod, job: Job): void {
    this.#pool.forward(pod, job.headers, (reply) => {
      job.answer(reply);
      this.#done();
      const next = this.#queued.get(pod)?.shift();
      if (next !== undefined) this.#run(pod, next);
      this.settle();
    });
  }

  #refuse(job: Job): void {
    job.answer(refused);
    this.#done();
  }
}
