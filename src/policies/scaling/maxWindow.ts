import type { Seconds } from "../../base/units.ts";

/** The largest value of the last `size` indices; indices do not decrease. */
export interface MaxWindow {
  record(index: number, value: number): void;
  /** −∞ before the first value. */
  readonly current: number;
}

/**
 * A sliding maximum in amortised O(1): a queue of values that fall from front to back.
 *
 * An entry leaves when `index − size` reaches its index; at one index the larger value stays.
 *
 * @param size how many indices the window covers, an integer ≥ 0; none: the newest value stands alone
 * @see knative/serving pkg/autoscaler/aggregation/max/window.go (v0.50)
 */
export function maxWindow(size: number): MaxWindow {
  const entries: { index: number; value: number }[] = [];
  return {
    record(index, value) {
      while (entries.length > 0 && value >= entries.at(-1)!.value) entries.pop();
      while (entries.length > 0 && entries[0]!.index <= index - size) entries.shift();
      if (entries.at(-1)?.index !== index) entries.push({ index, value });
    },
    get current() {
      return entries[0]?.value ?? -Infinity;
    },
  };
}

/** A `maxWindow` over time: index = time in whole granules. */
export function timeWindow({
  durationSeconds,
  granularitySeconds,
}: {
  readonly durationSeconds: Seconds;
  readonly granularitySeconds: Seconds;
}): { record(atSeconds: Seconds, value: number): void; readonly current: number } {
  const window = maxWindow(Math.ceil(durationSeconds / granularitySeconds));
  return {
    record: (at, value) => window.record(Math.floor(at / granularitySeconds), value),
    get current() {
      return window.current;
    },
  };
}
