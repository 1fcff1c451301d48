import { SharedCores } from "../../src/sim/sharedCores.ts";
import type { RecordedPod, Recording } from "./recording.ts";

/** What a pod's start takes on the recorded node; seconds. */
export interface StartFit {
  /** Between the order and the pod object, on average. */
  readonly control: number;
  /** On the scheduler, on average. */
  readonly schedule: number;
  /** From the node to the running process where nothing else starts, `work` of it on a core. */
  readonly start: number;
  /** The same by recording: runs differ by more than their pods do. */
  readonly starts: readonly number[];
  readonly work: number;
  /** Seconds of a core to take a pod down. */
  readonly stopWork: number;
  /** Standard deviation of `start`. */
  readonly scatter: number;
}

/** Half of a kubelet's period, and the way of its news. */
const newsDelay = 0.5 + 0.02;
const cores = 2;
/** How long a queue-proxy drains before its pod is taken down. */
const drain = 30;

/** Pods that start alone or by twos have their cores to themselves. */
const fewAtOnce = 2;

/**
 * The start on recorded nodes, in two steps: how long one takes alone, and which part of it shares the cores.
 *
 * The first is what pods that start alone or by twos were seen with an address after, less what the kubelet's news takes on average: those
 * of the nearest recording, or of all where it has too few. Then every recorded pod's start is played with the others' on the node's two
 * cores, shared equally, from the instant it was scheduled, and the CPU work is what explains best when they were seen. The recordings
 * count alike, however many pods they have.
 */
export function fitStarts(recordings: readonly Recording[], nearest: Recording): StartFit {
  const aloneBy = (alone(nearest.pods).length >= 8 ? [nearest] : recordings).map(({ pods }) => alone(pods));
  const starts = aloneBy.filter((pods) => pods.length >= 2).map((pods) => meanUntilTold(pods) - newsDelay);
  const start = mean(starts);
  let best = { work: 0, stopWork: 0, loss: Infinity };
  for (let work = 0.02; work <= start; work += 0.02) {
    for (let stopWork = 0; stopWork <= 0.6; stopWork += 0.02) {
      const losses = recordings.map(({ pods }) => meanRelativeError(pods, { start, work, stopWork }));
      const loss = mean(losses.filter((value) => !Number.isNaN(value)));
      if (loss < best.loss) best = { work, stopWork, loss };
    }
  }
  const { work, stopWork } = best;
  const scatters = recordings.map(scatterAlone).filter((value) => !Number.isNaN(value));
  return {
    start,
    starts,
    work,
    stopWork,
    control: median(recordings.map(firstOrder)),
    schedule: median(recordings.map((recording) => median(recording.pods.map((pod) => pod.scheduled - pod.created)))),
    scatter: scatters.length === 0 ? 0 : mean(scatters),
  };
}

const meanUntilTold = (pods: readonly RecordedPod[]): number =>
  mean(pods.map(({ told, scheduled }) => told - scheduled));

/** Those that had an address, and at most one other pod that started with them. */
const alone = (pods: readonly RecordedPod[]): readonly RecordedPod[] =>
  pods.filter(
    ({ created, told }) =>
      !Number.isNaN(told) && pods.filter((other) => Math.abs(other.created - created) < 1).length <= fewAtOnce,
  );

type Times = Pick<StartFit, "start" | "work" | "stopWork">;

/** Mean absolute error of when pods were seen to run and to be gone, in units of how long that took on average. */
function meanRelativeError(pods: readonly RecordedPod[], times: Times): number {
  const { runs, gone } = played(pods, times);
  const errors: number[] = [];
  const lasted: number[] = [];
  const note = (seen: number, predicted: number, since: number): void => {
    if (Number.isNaN(seen) || Number.isNaN(predicted)) return;
    errors.push(Math.abs(seen - predicted - newsDelay));
    lasted.push(seen - since);
  };
  for (const [i, pod] of pods.entries()) {
    note(pod.told, runs[i]!, pod.scheduled);
    if (!Number.isNaN(pod.told)) note(pod.deleted, gone[i]!, pod.deleting + drain);
  }
  return mean(errors) / mean(lasted);
}

/** When each pod's process begins and each stopped one is gone, if all share the cores. */
function played(pods: readonly RecordedPod[], { start, work, stopWork }: Times): Record<"runs" | "gone", number[]> {
  const shared = new SharedCores(cores);
  const runs = pods.map(() => Number.NaN);
  const gone = pods.map(() => Number.NaN);
  const jobs = pods.flatMap(({ scheduled, told, deleting }, i) => [
    { at: scheduled + Math.max(0, start - work), cpu: work, id: i },
    { at: Number.isNaN(told) ? Number.NaN : deleting + drain, cpu: stopWork, id: ~i },
  ]);
  let now = 0;
  const finishUntil = (time: number): void => {
    for (let end = shared.nextEnd(now); end <= time && shared.size > 0; end = shared.nextEnd(now)) {
      const id = shared.pop(end);
      if (id < 0) gone[~id] = end;
      else runs[id] = end;
      now = end;
    }
  };
  for (const { at, cpu, id } of jobs.filter((job) => !Number.isNaN(job.at)).toSorted((a, b) => a.at - b.at)) {
    finishUntil(at);
    shared.add(at, id, cpu);
    now = at;
  }
  finishUntil(Infinity);
  return { runs, gone };
}

/** From the first request to the first pod object: the way of the news to the autoscaler, and of its order. */
function firstOrder({ outcomes, pods }: Recording): number {
  const created = Math.min(...pods.map((pod) => pod.created));
  return created - (outcomes.at[0]! + outcomes.lateness[0]!);
}

/** Standard deviation of the process's begin after the pod object, of pods that start alone or by twos. */
function scatterAlone({ pods }: Recording): number {
  const times = alone(pods).map(({ processUnix, created }) => processUnix - created);
  const middle = median(times);
  const known = times.filter((time) => !Number.isNaN(time));
  return known.length < 8 ? Number.NaN : 1.4826 * median(known.map((time) => Math.abs(time - middle)));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  return sorted.length === 0 ? Number.NaN : sorted[Math.floor(sorted.length / 2)]!;
}
