/** The process that started this one, as this one sees it. */
export interface Parent {
  tell(message: unknown): void;
  onMessage(receive: (message: unknown) => void): void;
}

/** The configuration given by `startChild`. */
export const readConfig = <Config>(): Config => JSON.parse(process.argv[2] ?? "null") as Config;

/** Ties this process's life to its parent's: when the channel closes, for whatever reason, it ends at once. */
export function parent(): Parent {
  const end = (): void => void process.kill(process.pid, "SIGKILL");
  if (!process.connected) end();
  process.on("disconnect", end);
  // Where Ctrl-C reaches the children too, they are still there for the replayer to stop in order.
  process.on("SIGINT", () => {});
  return {
    tell: (message) => void process.send?.(message),
    onMessage: (receive) => void process.on("message", receive),
  };
}
