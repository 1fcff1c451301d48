import { source } from "../../src/random/source.ts";
import { standardExponential } from "../../src/random/standardExponential.ts";
import { Calendar } from "../../src/sim/calendar.ts";

export interface PendingCost {
  readonly pending: number;
  /** Of taking the earliest event and scheduling another. */
  readonly nanoseconds: number;
}

/** The cost of an event with so many pending, by processor time: the least of several short stretches. */
export function pendingCosts(counts: readonly number[], events: number): PendingCost[] {
  return counts.map((pending) => {
    const draw = standardExponential(source(1, "pending"));
    const times = Float64Array.from({ length: 1 << 16 }, () => draw());
    const calendar = new Calendar();
    for (let i = 0; i < pending; i++) calendar.schedule(draw(), 1, i, 0);
    let nanoseconds = Infinity;
    for (let stretch = 0; stretch < 5; stretch++) {
      const begun = process.cpuUsage();
      for (let i = 0; i < events; i++) {
        calendar.pop();
        calendar.schedule(calendar.time + times[i & 0xffff]!, 1, calendar.subject, 0);
      }
      nanoseconds = Math.min(nanoseconds, (process.cpuUsage(begun).user * 1e3) / events);
    }
    return { pending, nanoseconds };
  });
}

if (import.meta.main) {
  const events = Number(process.argv[2] ?? 1e5);
  for (const { pending, nanoseconds } of pendingCosts([1e1, 1e2, 1e3, 1e4, 1e5, 1e6], events)) {
    const perDoubling = nanoseconds / Math.log2(pending);
    process.stdout.write(
      `${String(pending).padStart(8)} pending: ${nanoseconds.toFixed(0)} ns an event, ${perDoubling.toFixed(1)} ns per doubling\n`,
    );
  }
}
