import type { Timeline } from "../scenario/answer.ts";
import { columns, stepQuantile, type TimelineData } from "./timelineRecorder.ts";

/** The replications' timelines as one: counts averaged over time and runs, percentiles over all requests of a step. */
export function joinTimelines(timelines: readonly TimelineData[]): Timeline | null {
  const everySeconds = Math.max(...timelines.map(({ stepSeconds }) => stepSeconds));
  const coarser = timelines.map((timeline) => ({ timeline, merge: Math.round(everySeconds / timeline.stepSeconds) }));
  const steps = Math.max(...coarser.map(({ timeline, merge }) => Math.ceil(timeline.span.length / merge)));
  if (steps === 0) return null;
  const ready: (number | null)[] = [];
  const starting: (number | null)[] = [];
  const p50: (number | null)[] = [];
  const p99: (number | null)[] = [];
  const latencies = new Float64Array(columns);
  for (let step = 0; step < steps; step++) {
    latencies.fill(0);
    let span = 0;
    let readyTime = 0;
    let startingTime = 0;
    for (const { timeline, merge } of coarser) {
      for (let row = step * merge; row < Math.min((step + 1) * merge, timeline.span.length); row++) {
        span += timeline.span[row]!;
        readyTime += timeline.ready[row]!;
        startingTime += timeline.starting[row]!;
        const { firstColumn, columnCount } = timeline;
        for (let k = 0; k < columnCount; k++) {
          latencies[firstColumn + k]! += timeline.latencies[row * columnCount + k]!;
        }
      }
    }
    ready.push(span > 0 ? readyTime / span : null);
    starting.push(span > 0 ? startingTime / span : null);
    p50.push(stepQuantile(latencies, 0.5));
    p99.push(stepQuantile(latencies, 0.99));
  }
  return { everySeconds, ready, starting, p50, p99 };
}
