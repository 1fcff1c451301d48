import { describe, expect, it } from "vitest";
import { isAccounted } from "../coldcast.ts";
import { type Load, overload } from "../overload.ts";

/** What one request of a schedule takes at most, from its drawing to its line in the log, and what Node itself takes. */
const bytesPerRequest = 800;
const bytesOfNode = 400 * 2 ** 20;

describe.skipIf(process.platform !== "linux")("at ten times the rate", () => {
  it.each([
    ["the replayer", { kind: "slow", rate: 200_000, seconds: 5, senders: 2, interruptAfterSeconds: 4 }],
    ["the rig", { kind: "knative", rate: 10_000, seconds: 6, interruptAfterSeconds: 3 }],
  ] as const)(
    "%s drops and counts, holds no more than its schedule takes, and ends at Ctrl-C",
    async (_, load: Load) => {
      const { code, counts, peakBytes, saidSeconds } = await overload(load);
      expect(code).toBe(130);
      expect(isAccounted(counts)).toBe(true);
      expect(counts.dropped).toBeGreaterThan(100);
      expect(peakBytes).toBeLessThan(bytesOfNode + bytesPerRequest * counts.scheduled);
      expect(saidSeconds).toBeLessThan(2);
    },
  );
});
