import type { Seconds } from "../../base/units.ts";
import type { Clock } from "../clock.ts";

const [firstWait, longestWait] = [0.1, 2];

/**
 * Tries again with growing pauses, for things that fail while a broker is away.
 *
 * @param patience after so long the last failure is thrown
 * @param wanted says whether there is still a point in it; default always
 */
export async function untilItWorks<T>(
  work: () => Promise<T>,
  {
    clock,
    patience,
    wanted = () => true,
  }: { readonly clock: Clock; readonly patience: Seconds; readonly wanted?: () => boolean },
): Promise<T> {
  const deadline = clock.now() + patience;
  for (let wait = firstWait; ; wait = Math.min(2 * wait, longestWait)) {
    try {
      return await work();
    } catch (error) {
      if (clock.now() + wait > deadline || !wanted()) throw error;
      await clock.sleepUntil(clock.now() + wait);
    }
  }
}
