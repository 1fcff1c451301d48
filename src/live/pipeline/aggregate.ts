import type { Seconds } from "../../base/units.ts";
import type { CameraEvent } from "./cameraEvent.ts";
import type { Pattern, Rule, Rules } from "./rules.ts";

interface Sighting {
  readonly at: Seconds;
  readonly label: "face" | "person";
  readonly confidence: number;
}

/** What is remembered of one device; plain data, so that it survives a restart as JSON. */
export interface DeviceState {
  /** The newest frame, event time; null before the first. */
  readonly lastSeen: Seconds | null;
  /** Ids of the last events, against a second delivery. */
  readonly ids: readonly string[];
  /** Within the longest window of any rule, in the order of arrival. */
  readonly sightings: readonly Sighting[];
  /** When each track was first and last seen. */
  readonly tracks: Readonly<Record<string, readonly [Seconds, Seconds]>>;
  /** When the pattern of each rule of absence was last seen. */
  readonly matched: Readonly<Record<string, Seconds>>;
  /** Event time at which each rule last spoke. */
  readonly spoke: Readonly<Record<string, Seconds>>;
}

/** A rule's conditions came true. */
export interface Alert {
  readonly rule: string;
  readonly device: string;
  /** Event time. */
  readonly atSeconds: Seconds;
}

/** An event of `camera.enriched`: what the camera saw, and what it means beside what was seen before. */
export interface EnrichedEvent extends CameraEvent {
  /** Sightings of each kind within the window, this frame's included. */
  readonly counts: { readonly face: number; readonly person: number };
  /** How long each track of this frame has been in sight. */
  readonly dwellSeconds: Readonly<Record<string, Seconds>>;
  /** Since the device's frame before; null for the first. */
  readonly sinceLastSeconds: Seconds | null;
  /** Behind the watermark: forwarded, but not counted. */
  readonly late: boolean;
  readonly alerts: readonly Alert[];
}

export const freshDevice: DeviceState = { lastSeen: null, ids: [], sightings: [], tracks: {}, matched: {}, spoke: {} };
/** A second delivery comes within moments; ids from longer ago need not be kept. */
const idsMax = 200;
/** A device's memory is one message, which a broker takes up to 1 MiB: of a crowd beyond these the newest are remembered. */
const [sightingsMax, tracksMax] = [2000, 500];

/**
 * One event joins what is known of its device.
 *
 * @param watermark event time of the partition before this event; events behind it are late
 * @returns the device's new state and the enriched event; null in place of the event if its id was seen before
 */
export function aggregate(
  state: DeviceState,
  event: CameraEvent,
  { watermark, rules }: { readonly watermark: Seconds; readonly rules: Rules },
): { readonly state: DeviceState; readonly enriched: EnrichedEvent | null } {
  if (state.ids.includes(event.id)) return { state, enriched: null };
  const ids = [...state.ids, event.id].slice(-idsMax);
  const now = event.frameSeconds;
  const sinceLastSeconds = state.lastSeen === null ? null : now - state.lastSeen;
  if (now < watermark) {
    const counts = countsOf(state.sightings, now - rules.window, now);
    const enriched = { ...event, counts, dwellSeconds: {}, sinceLastSeconds, late: true, alerts: [] };
    return { state: { ...state, ids }, enriched };
  }

  const memory = Math.max(rules.window, ...rules.rules.map((rule) => ("within" in rule ? rule.within : 0)));
  const seen = event.detections.map(({ label, confidence }): Sighting => ({ at: now, label, confidence }));
  const sightings = [...state.sightings, ...seen].filter(({ at }) => at > now - memory).slice(-sightingsMax);
  // A camera names its tracks as it likes, also as what every object has.
  const tracks: Record<string, readonly [Seconds, Seconds]> = Object.create(null);
  for (const [track, span] of Object.entries(state.tracks)) if (span[1] > now - rules.window) tracks[track] = span;
  const dwellSeconds: Record<string, Seconds> = Object.create(null);
  for (const { track } of event.detections) {
    const first = Math.min(tracks[track]?.[0] ?? now, now);
    tracks[track] = [first, Math.max(tracks[track]?.[1] ?? now, now)];
    dwellSeconds[track] = now - first;
  }
  // An absence that this frame ends was one until now.
  const before = absences(state, event.device, { watermark: now, rules });
  const { alerts, spoke } = judge({ ...before.state, sightings }, event, rules.rules);
  const matched = { ...state.matched };
  for (const rule of rules.rules) {
    if (rule.kind === "absence" && seen.some((sighting) => fits(sighting, rule.of))) {
      matched[rule.name] = Math.max(matched[rule.name] ?? now, now);
    }
  }
  const lastSeen = Math.max(state.lastSeen ?? now, now);
  const counts = countsOf(sightings, now - rules.window, now);
  return {
    state: { lastSeen, ids, sightings, tracks: newest(tracks), matched, spoke },
    enriched: {
      ...event,
      counts,
      dwellSeconds,
      sinceLastSeconds,
      late: false,
      alerts: [...before.alerts, ...alerts],
    },
  };
}

function newest(tracks: DeviceState["tracks"]): DeviceState["tracks"] {
  const entries = Object.entries(tracks);
  if (entries.length <= tracksMax) return tracks;
  return Object.fromEntries(entries.toSorted(([, a], [, b]) => b[1] - a[1]).slice(0, tracksMax));
}

/** The absences that the watermark's advance makes certain, and the state in which they have been told. */
export function absences(
  state: DeviceState,
  device: string,
  { watermark, rules }: { readonly watermark: Seconds; readonly rules: Rules },
): { readonly state: DeviceState; readonly alerts: readonly Alert[] } {
  const alerts = rules.rules.flatMap((rule): Alert[] => {
    if (rule.kind !== "absence") return [];
    const last = state.matched[rule.name];
    if (last === undefined || watermark < last + rule.for) return [];
    // Once told, it is told again only after the device was seen in between.
    if ((state.spoke[rule.name] ?? Number.NEGATIVE_INFINITY) >= last) return [];
    return [{ rule: rule.name, device, atSeconds: last + rule.for }];
  });
  if (alerts.length === 0) return { state, alerts };
  const told = Object.fromEntries(alerts.map(({ rule, atSeconds }) => [rule, atSeconds]));
  return { state: { ...state, spoke: { ...state.spoke, ...told } }, alerts };
}

function judge({ sightings, spoke }: DeviceState, { device, frameSeconds: now }: CameraEvent, rules: readonly Rule[]) {
  const alerts: Alert[] = [];
  const told = { ...spoke };
  for (const rule of rules) {
    if (rule.kind === "absence") continue;
    // One crossing is one alert: what was counted for the last one does not count again.
    const since = Math.max(now - rule.within, spoke[rule.name] ?? Number.NEGATIVE_INFINITY);
    const fresh = sightings.filter(({ at }) => at > since);
    const holds =
      rule.kind === "threshold"
        ? fresh.filter((sighting) => fits(sighting, rule.of)).length >= rule.count
        : inOrder(fresh, rule.of);
    if (!holds) continue;
    alerts.push({ rule: rule.name, device, atSeconds: now });
    told[rule.name] = now;
  }
  return { alerts, spoke: told };
}

function inOrder(sightings: readonly Sighting[], patterns: readonly Pattern[]): boolean {
  let next = 0;
  for (const sighting of sightings.toSorted((a, b) => a.at - b.at)) {
    if (next < patterns.length && fits(sighting, patterns[next]!)) next++;
  }
  return next === patterns.length;
}

const fits = ({ label, confidence }: Sighting, pattern: Pattern): boolean =>
  (pattern.label === undefined || pattern.label === label) && confidence >= pattern.confidence;

function countsOf(sightings: readonly Sighting[], after: Seconds, upTo: Seconds) {
  const within = sightings.filter(({ at }) => at > after && at <= upTo);
  const of = (label: Sighting["label"]) => within.filter((sighting) => sighting.label === label).length;
  return { face: of("face"), person: of("person") };
}
