/** What a trace is told beside the figures: of a request (its number, and where) or of an instance (its number, and the step). */
export const facts = {
  /** A request waits in the target's own line; place: none. */
  waits: 0,
  /** A request waits at an activator; place: its number. */
  held: 1,
  /** A request waits inside a pod, at its queue-proxy; place: the pod. */
  queued: 2,
  /** An instance begins with a request; place: the instance. */
  served: 3,
  /** An instance is ordered. */
  ordered: 4,
  /** A step of its start ends; place: which of `startSteps`. */
  stepEnds: 5,
  /** It can serve from this instant on. */
  ready: 6,
  /** It is no more. */
  gone: 7,
} as const;

/** Steps of an instance's start by their place in `stepEnds`: those of a pod, and its way among the endpoints. */
export const startSteps = [
  "control",
  "schedule",
  "sandbox",
  "pull",
  "unpack",
  "containers",
  "process",
  "endpoint",
] as const;
