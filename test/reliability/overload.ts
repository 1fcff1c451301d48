import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Counts } from "../../src/scenario/answer.ts";
import { measuredIn, startColdcast } from "./coldcast.ts";
import { lookAt, treeOf } from "./processTree.ts";
import { startServer } from "./startServer.ts";

export interface Load {
  /** At a server of its own that answers at once (`quick`) or late (`slow`), or at the rig. */
  readonly kind: "quick" | "slow" | "spinkube" | "knative";
  readonly rate: number;
  readonly seconds: number;
  readonly senders?: number;
  /** Ctrl-C so long after the first outcome; default none. */
  readonly interruptAfterSeconds?: number;
}

export interface Overloaded {
  readonly code: number | null;
  readonly counts: Counts;
  /** The most that the replaying process held. */
  readonly peakBytes: number;
  /** The most that it and all it had started held together; shared pages count for each. */
  readonly treePeakBytes: number;
  /** What the replaying process held at the last look, less what it held when it began to send. */
  readonly growthBytes: number;
  /** From Ctrl-C until it said so, and until it had ended. */
  readonly saidSeconds: number;
  readonly endedSeconds: number;
}

const target = {
  quick: { kind: "server", concurrency: "unlimited", timeout: "10s" },
  slow: { kind: "server", concurrency: "unlimited", timeout: "10s" },
  spinkube: { kind: "spinkube", replicas: 1, timeout: "10s", maxInstanceCount: 64 },
  knative: { kind: "knative", containerConcurrency: 10, maxScale: 4, timeout: "10s" },
} as const;

/** Replays more than can be sent or served, and watches who replays. */
export async function overload(load: Load): Promise<Overloaded> {
  const folder = mkdtempSync(join(tmpdir(), "coldcast-load-"));
  const fault = { quick: "ok", slow: "slow", spinkube: null, knative: null }[load.kind];
  const server = fault === null ? null : await startServer("faultyServer.ts", fault);
  try {
    const file = join(folder, "load.json");
    const { rate, seconds, kind } = load;
    const arrivals = { kind: "deterministic", interval: `${1e6 / rate}us` };
    const targets = { it: target[kind] };
    writeFileSync(
      file,
      JSON.stringify({ name: "load", seed: 1, duration: `${seconds}s`, arrivals, work: "20ms", targets }),
    );
    const place = server === null ? [] : ["--at", `it=${server.url}`, "--senders", String(load.senders ?? 1)];
    return await watched(["replay", file, ...place, "--out", join(folder, "out")], load, join(folder, "out"));
  } finally {
    server?.process.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function watched(args: readonly string[], load: Load, out: string): Promise<Overloaded> {
  const { interruptAfterSeconds = Infinity } = load;
  const { child, ended, err } = startColdcast(args);
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const records = join(out, "unfinished", "it.records.csv");
  const [peaks, held] = [
    { own: 0, tree: 0 },
    { first: Number.NaN, last: Number.NaN },
  ];
  const since = { begun: Number.NaN, interrupted: Number.NaN, said: Number.NaN };
  while (!isOver) {
    const own = lookAt(child.pid!);
    const tree = treeOf(child.pid!).reduce((sum, pid) => sum + lookAt(pid).rssBytes, 0);
    peaks.own = Math.max(peaks.own, own.peakBytes);
    peaks.tree = Math.max(peaks.tree, tree);
    if (Number.isNaN(since.begun) && existsSync(records)) since.begun = performance.now();
    if (!Number.isNaN(since.begun) && own.rssBytes > 0 && !/interrupted|done/.test(err())) {
      if (Number.isNaN(held.first)) held.first = own.rssBytes;
      held.last = own.rssBytes;
    }
    if (Number.isNaN(since.interrupted) && performance.now() - since.begun > interruptAfterSeconds * 1e3) {
      since.interrupted = performance.now();
      child.kill("SIGINT");
    }
    if (Number.isNaN(since.said) && /interrupted/.test(err())) since.said = performance.now();
    await sleep(20);
  }
  const { code } = await ended;
  const end = performance.now();
  return {
    code,
    counts: measuredIn(out)[0]!.counts!,
    peakBytes: peaks.own,
    treePeakBytes: peaks.tree,
    growthBytes: held.last - held.first,
    saidSeconds: (since.said - since.interrupted) / 1e3,
    endedSeconds: (end - since.interrupted) / 1e3,
  };
}
