import { expect, it } from "vitest";
import type { Snapshot as Shown, TargetSnapshot as ShownTarget } from "../../../dashboard/components/snapshot.ts";
import type { Snapshot, TargetSnapshot } from "../../../src/live/pipeline/snapshot.ts";

type Fits<A, B> = [A] extends [B] ? true : false;
type Same<A, B> = [Fits<A, B>, Fits<B, A>] extends [true, true] ? true : false;

/** The compiler is who checks this: `tsc` fails where a field is missing, of another type, or sent in vain. */
it("the dashboard, a package of its own, expects what the collector sends", () => {
  const fits: Fits<Snapshot, Shown> = true;
  const hasTheSameFields: Same<keyof Snapshot, keyof Shown> & Same<keyof TargetSnapshot, keyof ShownTarget> = true;
  expect([fits, hasTheSameFields]).toEqual([true, true]);
});
