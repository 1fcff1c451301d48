/** What the oracle files hold and no code answers yet; nothing else may be skipped, and what is skipped is counted and printed. */
export const owed: {
  /** Kinds of analytic files, by the start of their names. */
  readonly analytic: readonly string[];
  /** Groups of the platform files, and the work that will answer them. */
  readonly platform: Readonly<Record<string, string>>;
} = {
  analytic: [],
  platform: {},
};
