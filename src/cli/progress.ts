import type { Terminal } from "./terminal.ts";

/** How far one piece of work is: a line that updates on a terminal, a line per 10 % elsewhere. */
export interface Progress {
  /**
   * @param share of the work done, in [0, 1]
   * @param part what is being worked at, such as a target's name
   */
  update(share: number, part?: string): void;
  done(note?: string): void;
}

const redrawMs = 80;

export function startProgress(terminal: Terminal, what: string): Progress {
  return terminal.live ? redrawn(terminal, what) : printed(terminal, what);
}

function redrawn(terminal: Terminal, what: string): Progress {
  let last = terminal.nowMs();
  terminal.err(`\r\u001b[K${what} …`);
  return {
    update: (share, part) => {
      const now = terminal.nowMs();
      if (now - last < redrawMs) return;
      last = now;
      terminal.err(`\r\u001b[K${what} ${bar(share)} ${percent(share)}${part === undefined ? "" : ` ${part}`}`);
    },
    done: (note = "done") => terminal.err(`\r\u001b[K${what}: ${note}\n`),
  };
}

function printed(terminal: Terminal, what: string): Progress {
  let tenths = 0;
  return {
    update: (share, part) => {
      const reached = Math.floor(share * 10 + 1e-9);
      if (reached <= tenths || reached >= 10) return;
      tenths = reached;
      terminal.err(`${what}: ${reached * 10} %${part === undefined ? "" : ` (${part})`}\n`);
    },
    done: (note = "done") => terminal.err(`${what}: ${note}\n`),
  };
}

const barWidth = 24;

function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * barWidth);
  return `${"█".repeat(filled)}${"░".repeat(barWidth - filled)}`;
}

const percent = (share: number): string => `${Math.floor(Math.min(1, Math.max(0, share)) * 100)} %`;
