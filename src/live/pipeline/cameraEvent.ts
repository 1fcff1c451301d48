import type { Seconds } from "../../base/units.ts";

/** What a camera saw in one frame. */
export interface Detection {
  readonly label: "face" | "person";
  /** In [0, 1]. */
  readonly confidence: number;
  /** Left, top, width and height, in shares of the frame. */
  readonly box: readonly [number, number, number, number];
  /** The same thing seen again keeps its track. */
  readonly track: string;
}

/** One frame's detections: an event of the topic `camera.raw`. */
export interface CameraEvent {
  /** Unique; the same id a second time is the same event delivered twice. */
  readonly id: string;
  readonly device: string;
  /** When the frame was taken, Unix seconds: the event time. */
  readonly frameSeconds: Seconds;
  readonly detections: readonly Detection[];
  /** What the function is to do with it. */
  readonly workSeconds: Seconds;
}

/** Frames from further in the future than this are a camera's broken clock. */
const futureMax: Seconds = 60;
/** Larger messages are not read. */
export const eventBytesMax = 256 * 1024;
/** An event that was enriched, which repeats its tracks, may be larger; a broker takes 1 MiB. */
export const enrichedBytesMax = 3 * eventBytesMax;
const detectionsMax = 1000;
const trackMax = 100;

/**
 * Reads an event of `camera.raw`, or of `camera.enriched`, which has more to it.
 *
 * @param nowSeconds Unix time, to tell a frame from the future
 * @returns the event, or in words why it is none
 */
export function readCameraEvent(
  value: Buffer | null,
  nowSeconds: Seconds,
  bytesMax = eventBytesMax,
): CameraEvent | string {
  if (value === null) return "it has no content";
  if (value.length > bytesMax) return `it is ${value.length} bytes long; at most ${bytesMax} are read`;
  let event: unknown;
  try {
    event = JSON.parse(value.toString());
  } catch {
    return "it is not JSON";
  }
  if (typeof event !== "object" || event === null || Array.isArray(event)) return "it is not a JSON object";
  return whyNoEvent(event as Partial<CameraEvent>, nowSeconds) ?? (event as CameraEvent);
}

function whyNoEvent(event: Partial<CameraEvent>, nowSeconds: Seconds): string | undefined {
  const { id, device, frameSeconds, detections, workSeconds } = event;
  if (typeof id !== "string" || id === "" || id.length > 200) return "id must be a text of 1 to 200 characters";
  if (typeof device !== "string" || device === "" || device.length > 200)
    return "device must be a text of 1 to 200 characters";
  if (!isNumber(frameSeconds) || frameSeconds < 0) return "frameSeconds must be a Unix time";
  if (frameSeconds > nowSeconds + futureMax) return `frameSeconds is ${Math.round(frameSeconds - nowSeconds)} s ahead`;
  if (!isNumber(workSeconds) || workSeconds < 0 || workSeconds > 3600) return "workSeconds must be in [0, 3600]";
  if (!Array.isArray(detections)) return "detections must be a list";
  if (detections.length > detectionsMax) return `detections must be at most ${detectionsMax}`;
  const wrong = detections.findIndex((detection: Partial<Detection> | null) => !isDetection(detection));
  return wrong < 0 ? undefined : `detections[${wrong}] must have label, confidence, box and track`;
}

function isDetection(detection: Partial<Detection> | null): boolean {
  if (typeof detection !== "object" || detection === null) return false;
  const { label, confidence, box, track } = detection;
  if (label !== "face" && label !== "person") return false;
  if (!isNumber(confidence) || confidence < 0 || confidence > 1) return false;
  if (typeof track !== "string" || track.length > trackMax) return false;
  return Array.isArray(box) && box.length === 4 && box.every((side) => isNumber(side) && side >= 0 && side <= 1);
}

const isNumber = (value: unknown): value is number => Number.isFinite(value);
