import type { Seconds } from "../../base/units.ts";
import { source } from "../../random/source.ts";
import type { CameraEvent, Detection } from "./cameraEvent.ts";

/** A camera's present visitor: seen in frame after frame until it has gone. */
interface Visitor {
  readonly track: string;
  readonly label: Detection["label"];
  x: number;
  y: number;
  framesLeft: number;
}

/** What one frame is about. */
export interface Frame {
  readonly id: string;
  readonly device: string;
  readonly frameSeconds: Seconds;
  readonly workSeconds: Seconds;
}

const visitorsMax = 4;
const framesMean = 12;

/**
 * Cameras that see people come and go: visitors keep their track from frame to frame and wander a little.
 *
 * @returns a function from a frame to its event; the same seed and frames give the same events
 */
export function cameras(seed: number): (frame: Frame) => CameraEvent {
  const uniform = source(seed, "detections");
  const present = new Map<string, Visitor[]>();
  let tracks = 0;
  const share = (): number => Number(uniform().toFixed(3));
  const step = (at: number): number => Number(Math.min(0.9, Math.max(0, at + (uniform() - 0.5) * 0.04)).toFixed(3));

  return ({ id, device, frameSeconds, workSeconds }) => {
    const visitors = (present.get(device) ?? []).filter((visitor) => visitor.framesLeft > 0);
    if (visitors.length === 0 || (visitors.length < visitorsMax && uniform() < 0.1)) {
      const framesLeft = Math.ceil(-Math.log1p(-uniform()) * framesMean);
      const label = uniform() < 0.6 ? "person" : "face";
      visitors.push({ track: `t${tracks++}`, label, x: share() * 0.9, y: share() * 0.9, framesLeft });
    }
    present.set(device, visitors);
    const detections = visitors.map((visitor): Detection => {
      visitor.framesLeft--;
      visitor.x = step(visitor.x);
      visitor.y = step(visitor.y);
      const size = visitor.label === "face" ? 0.05 : 0.1;
      const confidence = Number((0.5 + uniform() / 2).toFixed(3));
      return { label: visitor.label, confidence, box: [visitor.x, visitor.y, size, size], track: visitor.track };
    });
    return { id, device, frameSeconds, detections, workSeconds };
  };
}
