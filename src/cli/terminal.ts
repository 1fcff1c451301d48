/** Where a verb writes, so that a test can watch it. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether stderr can redraw a line. */
  readonly live: boolean;
  /** Whether stdout may carry colours. */
  readonly color: boolean;
  /** Columns of stdout. */
  readonly width: number;
  /** Milliseconds since some instant, for redrawing progress not too often. */
  readonly nowMs: () => number;
}

/** The terminal of this process. NO_COLOR and FORCE_COLOR are honoured. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0";
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    live: stderr.isTTY === true && env.TERM !== "dumb" && env.CI === undefined,
    color: (env.NO_COLOR ?? "") === "" && (forced || (stdout.isTTY === true && env.TERM !== "dumb")),
    width: stdout.isTTY === true ? Math.max(40, stdout.columns) : 100,
    nowMs: () => performance.now(),
  };
}
