import type { UnavailableAnswer } from "../scenario/answer.ts";
import type { TargetSpec } from "../scenario/scenario.ts";

/** A target the model has no answer for. */
export const unavailable = ({ name, kind }: TargetSpec, reason: string): UnavailableAnswer => ({
  name,
  kind,
  status: "unavailable",
  reason,
});
