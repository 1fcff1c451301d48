import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { after } from "../../src/live/rig/after.ts";

describe("after", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([0.25, 3600, 86_400])("acts after %d s and not before", (seconds) => {
    const act = vi.fn();
    after(seconds, act);
    vi.advanceTimersByTime(seconds * 1e3 - 1);
    expect(act).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(act).toHaveBeenCalledOnce();
  });

  it.each([30 * 86_400, Infinity])("sets no timer for %d s, which would fire at once", (seconds) => {
    expect(after(seconds, () => {})).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });
});
