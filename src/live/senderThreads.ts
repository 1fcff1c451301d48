import { Worker } from "node:worker_threads";
import type { Seconds } from "../base/units.ts";
import { type OutcomeColumns, OutcomeLog } from "./outcomes.ts";
import type { SendOptions } from "./sendAll.ts";
import { fillFromShards, type Shard, shardArrivals } from "./shard.ts";
import type { Endpoint } from "./targets/endpoint.ts";

/** What a thread starts with. */
export interface SenderConfig extends Pick<SendOptions, "workFactor" | "timeoutSeconds" | "inFlightMax"> {
  readonly endpoint: Endpoint;
  readonly arrivals: { readonly at: Float64Array; readonly work: Float64Array };
  /** Within the whole schedule. */
  readonly shard: Shard;
  /** Whether it tells of each request that has its outcome. */
  readonly wantsRecords: boolean;
}

export type ToThread = { readonly kind: "send"; readonly zero: Seconds } | { readonly kind: "stop" };
export type FromThread =
  | { readonly kind: "ready" }
  | { readonly kind: "sent"; readonly sent: number }
  | { readonly kind: "records"; readonly records: readonly string[] }
  | { readonly kind: "done"; readonly columns: OutcomeColumns };

/** Several threads that send one log's requests to one place. */
export interface SenderThreads {
  /** Like `sendAll`, with the requests spread over the threads. */
  send(options: Pick<SendOptions, "zero" | "signal" | "onSent">): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts threads that share the requests of a log: thread k of n sends requests k, k + n, k + 2n and so on, from
 * connections of its own.
 *
 * @param log of a whole schedule, or of this machine's shard of it; filled when `send` resolves
 * @returns once every thread is ready
 */
export async function openSenders(
  endpoint: Endpoint,
  log: OutcomeLog,
  options: Pick<SenderConfig, "workFactor" | "timeoutSeconds" | "inFlightMax" | "shard"> & {
    readonly threads: number;
    /** Called with the records of requests that have their outcome, every now and then. */
    readonly onRecord?: ((record: string) => void) | undefined;
  },
): Promise<SenderThreads> {
  const { threads, shard, inFlightMax, onRecord, ...rest } = options;
  const file = import.meta.url.endsWith(".ts") ? "./senderThread.ts" : "./senderThread.js";
  const workers = Array.from({ length: threads }, (_, k) => {
    const config: SenderConfig = {
      ...rest,
      endpoint,
      arrivals: shardArrivals(log, { index: k, of: threads }),
      shard: { index: shard.index + k * shard.of, of: shard.of * threads },
      inFlightMax: Math.ceil(inFlightMax / threads),
      wantsRecords: onRecord !== undefined,
    };
    return new Worker(new URL(file, import.meta.url), { workerData: config });
  });
  const close = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.terminate()));
  };
  try {
    await Promise.all(workers.map((worker) => nextOf(worker, "ready")));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    send: async ({ zero, signal, onSent }) => {
      const sent = new Array<number>(threads).fill(0);
      for (const [k, worker] of workers.entries()) {
        worker.on("message", (message: FromThread) => {
          if (message.kind === "records") for (const record of message.records) onRecord?.(record);
          if (message.kind !== "sent") return;
          sent[k] = message.sent;
          onSent?.(sent.reduce((sum, each) => sum + each, 0));
        });
      }
      const stop = (): void => tell(workers, { kind: "stop" });
      signal?.addEventListener("abort", stop, { once: true });
      const done = Promise.all(workers.map((worker) => nextOf(worker, "done")));
      tell(workers, { kind: "send", zero });
      if (signal?.aborted) stop();
      const columns = (await done).map(({ columns }) => columns);
      signal?.removeEventListener("abort", stop);
      const parts = new Map(columns.map((part, k) => [k, OutcomeLog.fromColumns(part)]));
      fillFromShards(log, parts, threads);
    },
    close,
  };
}

function tell(workers: readonly Worker[], message: ToThread): void {
  for (const worker of workers) worker.postMessage(message);
}

/** The next message of a kind; rejects where the thread ends before it. */
function nextOf<Kind extends FromThread["kind"]>(
  worker: Worker,
  kind: Kind,
): Promise<Extract<FromThread, { readonly kind: Kind }>> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("a sender thread ended before its time")));
    worker.on("message", (message: FromThread) => {
      if (message.kind === kind) resolve(message as Extract<FromThread, { readonly kind: Kind }>);
    });
  });
}
