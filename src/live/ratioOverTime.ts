import { type Interval, ratioInterval } from "../stats/intervals.ts";
import { timeWindows, widest, windowInterval, windowsMost } from "../stats/timeWindows.ts";
import type { OutcomeLog } from "./outcomes.ts";

/**
 * Σ sum / Σ weight over requests, with a 95 % interval that knows that neighbours depend on each other: that of independent requests, or the
 * wider one from the scatter between stretches of time.
 *
 * @param rows of the log, in order of time
 * @param parts what the k-th of these rows adds to either sum
 */
export function ratioOverTime(
  log: OutcomeLog,
  rows: Int32Array,
  parts: (row: number, k: number) => { readonly sum: number; readonly weight: number },
): Interval {
  const windowOf = timeWindows(log.at[rows[0] ?? 0] ?? 0, log.at[rows.at(-1) ?? 0] ?? 0);
  const windows = Array.from({ length: windowsMost }, () => ({ sum: 0, weight: 0 }));
  const each = Array.from(rows, (row, k) => {
    const part = parts(row, k);
    const window = windows[windowOf(log.at[row]!)]!;
    window.sum += part.sum;
    window.weight += part.weight;
    return part;
  });
  return widest([ratioInterval(each), windowInterval(windows)]);
}
