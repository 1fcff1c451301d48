/** The names of the function protocol (docs/live.md): what a request asks and what an answer tells. */
export const protocol = {
  /** Request: seconds of work, and whether it is a wait (`io`) or computing (`cpu`). */
  work: "ce-workseconds",
  workIs: "ce-workis",
  /** Request, to the rig only: the round trip that the rig's edge adds to the answer, in seconds. */
  network: "coldcast-network",
  /** Answer: id of the serving instance. */
  instance: "coldcast-instance",
  /** Answer: the instant it became ready, on the machine's monotonic clock. */
  started: "coldcast-instance-started",
  /** Answer: seconds since it became ready; for a sender on another machine. */
  age: "coldcast-instance-age",
  /** Answer: seconds that the instance (WaaS: this request's own) took to start. */
  start: "coldcast-start",
  /** Answer: seconds of work as the function measured them. */
  workDone: "coldcast-work",
  /** Answer: the work's checksum in hex, proof that computing was done; "0" for a wait outside a Wasm instance. */
  checksum: "coldcast-checksum",
  /** Answer of a Wasm instance: events it has handled, this one included; 1 says that it was fresh. */
  events: "coldcast-events",
  /** Answer: why a request failed, where the status alone does not say: `rejected` or `trap`. */
  outcome: "coldcast-outcome",
  /** Path that answers 200 as soon as requests can be served, without doing work. */
  readyPath: "/coldcast/ready",
} as const;
