import { readdirSync, readFileSync } from "node:fs";

/** What the kernel says of one process; all 0 once it is gone. Linux only. */
export interface ProcessLook {
  readonly rssBytes: number;
  /** The most it ever held. */
  readonly peakBytes: number;
  readonly threads: number;
  /** Open file descriptors. */
  readonly handles: number;
}

const pageless: ProcessLook = { rssBytes: 0, peakBytes: 0, threads: 0, handles: 0 };

export function lookAt(pid: number): ProcessLook {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    return {
      rssBytes: field("VmRSS") * 1024,
      peakBytes: field("VmHWM") * 1024,
      threads: field("Threads"),
      handles: readdirSync(`/proc/${pid}/fd`).length,
    };
  } catch {
    return pageless;
  }
}

/** A process and all it has started, by pid. */
export function treeOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It ended while we looked.
    }
  }
  const tree = [pid];
  for (let i = 0; i < tree.length; i++) {
    for (const [child, parent] of parents) if (parent === tree[i]) tree.push(child);
  }
  return tree;
}
