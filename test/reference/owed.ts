/** What the oracle files hold and no code answers yet; nothing else may be skipped, and what is skipped is counted and printed. */
export const owed: {
  /** Kinds of analytic files, by the start of their names. */
  readonly analytic: readonly string[];
  /** Groups of the platform files, and the work that will answer them. */
  readonly platform: Readonly<Record<string, string>>;
} = {
  analytic: ["single with lomax", "tandem"],
  platform: {
    make_decider: "annotations of a live revision",
    initial_scale: "annotations of a live revision",
    compute_status: "status of a live revision",
    throttler_capacity: "several activators",
    pick_indices: "several activators",
    assign_slice: "several activators",
    infer_index: "several activators",
    throttler_dests: "several activators",
    breaker_constructor: "breakers with a changing capacity",
    breaker: "breakers with a changing capacity",
    queue_proxy_stat: "queue-proxies that report over more than a second",
  },
};
