import type { Seconds } from "../../base/units.ts";
import { type KedaPauses, kedaPauses } from "./kedaAnnotations.ts";
import { type PollOutcome, type PollView, requestScale } from "./kedaRequestScale.ts";
import type { ScaledObjectSettings } from "./kedaScaledObject.ts";

/** KEDA's operator for one ScaledObject. */
export interface ScaleLoop {
  /** One poll; obey its count at once. `checkSeconds` is how long asking the triggers took. */
  poll(
    nowSeconds: Seconds,
    view: Pick<PollView, "active" | "failed" | "currentReplicas"> & { readonly checkSeconds?: Seconds },
  ): PollOutcome & { readonly nextPollAtSeconds: Seconds };
}

/**
 * The loop between 0 and 1: polls at a fixed interval, and the memory of the last active one.
 *
 * Call `poll` when the object is made and then at each `nextPollAtSeconds`. Activity is seen only by polls, and its instant is kept in
 * whole seconds, as a Kubernetes status does: 0 is reached at the first poll more than the cooldown after the last active one.
 *
 * @param start when the object is made; −∞ for long ago. `lastActiveSeconds`: from a status that is there already
 * @see kedacore/keda pkg/scaling/scale_handler.go, startScaleLoop (v2.20)
 */
export function kedaScaleLoop(
  settings: ScaledObjectSettings,
  start: { readonly createdAtSeconds: Seconds; readonly lastActiveSeconds?: Seconds },
  pauses: KedaPauses = kedaPauses({}),
): ScaleLoop {
  let lastActiveSeconds = start.lastActiveSeconds ?? null;
  return {
    poll(nowSeconds, { checkSeconds = 0, ...view }) {
      const { createdAtSeconds } = start;
      const outcome = requestScale(settings, pauses, { ...view, nowSeconds, createdAtSeconds, lastActiveSeconds });
      if (outcome.refreshesLastActive) lastActiveSeconds = Math.floor(nowSeconds);
      return { ...outcome, nextPollAtSeconds: nowSeconds + Math.max(settings.pollingSeconds, checkSeconds) };
    },
  };
}
