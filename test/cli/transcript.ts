import { main } from "../../src/cli/main.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

export interface Transcript {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process, on a terminal 100 columns wide without colours, and keeps what it says. */
export async function transcript(args: readonly string[]): Promise<Transcript> {
  let out = "";
  let err = "";
  const terminal: Terminal = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    live: false,
    color: false,
    width: 100,
    nowMs: () => 0,
  };
  const code = await main(args, terminal);
  return { code, out, err };
}
