import { knativeConstants } from "../../policies/scaling/index.ts";
import type { Source } from "../../random/source.ts";
import { type Job, refused } from "./gate.ts";
import type { Pod, PodPool } from "./podPool.ts";

/** The data path of a Knative revision: an activator that holds requests, and a breaker in front of each pod. */
export interface Activator {
  /** `direct` skips the activator, as the ingress does in Serve mode. */
  arrive(job: Job, direct: boolean): void;
  leave(job: Job): void;
  /** Sends what waits, now that there may be room. */
  settle(): void;
}

/**
 * Knative's throttler and queue-proxy.
 *
 * Unlimited concurrency: the less busy of two random pods. Concurrency 1 to 3: the first pod with a free slot. More: round
 * robin over pods with a free slot. Requests wait in order while there is none, and fail beyond the breaker's depth.
 *
 * @see knative/serving pkg/activator/net/throttler.go, pkg/queue/breaker.go (v0.50)
 */
export function activator(
  pool: PodPool,
  options: { readonly containerConcurrency: number; readonly uniform: Source; readonly done: () => void },
): Activator {
  const { containerConcurrency: slots, uniform, done } = options;
  const limit = slots === 0 ? Infinity : slots;
  const waiting: Job[] = [];
  const queued = new Map<Pod, Job[]>();
  let turn = 0;

  const ready = (): Pod[] => pool.pods.filter((pod) => pod.state === "ready");
  const free = (pod: Pod): boolean => pod.inFlight < limit;

  const pick = (): Pod | undefined => {
    const pods = ready();
    if (slots === 0) {
      const one = pods[Math.floor(uniform() * pods.length)];
      const other = pods[Math.floor(uniform() * pods.length)];
      return one !== undefined && other !== undefined && other.inFlight < one.inFlight ? other : one;
    }
    if (slots <= 3) return pods.find(free);
    for (let k = 0; k < pods.length; k++) {
      const pod = pods[(turn + k) % pods.length]!;
      if (!free(pod)) continue;
      turn = (turn + k + 1) % pods.length;
      return pod;
    }
    return undefined;
  };

  const run = (pod: Pod, job: Job): void => {
    pool.forward(pod, job.headers, (reply) => {
      job.answer(reply);
      done();
      const next = queued.get(pod)?.shift();
      if (next !== undefined) run(pod, next);
      settle();
    });
  };

  const settle = (): void => {
    while (waiting.length > 0) {
      const pod = pick();
      if (pod === undefined) return;
      run(pod, waiting.shift()!);
    }
  };

  const arriveAtPod = (pod: Pod, job: Job): void => {
    if (free(pod)) {
      run(pod, job);
      return;
    }
    const behind = queued.get(pod) ?? [];
    queued.set(pod, behind);
    if (behind.length < slots * knativeConstants.queueProxyDepthPerSlot) behind.push(job);
    else refuse(job);
  };

  const refuse = (job: Job): void => {
    job.answer(refused);
    done();
  };

  return {
    settle,
    arrive: (job, direct) => {
      const pods = direct ? ready() : [];
      if (pods.length > 0) return arriveAtPod(pods[Math.floor(uniform() * pods.length)]!, job);
      if (waiting.length >= knativeConstants.activatorQueueDepth) return refuse(job);
      waiting.push(job);
      settle();
    },
    leave: (job) => {
      for (const line of [waiting, ...queued.values()]) {
        const place = line.indexOf(job);
        if (place < 0) continue;
        line.splice(place, 1);
        done();
      }
    },
  };
}
