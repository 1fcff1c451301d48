import { podPicker } from "../../policies/dispatch/podPicker.ts";
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
 * The activator chooses as the simulator's does (`podPicker`); requests wait in order while no pod has room, and fail
 * beyond the breaker's depth. Direct requests go to a random pod and wait in its own breaker.
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
  const choose = podPicker(slots, uniform);

  const ready = (): Pod[] => pool.pods.filter((pod) => pod.state === "ready");
  const free = (pod: Pod): boolean => pod.inFlight < limit;

  const pick = (): Pod | undefined => {
    const pods = ready();
    const load = Int32Array.from(pods, ({ inFlight }) => inFlight);
    return pods[choose([...pods.keys()], load)];
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
