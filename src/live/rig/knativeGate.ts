import type { Seconds } from "../../base/units.ts";
import {
  concurrencyReporter,
  isNews,
  type KnativeStat,
  knativeAutoscaler,
  knativeConstants,
  knativeSettings,
  podAutoscaler,
  wakesAtOnce,
} from "../../policies/scaling/index.ts";
import { source } from "../../random/source.ts";
import type { KnativeSpec } from "../../scenario/scenario.ts";
import { monotonicSeconds } from "../monotonic.ts";
import { Activator } from "./activator.ts";
import { after } from "./after.ts";
import { drawn } from "./drawn.ts";
import { crashNote, type Gate } from "./gate.ts";
import type { Pod, PodPool } from "./podPool.ts";

/**
 * A Knative revision: activator and queue-proxies, and the autoscaler that the simulator runs, here on the wall clock.
 *
 * It begins as a revision that has been scaled to its minimum: `minScale` pods ready, none by default; the initial scale
 * belongs to a revision's first minutes and is over.
 */
export function knativeGate(spec: KnativeSpec, pool: PodPool, seed: number): Gate {
  const notes: string[] = [];
  const settings = knativeSettings(spec);
  const readyDelay = drawn(spec.readyDelay, seed, spec.name, "readyDelay");
  const startedAt = monotonicSeconds();
  const load = concurrencyReporter(startedAt);
  const path = new Activator(pool, {
    containerConcurrency: spec.containerConcurrency,
    uniform: source(seed, spec.name, "dispatch", "live"),
    done: () => load.leave(monotonicSeconds()),
  });
  const scaler = scaling(spec, pool, settings, startedAt);

  pool.onReady = (pod) => {
    path.settle();
    const delay = readyDelay();
    if (delay === 0) scaler.countedReady(pod);
    else setTimeout(scaler.countedReady, delay * 1e3, pod);
  };
  pool.onGone = (pod, complaint) => {
    notes.push(crashNote(pod.id, complaint));
    scaler.gone(pod);
  };

  return {
    notes,
    arrive: (job) => {
      const first = load.enter(job.arrivedAt);
      path.arrive(job, scaler.mode() === "serve");
      if (first !== null) scaler.record(first);
    },
    leave: (job) => path.leave(job),
    open: async () => {
      await scaler.open();
      setInterval(() => {
        const stat = load.report(monotonicSeconds());
        if (stat !== null) scaler.record(stat);
        // A scrape of idle pods is data: it fills the windows with zeros.
        else if (pool.pods.some((pod) => pod.state === "ready"))
          scaler.record({ concurrency: 0, requestsPerSecond: 0 });
      }, knativeConstants.reportSeconds * 1e3);
      setInterval(scaler.decide, knativeConstants.tickSeconds * 1e3);
    },
  };
}

/** The autoscaler's and reconciler's loops; applies what they say to the pods. */
function scaling(spec: KnativeSpec, pool: PodPool, settings: ReturnType<typeof knativeSettings>, startedAt: Seconds) {
  const counted = new Set<Pod>();
  const autoscaler = knativeAutoscaler(settings, { nowSeconds: startedAt, readyPods: 0 });
  const reconciler = podAutoscaler(settings, { nowSeconds: startedAt, replicas: spec.minScale, initialised: true });
  let last = { desired: spec.minScale, excessBurstCapacity: -1 };
  let mode: "serve" | "proxy" = "proxy";
  let recheck: NodeJS.Timeout | undefined;
  let allReady = (): void => {};

  const readyPods = (): number => [...counted].filter((pod) => pod.state === "ready").length;

  const apply = (replicas: number): void => {
    const alive = pool.pods.filter((pod) => pod.state === "starting" || pod.state === "ready");
    for (let n = alive.length; n < replicas; n++) pool.order();
    // Kubernetes removes those that are not ready first, then the youngest.
    const byAge = alive.toSorted((a, b) => Number(b.state === "ready") - Number(a.state === "ready"));
    for (const pod of byAge.slice(replicas).reverse()) pool.stop(pod);
  };

  const reconcile = (): void => {
    clearTimeout(recheck);
    const now = monotonicSeconds();
    const state = reconciler.reconcile(now, { ...last, readyPods: readyPods() });
    mode = state.mode;
    apply(state.replicas);
    recheck = after(Math.max(state.checkAgainAtSeconds - now, 0) + 0.001, reconcile);
  };

  const decide = (): void => {
    const decision = autoscaler.decide(monotonicSeconds(), readyPods());
    if (!decision.valid) return;
    const news = isNews(last, decision);
    last = decision;
    if (news) reconcile();
  };

  return {
    mode: () => mode,
    decide,
    record: (stat: KnativeStat): void => {
      autoscaler.record(monotonicSeconds(), stat);
      if (wakesAtOnce(last.desired, stat.concurrency)) decide();
    },
    countedReady: (pod: Pod): void => {
      if (pod.state !== "ready") return;
      counted.add(pod);
      reconcile();
      if (readyPods() >= spec.minScale) allReady();
    },
    gone: (pod: Pod): void => {
      counted.delete(pod);
      reconcile();
    },
    open: (): Promise<void> => {
      if (spec.minScale === 0) return Promise.resolve();
      const ready = new Promise<void>((resolve) => {
        allReady = resolve;
      });
      apply(spec.minScale);
      return ready;
    },
  };
}
