import type { Seconds } from "../../base/units.ts";

/** How Knative finds out that a pod can serve; times in seconds. */
export const probeConstants = {
  /** Between an activator's rounds of probes while some pod refuses them. */
  everySeconds: 0.2,
  /** A probe that hangs is given up then, and the next follows at once. */
  timeoutSeconds: 0.3,
  /** Between a queue-proxy's looks at the user's port, while a probe hangs on it. */
  pollSeconds: 0.05,
} as const;

/**
 * When an activator learns that a pod serves.
 *
 * It probes as soon as it sees the pod's address. While the queue-proxy is not up the probe is refused and comes again every 200 ms; once it is,
 * the probe hangs in it, and it looks at the user's port every 50 ms. A probe that hangs for 300 ms is followed at once by the next, so
 * the looks go on.
 *
 * @param visibleAt the address is among the endpoints
 * @param proxyAt the queue-proxy listens
 * @param listensAt the user's process listens
 * @see knative/serving pkg/activator/net/revision_backends.go, pkg/queue/readiness/probe.go (v0.50)
 * @example
 * activatorProbe({ visibleAt: 1, proxyAt: 0, listensAt: 1.125 }) // => 1.15
 */
export function activatorProbe({
  visibleAt,
  proxyAt,
  listensAt,
}: {
  readonly visibleAt: Seconds;
  readonly proxyAt: Seconds;
  readonly listensAt: Seconds;
}): Seconds {
  const { everySeconds, pollSeconds } = probeConstants;
  const reachesProxyAt = nextOf(visibleAt, everySeconds, proxyAt);
  return nextOf(reachesProxyAt, pollSeconds, listensAt);
}

/** The first of `from`, `from + every`, `from + 2·every` … that is not before `at`. */
function nextOf(from: Seconds, every: Seconds, at: Seconds): Seconds {
  if (at <= from) return from;
  const missed = Math.ceil((at - from) / every - 1e-9); // What falls on a look is seen by it, whatever the rounding.
  return from + missed * every;
}
